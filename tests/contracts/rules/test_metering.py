"""Usage of meters: counters that begin again, levels, readings that are missing, and its price."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.metering import Dial, Metered, Statement, Taken, as_known, used
from contracts.rules.pricing import Tier
from contracts.rules.rating import RATES, RatedLine, Reading
from contracts.rules.register import Interval
from contracts.rules.terms import Usage, read_terms
from msp.kit.facts import InvalidFact
from msp.kit.periods import Period, month
from tests.vectors import psa

VECTORS = psa()
MARCH, APRIL, JUNE, JULY = (month(2026, number) for number in (3, 4, 6, 7))
ONE = Decimal(1)


def at(month_: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month_, day, hour, tzinfo=UTC)


def counter(*read: tuple[datetime, str], dial: Dial | None = None, drop: str = "") -> Metered:
    """A counter; `drop` is what was said of its last reading."""
    taken = [Taken(when, Decimal(value)) for when, value in read]
    if drop:
        taken[-1] = Taken(taken[-1].taken_at, taken[-1].value, drop)
    return Metered("Pages", "pages", dial or Dial(), tuple(taken))


def priced(terms: Usage, *meters: Metered, period=JUNE, service=None, since=date(2026, 1, 1)):
    known = dict(enumerate(meters, start=1))
    intervals = tuple(
        Interval(f"m{pk}", "meter", pk, "meter", one.name, 1, None, since)
        for pk, one in known.items()
    )
    reading = Reading(service or period, intervals, meters=known)
    found: list[RatedLine] = RATES["usage"](terms, reading, period, "USD")
    return found[0]


def amounts(*values: str) -> Metered:
    taken = tuple(Taken(at(6, 2 + n), Decimal(value)) for n, value in enumerate(values))
    return Metered("Messages", "pages", Dial("amounts"), taken)


FELL = [(at(6, 1), "9950"), (at(6, 10), "40"), (at(6, 20), "140")]


@pytest.mark.parametrize(
    ("vector", "dial"),
    [("MET-01a", Dial(wraps_at=Decimal(10_000))), ("MET-01b", Dial(resets=True))],
)
def test_a_counter_begins_again_as_its_dial_says(vector, dial):
    found = used(counter(*FELL, dial=dial), at(6, 1), at(7, 1))
    assert (found.amount, found.held) == (Decimal(VECTORS[vector]), None)
    assert [one.after.value for one in found.begun] == [40]


def test_a_drop_nobody_explained_is_charged_nothing_after_and_one_explained_is():
    held = used(counter(*FELL), at(6, 1), at(7, 1))
    assert (held.amount, held.held) == (0, Taken(at(6, 10), Decimal(40)))
    assert used(counter(*FELL[:2], drop="reset"), at(6, 1), at(7, 1)).amount == 40
    said = used(counter(*FELL[:2], drop="rollover"), at(6, 1), at(7, 1))
    assert said.held is not None  # nobody knows at which figure it begins again


@pytest.mark.parametrize(
    ("vector", "terms", "meter"),
    [
        ("TIER-04", Usage(ONE, "pages", model="graduated", tiers=(
            Tier(Decimal(10), ONE), Tier(None, Decimal("0.5")))), amounts("10.5")),
        ("TIER-05", Usage(ONE, "pages", model="graduated", tiers=(
            Tier(Decimal(10), ONE), Tier(None, Decimal("0.5")))), amounts("10", "10", "10")),
        ("TIER-06", Usage(Decimal(10), "pages", included=Decimal(50), block=100), amounts("250")),
        ("TIER-07", Usage(Decimal("0.001"), "pages"), amounts("10000")),
    ],
)  # fmt: skip
def test_the_total_of_a_period_is_priced(vector, terms, meter):
    assert priced(terms, meter).amount == Decimal(VECTORS[vector])


def test_the_meters_of_a_measure_are_put_together_and_others_left_alone():
    other = Metered("Storage", "GB", Dial("amounts"), (Taken(at(6, 5), Decimal(900)),))
    line = priced(Usage(ONE, "Pages", included=Decimal(5)), amounts("4"), amounts("3"), other)
    assert (line.quantity, line.amount) == (2, Decimal("2.00"))
    assert [one["used"] for one in line.trace["meters"]] == ["4", "3"]
    assert [unit.name for unit in line.units] == ["Messages", "Messages"]


@pytest.mark.parametrize(
    ("vector", "period", "levels"),
    [
        ("QTY-06", MARCH, [(at(3, 5, 8), "2500")]),
        ("QTY-06b", APRIL, [(at(4, 1, 1), "2500"), (at(4, 4, 9), "500"), (at(4, 6, 9), "300")]),
    ],
)
def test_a_level_is_averaged_over_the_days(vector, period, levels):
    meter = Metered("Disk", "GB", Dial("level"), tuple(Taken(t, Decimal(v)) for t, v in levels))
    assert priced(Usage(ONE, "GB"), meter, period=period).amount == Decimal(VECTORS[vector])
    assert priced(Usage(ONE, "GB", level="peak"), meter, period=period).amount == 2500


def test_a_period_is_opened_by_the_last_reading_before_it():
    meter = counter((at(5, 28), "100"), (at(6, 20), "160"), (at(7, 3), "200"))
    line = priced(Usage(ONE, "pages"), meter)
    assert line.amount == 60
    assert line.trace["meters"][0]["from"] == [at(5, 28).isoformat(), "100"]
    assert line.trace["meters"][0]["to"] == [at(6, 20).isoformat(), "160"]
    assert priced(Usage(ONE, "pages"), meter, period=JULY).amount == 40
    later = priced(Usage(ONE, "pages"), meter, since=date(2026, 6, 21))
    assert later.amount == 0  # the meter counts from the 21st, and nothing was read since


def test_what_nobody_read_is_estimated_only_where_the_line_says_so():
    meter = counter((at(6, 1), "0"), (at(6, 16), "150"))
    assert priced(Usage(ONE, "pages"), meter).amount == 150
    line = priced(Usage(ONE, "pages", estimates=True), meter)
    assert line.amount == 300  # ten a day, as before
    assert line.trace["meters"][0]["to_estimated"]
    known = counter((at(6, 1), "0"), (at(6, 16), "150"), (at(7, 16), "300"))
    assert priced(Usage(ONE, "pages", estimates=True), known).amount == 225


def test_a_part_of_a_period_has_a_part_of_what_is_included_and_of_the_least():
    terms = Usage(ONE, "pages", included=Decimal(30), commit=Decimal(60))
    line = priced(terms, amounts("25"), service=Period(date(2026, 6, 1), date(2026, 6, 16)))
    assert (line.quantity, line.amount) == (10, 30)


def test_a_reading_counts_as_it_was_known():
    said = [
        Statement("a", at(6, 1), Decimal(5), "", at(6, 1), 1),
        Statement("b", at(6, 9), Decimal(9), "", at(6, 9), 2),
        Statement("b", at(6, 9), Decimal(7), "", at(7, 2), 3),
        Statement("a", at(6, 1), None, "", at(7, 3), 4),
    ]
    assert [one.value for one in as_known(said, at(6, 30))] == [5, 9]
    assert [one.value for one in as_known(said, at(7, 2))] == [5, 7]
    assert [one.value for one in as_known(said, at(7, 9))] == [7]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"unit_price": "1", "measure": ""}, "measure"),
        ({"unit_price": "1", "measure": "GB", "timing": "advance"}, "timing"),
        ({"unit_price": "1", "measure": "GB", "level": "sum"}, "level"),
        ({"unit_price": "1", "measure": "GB", "included": "-1"}, "included"),
    ],
)
def test_what_cannot_be_charged_is_refused_with_its_field(facts, field):
    with pytest.raises(InvalidFact) as refused:
        read_terms("usage", facts)
    assert refused.value.field == field


@given(
    steps=st.lists(st.integers(0, 500), min_size=1, max_size=25),
    cuts=st.lists(st.integers(0, 700), max_size=4),
    estimates=st.booleans(),
)
def test_stretches_laid_end_to_end_charge_everything_once(steps, cuts, estimates):
    """However a counter that rolls over is cut into periods, the sum is what it counted."""
    dial, shown, taken = Dial(wraps_at=Decimal(501)), 0, [Taken(at(1, 1), Decimal(0))]
    for number, more in enumerate(steps, start=1):
        shown = (shown + more) % 501
        taken.append(Taken(at(1, 1) + timedelta(hours=29 * number), Decimal(shown)))
    meter = Metered("Pages", "pages", dial, tuple(taken))
    end = taken[-1].taken_at
    edges = [at(1, 1), *sorted(at(1, 1) + timedelta(hours=cut) for cut in cuts), end]
    edges = sorted({min(edge, end) for edge in edges})
    parts = [
        used(meter, start, stop, estimates=estimates).amount for start, stop in pairwise(edges)
    ]
    assert sum(parts) == sum(steps)
