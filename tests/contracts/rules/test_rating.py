"""Worked quantities and prorations, and what holds for any register."""

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.rating import RATES, RatedLine, Reading
from contracts.rules.rating.proration import quantity_of
from contracts.rules.register import Interval
from contracts.rules.terms import TERMS, Flat, PerDevice, PerUser
from msp.kit.money import round_money
from msp.kit.periods import Period, month
from tests.vectors import psa

VECTORS = psa()
JUNE, JULY = month(2026, 6), month(2026, 7)
FIFTEEN = Decimal("15.00")


def device(unit: int, start: date, end: date | None = None, **more) -> Interval:
    facts = {"unit_type": "device", "unit_class": "workstation", "client_id": 1, "site_id": 1}
    return Interval(
        interval_id=f"i{unit}",
        unit_id=unit,
        name=f"PC-{unit:03}",
        starts_on=start,
        ends_on=end,
        **(facts | more),
    )


# All June 20 devices, five more from the 11th, and two of the first whose last day is the 20th.
STAYED = tuple(device(unit, date(2026, 1, 1)) for unit in range(1, 19))
LEFT = tuple(device(unit, date(2026, 1, 1), date(2026, 6, 21)) for unit in (19, 20))
CAME = tuple(device(unit, date(2026, 6, 11)) for unit in range(21, 26))
FLEET = STAYED + LEFT + CAME


def rated(terms, intervals=FLEET, period=JUNE, service=None, currency="USD") -> RatedLine:
    [line] = RATES[terms.kind](terms, Reading(service or period, intervals), period, currency)
    return line


@pytest.mark.parametrize(
    ("vector", "terms", "quantity"),
    [
        ("QTY-01a", PerDevice(FIFTEEN, counting="snapshot_start"), "20"),
        ("QTY-01b", PerDevice(FIFTEEN, counting="snapshot_end"), "23"),
        ("QTY-01c", PerDevice(FIFTEEN, counting="peak"), "25"),
        ("QTY-01d", PerDevice(FIFTEEN, counting="daily"), "22.666667"),
        ("QTY-01f", PerDevice(FIFTEEN, counting="daily", minimum=25), "25"),
    ],
)
def test_each_way_of_counting_gives_the_worked_amount(vector, terms, quantity):
    line = rated(terms)
    assert str(line.amount) == VECTORS[vector]
    assert line.quantity == Decimal(quantity)
    assert line.description_key == f"per_device.{terms.counting}"


def test_arrivals_are_prorated_where_leavers_are_not_credited():
    kept = tuple(device(one.unit_id, one.starts_on) for one in FLEET)
    assert str(rated(PerDevice(FIFTEEN), kept).amount) == VECTORS["QTY-01e"]


def test_the_line_is_rounded_and_never_the_unit():
    fifty = tuple(device(unit, date(2026, 7, 22)) for unit in range(50))
    assert str(rated(PerDevice(FIFTEEN), fifty, JULY).amount) == VECTORS["QTY-03a"]
    three = tuple(device(unit, date(2026, 6, 21)) for unit in range(3))
    assert str(rated(PerDevice(Decimal(10)), three).amount) == VECTORS["QTY-03b"]


def test_nothing_counted_charges_nothing():
    line = rated(PerDevice(FIFTEEN), ())
    assert (str(line.amount), line.quantity, line.units) == (VECTORS["QTY-03c"], 0, ())


def test_a_month_in_advance_is_trued_up_by_the_days_of_the_month_before():
    kept = tuple(device(one.unit_id, one.starts_on) for one in FLEET)
    advance = rated(PerDevice(FIFTEEN, counting="snapshot_start"), kept, JULY)
    true_up = rated(PerDevice(FIFTEEN), CAME)
    assert str(advance.amount + true_up.amount) == VECTORS["QTY-04a"]


def test_leavers_after_a_month_in_advance_give_back_their_days():
    paid = rated(PerDevice(FIFTEEN), tuple(device(one.unit_id, one.starts_on) for one in LEFT))
    used = rated(PerDevice(FIFTEEN), LEFT)
    assert str(used.amount - paid.amount) == VECTORS["QTY-04b"]


def test_an_agreement_that_ends_gives_back_the_days_after_its_last():
    june = Flat(Decimal(1000))
    paid = rated(june).amount
    used = rated(june, service=Period(date(2026, 6, 1), date(2026, 6, 19))).amount
    assert str(used - paid) == VECTORS["QTY-04c"]


def test_a_part_of_a_quarter_divides_by_the_whole_quarter():
    quarter = Period(date(2026, 4, 1), date(2026, 7, 1))
    part = Period(date(2026, 5, 20), date(2026, 6, 21))
    assert str(rated(Flat(Decimal(910)), (), quarter, part).amount) == VECTORS["PER-02"]


def test_a_licence_joins_the_renewal_of_the_others():
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    rest = Period(date(2026, 3, 16), date(2027, 1, 1))
    assert str(rated(Flat(Decimal(240)), (), year, rest).amount) == VECTORS["PER-05"]


def test_an_upgrade_credits_and_charges_the_same_days():
    may = month(2026, 5)
    rest = Period(date(2026, 5, 11), may.end)
    credit = rated(Flat(Decimal(20)), (), may, rest).amount
    charge = rated(Flat(Decimal(40)), (), may, rest).amount
    assert [str(credit), str(charge), str(charge - credit)] == ["13.55", "27.10", "13.55"]
    assert str([str(credit), str(charge), str(charge - credit)]) == VECTORS["UPG-01"]


@pytest.mark.parametrize(
    ("vector", "weighted", "days"),
    [("QTY-06", 2500 * 27, 31), ("QTY-06b", 2500 * 3 + 500 * 2 + 300 * 25, 30)],
)
def test_a_quantity_that_changes_is_its_average_over_the_period(vector, weighted, days):
    period = Period(date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=days))
    assert str(round_money(quantity_of(weighted, period))) == VECTORS[vector]


def test_the_first_devices_of_each_day_are_free():
    here = (device(1, date(2026, 6, 1), date(2026, 6, 16)), device(2, date(2026, 6, 1)))
    line = rated(PerDevice(FIFTEEN, included=1), here)
    assert line.trace["counted_days"] == 45
    assert line.trace["included_days"] == 30
    assert line.amount == Decimal("7.50")
    assert rated(PerDevice(FIFTEEN, included=9), here).amount == 0
    assert rated(PerDevice(FIFTEEN, counting="peak", included=1), here).amount == FIFTEEN


def test_a_minimum_counts_beyond_what_is_free():
    line = rated(PerDevice(FIFTEEN, included=25, minimum=2))
    assert (line.amount, line.trace["minimum_days"]) == (Decimal("30.00"), 60)


def test_a_minimum_is_prorated_where_the_line_begins_midway():
    late = Period(date(2026, 6, 16), JUNE.end)
    line = rated(PerDevice(FIFTEEN, minimum=10), (), service=late)
    assert line.amount == Decimal("75.00")


@pytest.mark.parametrize("counting", ["daily", "snapshot_start", "snapshot_end", "peak"])
def test_a_line_in_force_for_half_the_month_charges_half(counting):
    half = Period(date(2026, 6, 1), date(2026, 6, 16))
    line = rated(PerDevice(FIFTEEN, counting=counting), STAYED[:10], service=half)
    assert line.amount == Decimal("75.00")


@pytest.mark.parametrize(
    "terms", [PerDevice(FIFTEEN, minimum=3), PerUser(FIFTEEN, minimum=3), Flat(FIFTEEN)]
)
def test_a_line_that_was_not_in_force_charges_nothing_at_all(terms):
    assert RATES[terms.kind](terms, Reading(JULY, FLEET), JUNE, "USD") == []


def test_only_the_named_classes_count():
    mixed = (*FLEET, device(90, date(2026, 1, 1), unit_class="server"))
    assert rated(PerDevice(FIFTEEN, ("server",)), mixed).amount == FIFTEEN
    assert rated(PerDevice(FIFTEEN, ("workstation", "server")), mixed).amount == Decimal("355.00")


def test_people_are_counted_like_devices():
    people = tuple(device(unit, date(2026, 6, 16), unit_type="user") for unit in range(4))
    line = rated(PerUser(Decimal("8.5")), people)
    assert (line.amount, line.description_key) == (Decimal("17.00"), "per_user.daily")


def test_a_flat_line_is_whole_or_prorated_by_its_terms():
    part = Period(date(2026, 6, 1), date(2026, 6, 16))
    assert rated(Flat(Decimal(100)), service=part).amount == 50
    assert rated(Flat(Decimal(100)), service=part).description_key == "flat.part"
    assert rated(Flat(Decimal(100), prorate=False), service=part).amount == 100
    assert rated(Flat(Decimal(100))).description_key == "flat.full"


def test_a_currency_without_cents_is_charged_without_cents():
    assert rated(PerDevice(Decimal(1500)), FLEET, currency="JPY").amount == Decimal(34000)
    assert str(rated(Flat(Decimal("1234.5")), currency="JPY").amount) == "1235"


def test_every_kind_of_terms_has_a_rate():
    assert RATES.keys() == TERMS.keys()


def test_the_evidence_names_every_device_and_its_days():
    line = rated(PerDevice(FIFTEEN))
    assert sum(unit.days for unit in line.units) == 680 == line.trace["counted_days"]
    assert [(unit.name, unit.days) for unit in line.units if unit.days < 30] == [
        ("PC-019", 20),
        ("PC-020", 20),
        *((f"PC-{n:03}", 20) for n in range(21, 26)),
    ]


fleets = st.lists(
    st.builds(
        lambda unit, start, days, kind: device(
            unit,
            date(2026, 5, 20) + timedelta(days=start),
            date(2026, 5, 20) + timedelta(days=start + days) if days else None,
            unit_class=kind,
        ),
        st.integers(1, 30),
        st.integers(0, 50),
        st.integers(0, 40),
        st.sampled_from(["workstation", "server"]),
    ),
    max_size=30,
).map(tuple)
priced = st.builds(
    PerDevice,
    unit_price=st.decimals(0, 5000, places=6),
    device_classes=st.sampled_from([(), ("server",)]),
    counting=st.sampled_from(["daily", "snapshot_start", "snapshot_end", "peak"]),
    included=st.integers(0, 10),
    minimum=st.integers(0, 10),
)


@given(terms=priced, fleet=fleets, first=st.integers(1, 30), length=st.integers(1, 30))
def test_any_line_can_be_computed_again_from_its_trace(terms, fleet, first, length):
    start = date(2026, 6, first)
    line = rated(terms, fleet, service=Period(start, start + timedelta(days=length)))
    trace = json.loads(json.dumps(line.trace))
    exact = Fraction(trace["unit_price"]) * trace["unit_days"] / trace["period_days"]
    assert abs(exact - Fraction(trace["amount"])) <= Fraction(1, 200)
    assert Decimal(trace["amount"]) == line.amount
    assert trace["unit_days"] == (
        trace["counted_days"] - trace["included_days"] + trace["minimum_days"]
    )
    assert trace["counted_days"] == sum(unit.days for unit in line.units)
    assert trace["units"] == len({unit.unit_id for unit in line.units})
    assert line.amount >= 0


@given(terms=priced, fleet=fleets)
def test_the_same_input_gives_the_same_line_in_any_order(terms, fleet):
    assert rated(terms, fleet) == rated(terms, tuple(reversed(fleet)))


@given(fleet=fleets, day=st.integers(2, 30))
def test_daily_counting_of_two_parts_makes_the_whole(fleet, day):
    terms = PerDevice(Decimal(30))
    cut = date(2026, 6, day)
    first = rated(terms, fleet, service=Period(JUNE.start, cut))
    second = rated(terms, fleet, service=Period(cut, JUNE.end))
    assert first.amount + second.amount == rated(terms, fleet).amount
