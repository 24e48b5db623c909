"""Which units matter, how they are counted, and what tiers make of the counts of each day."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.pricing import Part, Tier
from contracts.rules.rating import RATES, Reading, in_stages, total_of
from contracts.rules.rating.counting import count
from contracts.rules.register import Interval
from contracts.rules.terms import Commitment, Flat, Hours, Percentage, PerDevice, Reduction
from msp.kit.periods import Period, month
from tests.vectors import psa

VECTORS = psa()
JUNE = month(2026, 6)
FIFTEEN = Decimal("15.00")
STEPS = (
    Tier(Decimal(10), Decimal(20)), Tier(Decimal(50), Decimal(15)), Tier(None, Decimal(12)),
)  # fmt: skip


def device(unit, start=date(2026, 1, 1), end=None, kind="workstation", site=1):
    return Interval(f"i{unit}", "device", unit, kind, f"PC-{unit:03}", 1, site, start, end)


STAYED = tuple(device(unit) for unit in range(1, 19))
LEFT = tuple(device(unit, end=date(2026, 6, 21)) for unit in (19, 20))
CAME = tuple(device(unit, date(2026, 6, 11)) for unit in range(21, 26))
FLEET = STAYED + LEFT + CAME


def rated(terms, intervals=FLEET, service=None, base="0"):
    reading = Reading(service or JUNE, tuple(intervals), Decimal(base))
    [line] = RATES[terms.kind](terms, reading, JUNE, "USD")
    return line


def test_adds_are_prorated_and_who_leaves_is_not_given_back():
    line = rated(PerDevice(FIFTEEN, counting="adds_only"))
    assert str(line.amount) == VECTORS["QTY-01e"]


def test_touched_counts_whoever_was_there():
    line = rated(PerDevice(FIFTEEN, counting="touched"))
    assert (line.amount, len(line.units)) == (Decimal("375.00"), 25)


def test_a_swap_is_one_by_the_day_and_two_when_touched():
    swap = (device(1, end=date(2026, 6, 15)), device(2, date(2026, 6, 15)))
    assert rated(PerDevice(FIFTEEN), swap).amount == 15
    assert rated(PerDevice(FIFTEEN, counting="peak"), swap).amount == 15
    assert rated(PerDevice(FIFTEEN, counting="touched"), swap).amount == 30


def test_one_that_leaves_before_its_grace_is_over_never_counts():
    short = (device(1, date(2026, 6, 3), date(2026, 6, 6)), device(2, date(2026, 6, 28)))
    terms = PerDevice(FIFTEEN, grace_days=3)
    assert [unit.unit_id for unit in count(terms, short, JUNE).units] == [1, 2]
    later = PerDevice(FIFTEEN, grace_days=4)
    assert count(later, short, JUNE).units == ()


def test_the_first_days_of_a_trial_are_free():
    line = rated(PerDevice(FIFTEEN, trial_days=14), (device(1, date(2026, 6, 2)),))
    assert (line.trace["counted_days"], line.amount) == (15, Decimal("7.50"))


def test_other_sites_and_spares_do_not_count():
    mixed = (device(1), device(2, site=2), device(3), device(4, kind="server"))
    terms = PerDevice(FIFTEEN, ("workstation",), site_ids=(1,), excluded=(3,))
    assert [unit.unit_id for unit in count(terms, mixed, JUNE).units] == [1]


def test_tiers_see_the_count_of_each_day():
    sixty = tuple(device(unit) for unit in range(60))
    graduated = PerDevice(Decimal(20), model="graduated", tiers=STEPS)
    assert str(rated(graduated, sixty).amount) == VECTORS["TIER-01"]
    volume = PerDevice(Decimal(20), model="volume", tiers=STEPS)
    assert str(rated(volume, sixty).amount) == VECTORS["TIER-02"]
    ten = tuple(device(unit) for unit in range(10))
    late = (*ten, device(90, date(2026, 6, 16)))
    assert rated(graduated, late).amount == Decimal("207.50")  # the 11th unit costs 15 a month


def test_tiers_of_half_a_month_cost_half():
    half = Period(date(2026, 6, 1), date(2026, 6, 16))
    sixty = tuple(device(unit) for unit in range(60))
    terms = PerDevice(Decimal(20), model="graduated", tiers=STEPS)
    assert rated(terms, sixty, half).amount == Decimal("460.00")


def test_the_steps_of_the_trace_make_the_amount():
    terms = PerDevice(Decimal(20), model="graduated", tiers=STEPS, included=3)
    line = rated(terms)
    steps = line.trace["steps"]
    assert sum(days for _many, days, _cost in steps) == 30
    exact = sum(Decimal(cost) * days for _many, days, cost in steps) / 30
    assert abs(exact - line.amount) <= Decimal("0.005")


@given(many=st.integers(0, 70), day=st.integers(2, 30))
def test_two_parts_of_a_month_make_the_whole_by_tiers_too(many, day):
    terms = PerDevice(Decimal(30), model="graduated",
                      tiers=(Tier(Decimal(10), Decimal(30)), Tier(None, Decimal(15))))  # fmt: skip
    fleet = tuple(device(unit) for unit in range(many))
    cut = date(2026, 6, day)
    first = rated(terms, fleet, Period(JUNE.start, cut)).amount
    second = rated(terms, fleet, Period(cut, JUNE.end)).amount
    assert first + second == rated(terms, fleet).amount


def test_a_line_fills_up_to_its_commitment_of_the_days_it_held():
    line = rated(PerDevice(FIFTEEN, commit=Decimal(500)))
    assert (line.amount, line.trace["rated"], line.trace["commit_added"]) == (
        Decimal("500.00"), "340.00", "160.00",
    )  # fmt: skip
    late = Period(date(2026, 6, 11), JUNE.end)
    assert rated(PerDevice(FIFTEEN, commit=Decimal(480)), (), late).amount == Decimal("320.00")


def test_a_bundles_amount_names_whose_revenue_it_is():
    parts = (Part("Monitoring", Decimal(100)), Part("Backup", Decimal(50)))
    trace = rated(Flat(Decimal("120.00"), parts=parts)).trace
    assert [(one["name"], one["amount"]) for one in trace["split"]] == [
        ("Monitoring", "80.00"), ("Backup", "40.00"),
    ]  # fmt: skip


def test_lines_that_follow_from_others_are_reckoned_in_their_order():
    lines = [
        Commitment(Decimal(1200)), Reduction(Decimal(10), Decimal(50)), Flat(Decimal(800)),
        Percentage(Decimal(25)), Hours(Decimal(200), Decimal(5), Decimal(90)),
    ]  # fmt: skip
    found = in_stages(
        [terms.kind for terms in lines],
        lambda at, earlier: RATES[lines[at].kind](
            lines[at], Reading(JUNE, (), total_of(earlier)), JUNE, "USD"
        ),
    )
    amounts = [[str(line.amount) for line in row] for row in found]
    assert amounts == [["125.00"], ["-175.00"], ["800.00"], ["250.00"], ["200.00"]]


def test_nothing_is_charged_where_the_commitment_is_reached():
    assert RATES["commitment"](
        Commitment(Decimal(100)), Reading(JUNE, (), Decimal(100)), JUNE, "USD"
    ) == []  # fmt: skip
    late = Reading(Period(date(2026, 6, 11), JUNE.end), (), Decimal(380))
    assert RATES["commitment"](Commitment(Decimal(500)), late, JUNE, "USD") == []


def test_more_taken_off_than_there_is_leaves_nothing():
    assert rated(Reduction(amount=Decimal(50)), base="30").amount == -30
    assert rated(Reduction(percent=Decimal(50)), base="0").amount == 0


@pytest.mark.parametrize("counting", ["daily", "peak", "touched", "adds_only"])
def test_a_minimum_is_put_to_the_tiers(counting):
    terms = PerDevice(Decimal(20), counting=counting, minimum=60, model="graduated", tiers=STEPS)
    assert rated(terms, STAYED).amount == 920
