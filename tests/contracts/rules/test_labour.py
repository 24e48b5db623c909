"""Worked examples of hours, blocks and rounding, and what holds for any history of draws."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.calendar import Holiday, SupportCalendar, Window
from contracts.rules.labour import (
    Book,
    Charge,
    Ledger,
    Promise,
    Taken,
    Worked,
    amount_of,
    charges,
    grants_of,
    lapsed,
    premium,
    split,
)
from contracts.rules.labour.grants import Given
from contracts.rules.rhythm import Rhythm
from contracts.rules.terms import Block, Hours, Labour, Retainer, read_terms, write_terms
from msp.kit.facts import InvalidFact
from msp.kit.periods import Period
from tests.vectors import psa

VECTORS = psa()
D = Decimal
NEW_YORK = ZoneInfo("America/New_York")
EVER = Period(date(2026, 1, 1), date.max)
JUNE_1 = date(2026, 6, 1)
OFFICE = SupportCalendar(
    "America/New_York",
    windows=tuple(Window(day, 540, 1020) for day in range(5)),
    holidays=(Holiday.fixed("Independence Day", 7, 4),),
)


def worked(entry: int, minutes: int, *, on: date = JUNE_1, hour: int = 10, **facts) -> Worked:
    facts = {"verdict": "billable", "hour_class": "business", "work_type": "remote"} | facts
    return Worked(
        entry_id=entry, part=0, ticket_id=facts.pop("ticket", 1), on=on, seconds=minutes * 60,
        started_at=datetime(on.year, on.month, on.day, hour, tzinfo=UTC), agreement_id=1, **facts,
    )  # fmt: skip


def book(*terms, until: date = date(2027, 1, 1)) -> Book:
    promises = [
        Promise(f"k{n}", 1, one, EVER)
        for n, one in enumerate(terms)
        if isinstance(one, Labour | Hours)
    ]
    rhythm = Rhythm().anchored_by(EVER.start)
    given = [
        Given(f"k{n}", 1, one, EVER, rhythm)
        for n, one in enumerate(terms)
        if not isinstance(one, Labour)
    ]
    return Book(tuple(promises), grants_of(given, until))


def total(found: list[Charge]) -> str:
    return f"{amount_of((one.priced for one in found), 'USD')}"


def drawn_hours(found: list[Charge], outcome: str, entry: int = 0) -> Decimal:
    wanted = [
        one for one in found
        if one.outcome == outcome and entry in (0, one.worked.entry_id)
    ]  # fmt: skip
    return sum((one.minutes for one in wanted), D(0)) / 60


SEVEN = [worked(n, 7, hour=9 + n) for n in range(1, 4)]
FIFTY = [worked(1, 50, hour_class="after")]


@pytest.mark.parametrize(
    ("vector", "work", "terms"),
    [
        ("TIME-01a", SEVEN, Labour(D(150), 15, 15)),
        ("TIME-01b", SEVEN, Labour(D(150), 15, 15, "ticket_day")),
        ("TIME-02a", FIFTY, Labour(D(150), 0, 15, after=D("1.5"))),
        ("TIME-02b", FIFTY, Labour(D(150), 0, 15, after=D("1.5"), multiply_first=True)),
        ("TIME-03", [worked(1, 40, hour_class="after")], Labour(D(150), 60, after=D("1.5"))),
    ],
)
def test_work_is_rounded_in_the_order_that_was_agreed(vector, work, terms):
    assert total(charges(work, book(terms))) == VECTORS[vector]


def test_the_part_in_support_hours_is_free_and_the_rest_costs_more():
    start = datetime(2026, 6, 1, 16, 30, tzinfo=NEW_YORK)
    inside, outside = split(OFFICE, start, start + timedelta(minutes=90))
    assert (inside.hour_class, inside.seconds) == ("business", 1800)
    work = [
        worked(1, inside.seconds // 60, verdict="included"),
        worked(1, outside.seconds // 60, hour_class=outside.hour_class),
    ]
    found = charges(work, book(Labour(D(150), after=D("1.5"))))
    assert total(found) == VECTORS["TIME-04"]
    assert [one.outcome for one in found] == ["included", "billed"]


def test_minutes_are_real_ones_in_the_night_the_clocks_change():
    start = datetime(2026, 11, 1, 0, 30, tzinfo=NEW_YORK).astimezone(UTC)
    end = datetime(2026, 11, 1, 2, 30, tzinfo=NEW_YORK).astimezone(UTC)
    assert str(sum(one.seconds for one in split(OFFICE, start, end)) // 60) == VECTORS["TIME-05"]


def test_work_after_hours_draws_more_of_a_block():
    start = datetime(2026, 6, 1, 16, tzinfo=NEW_YORK)
    parts = split(OFFICE, start, start + timedelta(hours=3))
    work = [worked(1, one.seconds // 60, hour_class=one.hour_class) for one in parts]
    block = Block(D(1350), D(10), JUNE_1)
    found = charges(work, book(Labour(D(150), after=D("1.5")), block))
    assert drawn_hours(found, "drawn") == D(VECTORS["HRS-03a"])


def test_of_several_premiums_the_highest_counts():
    assert f"{premium(D(2), D('1.5'))}" == VECTORS["HRS-03b"]
    found = charges(
        [worked(1, 60, hour_class="after", multiplier=D(2))], book(Labour(D(90), after=D("1.5")))
    )
    assert total(found) == "180.00"


@pytest.mark.parametrize(("vector", "base_first"), [("HRS-02a", False), ("HRS-02b", True)])
def test_what_is_left_rolls_once(vector, base_first):
    terms = Hours(D(500), D(10), D(180), rolls=1, base_first=base_first)
    work = [worked(n, used * 60, on=date(2026, n, 10)) for n, used in ((1, 6), (2, 12), (3, 15))]
    found = charges(work, book(terms))
    beyond = [f"{drawn_hours(found, 'overage', entry):f}" for entry in (1, 2, 3)]
    assert str(beyond) == VECTORS[vector]
    if not base_first:
        assert total(found) == VECTORS["HRS-02c"]


def test_the_block_that_ends_first_is_used_first_and_what_is_left_of_it_goes():
    early = Block(D(2600), D(20), date(2026, 7, 1), date(2026, 8, 1))
    late = Block(D(1350), D(10), date(2026, 6, 1), date(2026, 9, 15))
    known = book(late, early)
    ledger = Ledger(known.grants)
    drawn, left = ledger.draw(
        agreement_id=1, on=date(2026, 7, 10), work_type="remote", minutes=D(720), rate=None
    )
    assert (left, [one.grant_key for one in drawn]) == (0, ["k1"])
    used = drawn[0].quantity / 60 * early.rate
    gone = lapsed(ledger, known.grants, date(2026, 8, 2)) / 60 * early.rate
    assert str([f"{used:.2f}", f"{gone:.2f}"]) == VECTORS["HRS-01"]


def test_free_work_draws_nothing():
    block = Block(D(1350), D(10), JUNE_1)
    work = [worked(1, 60, verdict="no_charge"), worked(2, 30, verdict="included")]
    assert drawn_hours(charges(work, book(block)), "drawn") == 0


def test_work_the_client_keeps_is_not_charged_and_draws_nothing():
    [one] = charges([worked(1, 60, verdict="excluded")], book(Labour(D(150))))
    assert (one.outcome, one.priced[1]) == ("excluded", 0)


@pytest.mark.parametrize(("plain", "expected"), [(False, "180.00"), (True, "90.00")])
def test_an_hour_beyond_costs_as_often_as_it_counts_unless_agreed_otherwise(plain, expected):
    terms = Hours(D(0), D("0.01"), D(90), plain_overage=plain)
    before = [Taken("k0:2026-06-01", JUNE_1, D("0.6"))]
    work = [worked(1, 60, hour_class="holiday", multiplier=D(2))]
    assert total(charges(work, book(terms), before)) == expected


def test_a_retainer_is_drawn_by_money_and_the_rest_is_charged():
    known = book(Labour(D(120)), Retainer(D(200)))
    found = charges([worked(1, 150)], known)
    assert [(one.outcome, one.quantity) for one in found] == [("drawn", D(200)), ("billed", 0)]
    assert total(found) == "100.00"


def test_a_line_that_names_the_kind_of_work_prices_it():
    known = book(Labour(D(120)), Labour(D(180), work_types=("onsite",)))
    work = [worked(1, 60), worked(2, 60, work_type="onsite")]
    assert [one.rate for one in charges(work, known)] == [D(120), D(180)]


def test_without_a_price_work_is_unpriced_and_never_nothing_charged():
    [one] = charges([worked(1, 60)], Book())
    assert one.outcome == "unpriced"


def test_late_work_draws_by_the_day_it_was_done_and_moves_no_draw_that_stands():
    terms = Hours(D(500), D(10), D(180), rolls=1)
    stands = [
        Taken("k0:2026-01-01", date(2026, 1, 10), D(360)),
        Taken("k0:2026-01-01", date(2026, 2, 10), D(240)),
    ]
    late = charges([worked(9, 60, on=date(2026, 1, 20))], book(terms), stands)
    assert [(one.outcome, one.minutes) for one in late] == [("overage", D(60))]
    soon = charges([worked(9, 60, on=date(2026, 1, 20))], book(terms), stands[:1])
    assert [one.grant_key for one in soon] == ["k0:2026-01-01"]


def test_what_rolls_over_is_capped():
    known = book(Hours(D(500), D(10), D(180), rolls=1, roll_cap=D(2)))
    january, february = known.grants[:2]
    ledger = Ledger(known.grants, [Taken(january.key, date(2026, 1, 5), D(60))])
    assert ledger.left(january, date(2026, 1, 6)) == 540
    assert ledger.left(january, date(2026, 2, 6)) == 120
    assert ledger.left(february, date(2026, 2, 6)) == 600


def test_work_that_took_no_time_is_named_all_the_same():
    terms = Labour(D(100), per="ticket_day")
    found = charges([worked(1, 0), worked(2, 0), worked(3, 0)], book(terms))
    assert [one.worked.entry_id for one in found] == [1, 2, 3]


@pytest.mark.parametrize(
    ("second_from", "beyond"),
    [(date(2026, 6, 1), "0"), (date(2026, 6, 2), "5"), (date(2026, 9, 1), "0")],
)
def test_an_amendment_takes_no_hours_away_and_a_gap_does(second_from, beyond):
    terms, rhythm = Hours(D(900), D(10), D(180), rolls=1), Rhythm().anchored_by(EVER.start)
    first = Period(date(2026, 5, 1), min(second_from, JUNE_1))
    if second_from > date(2026, 6, 2):
        first = Period(first.start, second_from)
    versions = [first, Period(second_from, date.max)]
    given = [Given("k0", 1, terms, one, rhythm) for one in reversed(versions)]
    known = Book(
        tuple(Promise("k0", 1, terms, one) for one in versions),
        grants_of(given, date(2026, 7, 1)),
    )
    found = charges([worked(1, 900, on=date(2026, 6, 10))], known)
    assert drawn_hours(found, "overage") == D(beyond)


def test_money_paid_ahead_outlives_an_amendment_too():
    terms, rhythm = Retainer(D(300), rolls=1), Rhythm().anchored_by(EVER.start)
    versions = [Period(date(2026, 5, 1), JUNE_1), Period(JUNE_1, date.max)]
    given = [Given("k0", 1, terms, one, rhythm) for one in versions]
    may, _june = grants_of(given, date(2026, 7, 1))
    assert (may.own_until, may.ends_on) == (JUNE_1, date(2026, 7, 1))


def test_a_holiday_begins_and_ends_at_midnight():
    start = datetime(2026, 7, 3, 22, tzinfo=NEW_YORK)
    found = split(OFFICE, start, start + timedelta(hours=4))
    assert [(one.hour_class, one.seconds) for one in found] == [("after", 7200), ("holiday", 7200)]


@pytest.mark.parametrize(
    "facts",
    [
        {"rate": "150.00", "minimum": 15, "step": 15, "after": "1.5", "work_types": ["onsite"]},
        {"rate": "150.00"},
    ],
)
def test_terms_are_read_as_they_were_stored(facts):
    assert write_terms(read_terms("time", facts)) == facts


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        ("time", {"rate": "150", "step": 0}, "step"),
        ("time", {"rate": "150", "after": "0"}, "after"),
        ("time", {"rate": "150", "per": "week"}, "per"),
        ("block", {"amount": "1", "hours": "0", "bought_on": "2026-01-01"}, "hours"),
        (
            "block",
            {"amount": "1", "hours": "1", "bought_on": "2026-02-01", "expires_on": "2026-01-01"},
            "expires_on",
        ),
        ("retainer", {"amount": "100", "rolls": 13}, "rolls"),
        ("hours", {"amount": "1", "hours": "1", "overage_rate": "1", "roll_cap": "0"}, "roll_cap"),
    ],
)
def test_terms_that_cannot_be_kept_are_refused_at_their_field(kind, facts, field):
    with pytest.raises(InvalidFact) as refused:
        read_terms(kind, facts)
    assert refused.value.field == field


MOMENTS = st.integers(0, 365 * 86_400).map(
    lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)


@given(start=MOMENTS, minutes=st.integers(1, 3000))
def test_parts_make_up_the_whole(start, minutes):
    parts = split(OFFICE, start, start + timedelta(minutes=minutes))
    assert sum(one.seconds for one in parts) == minutes * 60
    assert all(a.ended_at == b.started_at for a, b in pairwise(parts))
    assert all(a.hour_class != b.hour_class for a, b in pairwise(parts))


WORK = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 900), st.booleans()), max_size=12)


@given(WORK, st.integers(0, 2), st.booleans())
def test_no_minute_is_lost_and_no_grant_gives_more_than_it_has(days, rolls, base_first):
    known = book(
        Labour(D(100), 15, 15, "ticket_day", after=D("1.5")),
        Hours(D(0), D(5), D(90), rolls=rolls, base_first=base_first),
        Block(D(100), D(8), date(2026, 2, 1), date(2026, 4, 1)),
    )
    work = [
        worked(
            n, minutes, on=date(2026, 1, 1) + timedelta(days=day), ticket=day % 3,
            hour_class="after" if late else "business",
        )
        for n, (day, minutes, late) in enumerate(days)
    ]  # fmt: skip
    found = charges(work, known)
    assert {one.worked.entry_id for one in found} == {one.entry_id for one in work}
    for grant in known.grants:
        assert sum(one.quantity for one in found if one.grant_key == grant.key) <= grant.amount
    shuffled = charges(list(reversed(work)), known)
    assert total(shuffled) == total(found)
