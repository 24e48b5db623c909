"""Which rule counts or drops each unit: sharing, payers, spares, numbers by hand (Q1, Q5, Q7)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.marks import Marks
from contracts.rules.rating import RATES, Reading
from contracts.rules.rating.counting import Override, count
from contracts.rules.register import Interval
from contracts.rules.terms import PerDevice, PerLicence, PerUser, read_terms, write_terms
from msp.kit.facts import InvalidFact
from msp.kit.periods import Period, month

JUNE = month(2026, 6)
TEN = Decimal("10.00")
START = date(2026, 1, 1)


def user(unit, client=1, **marks):
    return Interval(
        f"u{client}-{unit}", "user", unit, "user", f"P{unit:02}", client, None, START, None, 1,
        Marks(**marks),
    )  # fmt: skip


def device(unit, **marks):
    return Interval(
        f"d{unit}", "device", unit, "workstation", f"PC{unit}", 1, None, START, None, 1,
        Marks(**marks),
    )  # fmt: skip


def seats(unit, many, start=START, end=None, name="Office Suite"):
    return Interval(f"l{unit}-{many}", "licence", unit, "licence", name, 1, None, start, end, many)


def names(counted):
    return [(unit.name, unit.note) for unit in counted.units]


def rules(counted):
    return {one.name: one.rule for one in counted.dropped}


def test_thirty_kiosk_users_on_two_pcs_are_two():
    kiosk = [user(unit, seat_id=100 + unit % 2) for unit in range(30)]
    counted = count(PerUser(TEN, sharing="device"), kiosk, JUNE)
    assert (counted.counted_days, len(counted.units)) == (60, 2)
    assert counted.units[0].note.startswith("one place for P00, P02, P04, P06, P08 and 10 more")
    assert count(PerUser(TEN), kiosk, JUNE).counted_days == 900
    assert count(PerUser(TEN, sharing="none"), kiosk, JUNE).counted_days == 0


def test_a_shared_pc_counts_once_or_not_at_all_and_says_so():
    shared = [device(1), device(2, shared=True)]
    assert names(count(PerDevice(TEN), shared, JUNE)) == [
        ("PC1", ""), ("PC2", "shared by several people, counted once"),
    ]  # fmt: skip
    without = count(PerDevice(TEN, sharing="none"), shared, JUNE)
    assert names(without) == [("PC1", "")]
    assert rules(without) == {"PC2": "shared, and this line does not count what is shared"}


def test_one_person_in_two_companies_is_counted_once_where_it_is_paid():
    ada, ada_there = user(12, client=1), user(45, client=2, payer_id=1, person_id=12)
    parent = count(PerUser(TEN), [ada, ada_there], JUNE, client_id=1)
    sister = count(PerUser(TEN), [ada_there, user(46, client=2)], JUNE, client_id=2)
    assert [(one.unit_id, one.days) for one in parent.units] == [(12, 30)]
    assert (names(sister), rules(sister)) == ([("P46", "")], {"P45": "another client pays for it"})


def test_a_unit_another_client_pays_for_is_on_their_bill_and_says_so():
    loaned = user(7, client=2, payer_id=1)
    paid = count(PerUser(TEN), [user(1), loaned], JUNE, client_id=1)
    assert names(paid) == [("P01", ""), ("P07", "paid for another client")]


@pytest.mark.parametrize("aside", ["spare", "service account", "mailbox"])
def test_what_is_set_aside_counts_only_where_the_line_says_so(aside):
    known = [device(1), device(2, aside=aside)]
    assert rules(count(PerDevice(TEN), known, JUNE)) == {"PC2": f"set aside: {aside}"}
    assert count(PerDevice(TEN, counts_aside=True), known, JUNE).counted_days == 60


def test_each_rule_that_drops_a_unit_is_named():
    late = replace(device(3), starts_on=date(2026, 6, 29))
    known = [device(1), device(2), late]
    terms = PerDevice(TEN, excluded=(1,), grace_days=5)
    assert rules(count(terms, known, JUNE)) == {
        "PC1": "left out by name in the agreement",
        "PC3": "there for 2 days; what stays 5 counts",
    }
    trial = count(PerDevice(TEN, trial_days=14), [late], JUNE)
    assert rules(trial) == {"PC3": "still in the first 14 days, which are free"}


MAY_20, JUNE_10 = date(2026, 5, 20), date(2026, 6, 10)


@pytest.mark.parametrize(
    ("came", "went", "back", "rule", "days"),
    [
        (START, JUNE_10, JUNE_10, {"trial_days": 14}, 300),  # the free days are long over
        (MAY_20, JUNE_10, JUNE_10, {"trial_days": 14}, 280),  # free until 2 June
        (START, date(2026, 6, 9), JUNE_10, {"trial_days": 14}, 80 + 70),  # away: it begins anew
        (START, date(2026, 6, 28), date(2026, 6, 28), {"grace_days": 5}, 300),
        (JUNE_10, date(2026, 6, 12), date(2026, 6, 12), {"grace_days": 5}, 210),
        (START, date(2026, 6, 26), date(2026, 6, 27), {"grace_days": 5}, 250),
    ],
)
def test_a_change_of_seats_begins_neither_trial_nor_grace_anew(came, went, back, rule, days):
    known = [seats(1, 10, came, went), replace(seats(1, 10, back), interval_id="later")]
    assert count(PerLicence(TEN, **rule), known, JUNE).counted_days == days
    moved = [replace(device(1), starts_on=came, ends_on=went),
             replace(device(1), interval_id="d1b", starts_on=back, site_id=2)]  # fmt: skip
    assert count(PerDevice(TEN, **rule), moved, JUNE).counted_days == days / 10


def test_grace_goes_by_the_billing_period_and_not_by_a_stretch_of_it():
    first, second = Period(JUNE.start, JUNE_10), Period(JUNE_10, JUNE.end)
    known = [replace(device(1), starts_on=date(2026, 6, 8))]
    charged = [
        RATES["per_device"](PerDevice(TEN, grace_days=5), Reading(part, tuple(known)), JUNE, "USD")
        for part in (first, second)
    ]
    assert [line.trace["unit_days"] for (line,) in charged] == [2, 21]


def test_a_licence_is_its_seats_over_time():
    known = [seats(1, 40, end=date(2026, 6, 16)), seats(1, 44, date(2026, 6, 16))]
    counted = count(PerLicence(TEN), known, JUNE)
    assert (counted.counted_days, counted.steps) == (40 * 15 + 44 * 15, ((40, 15), (44, 15)))
    [line] = RATES["per_licence"](PerLicence(TEN), Reading(JUNE, tuple(known)), JUNE, "USD")
    assert (line.amount, line.trace["units"]) == (Decimal("420.00"), 44)
    peak = count(PerLicence(TEN, counting="peak"), known, JUNE)
    assert (peak.counted_days, peak.day) == (44 * 30, date(2026, 6, 16))


def test_a_line_counts_the_products_it_names():
    known = [seats(1, 40), seats(2, 5, name="Drawing")]
    assert count(PerLicence(TEN, products=("drawing",)), known, JUNE).counted_days == 150
    assert count(PerLicence(TEN), known, JUNE).counted_days == 1350


def test_a_number_by_hand_keeps_the_counted_one_beside_it():
    known = [device(unit) for unit in range(1, 24)]
    hand = Override(Period(date(2026, 6, 11), date(2026, 7, 1)), 20, "three were never delivered")
    reading = Reading(JUNE, tuple(known), overrides=(hand,))
    [line] = RATES["per_device"](PerDevice(TEN), reading, JUNE, "USD")
    assert line.trace["counted_days"] == 690
    assert line.trace["overridden_days"] == -60
    assert line.trace["unit_days"] == 630 == 23 * 10 + 20 * 20
    assert line.amount == Decimal("210.00")
    assert line.trace["overrides"][0]["reason"] == "three were never delivered"


def test_a_number_by_hand_is_final_on_its_days():
    hand = Override(JUNE, 3, "agreed")
    terms = PerDevice(TEN, included=5, minimum=10)
    assert count(terms, [device(1)], JUNE, overrides=[hand]).charged_days == 90


def test_terms_keep_their_rules_and_refuse_what_makes_no_sense():
    terms = PerUser(TEN, sharing="device", counts_aside=True)
    assert read_terms("per_user", write_terms(terms)) == terms
    assert "sharing" not in write_terms(PerUser(TEN))
    with pytest.raises(InvalidFact, match="sharing"):
        PerDevice(TEN, sharing="device")
    with pytest.raises(InvalidFact, match="another client pays"):
        Marks(person_id=4)
    with pytest.raises(InvalidFact, match="aside"):
        Marks(aside="because")


def _person(at, unit, client, start, long, aside, payer):
    """Each person's place is their own: whoever shares one does so all the time."""
    marks = Marks(aside=aside, seat_id=900 + unit % 2 if unit % 3 == 0 else None, payer_id=payer)
    first = date(2026, 5, 20) + timedelta(days=start)
    return Interval(
        f"i{at}", "user", unit, "user", f"P{unit}", client, None, first,
        first + timedelta(days=long), 1, marks,
    )  # fmt: skip


_people = st.lists(
    st.tuples(
        st.integers(1, 9), st.integers(1, 2), st.integers(0, 40), st.integers(1, 40),
        st.sampled_from(["", "", "spare"]), st.sampled_from([None, None, 1, 2]),
    ),
    max_size=12,
).map(lambda rows: [_person(at, *row) for at, row in enumerate(rows)])  # fmt: skip


@given(_people, st.sampled_from(["each", "device", "none"]))
def test_nobody_is_paid_for_by_two_clients_and_shares_never_cost_more(people, sharing):
    terms = PerUser(TEN, sharing=sharing)
    by_client = {who: count(terms, people, JUNE, client_id=who) for who in (1, 2)}
    paid = [one for one in people if one.within(JUNE) and not one.marks.aside]
    assert sum(c.counted_days for c in by_client.values()) <= sum(
        part.days for one in paid if (part := one.within(JUNE))
    )
    if sharing == "each":
        shared = count(replace(terms, sharing="device"), people, JUNE, client_id=1)
        assert shared.counted_days <= by_client[1].counted_days
    for counted in by_client.values():
        kept = {(unit.unit_type, unit.unit_id) for unit in counted.units}
        assert not kept & {(one.unit_type, one.unit_id) for one in counted.dropped}
        assert sum(many * days for many, days in counted.steps) == counted.charged_days


@given(_people, st.integers(0, 12), st.integers(0, 29), st.integers(1, 30), st.integers(0, 5))
def test_what_is_charged_is_always_the_sum_of_its_parts(people, said, start, long, minimum):
    first = JUNE.start + timedelta(days=start)
    hand = Override(Period(first, first + timedelta(days=long)), said, "x")
    terms = PerUser(TEN, minimum=minimum, included=1)
    counted = count(terms, people, JUNE, client_id=1, overrides=[hand])
    assert sum(many * days for many, days in counted.steps) == counted.charged_days
    assert sum(days for _many, days in counted.steps) == JUNE.days
    assert sum(unit.days for unit in counted.units) == counted.counted_days
