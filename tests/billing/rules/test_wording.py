"""The arithmetic of a line, read off its trace."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.rules.wording import arithmetic, days_of, price, quantity, unit_sum
from contracts.rules.rating import RATES, Reading
from contracts.rules.register import Interval
from contracts.rules.terms import Flat, PerDevice, PerUser
from msp.kit.periods import Period, month

JUNE = month(2026, 6)


def fleet(*starts: int) -> tuple[Interval, ...]:
    return tuple(
        Interval(f"i{n}", "device", n, "server", f"srv-{n}", 1, None, date(2026, 6, start))
        for n, start in enumerate(starts)
    )


def trace(terms, intervals=(), service: Period = JUNE, currency: str = "USD"):
    (line,) = RATES[terms.kind](terms, Reading(service, intervals), JUNE, currency)
    return line.trace


@pytest.mark.parametrize(
    ("terms", "starts", "told"),
    [
        (
            PerDevice(Decimal("15.00")), (1, 11),
            ["Counted day by day.", "2 devices make 50 device-days.",
             "$15.00 × 50 ÷ 30 days = $25.00"],
        ),
        (
            PerDevice(Decimal("15.00")), (1, 1),
            ["Counted day by day.", "2 devices make 60 device-days.", "$15.00 × 2 = $30.00"],
        ),
        (
            PerDevice(Decimal("15.00"), included=1), (1, 1),
            ["Counted day by day.", "2 devices make 60 device-days.",
             "1 included: 30 device-days are free, 30 are left.", "$15.00 × 1 = $15.00"],
        ),
        (
            PerDevice(Decimal("15.00"), minimum=3), (1,),
            ["Counted day by day.", "1 device makes 30 device-days.",
             "At least 3 are charged: 60 device-days are added, 90 in all.",
             "$15.00 × 3 = $45.00"],
        ),
        (
            PerDevice(Decimal("0.001"), counting="snapshot_start"), (1, 2),
            ["Counted on 1 June 2026, the first day.", "1 device makes 30 device-days.",
             "0.001 USD × 1 = $0.00"],
        ),
    ],
)  # fmt: skip
def test_a_counted_line_in_words(terms, starts, told):
    assert arithmetic(trace(terms, fleet(*starts)), "USD") == told


def test_a_flat_line_in_words():
    assert arithmetic(trace(Flat(Decimal("100"))), "USD") == [
        "One amount for the whole month.", "$100.00 × 1 = $100.00",
    ]  # fmt: skip
    part = Period(date(2026, 6, 11), date(2026, 7, 1))
    assert arithmetic(trace(Flat(Decimal("100")), service=part), "USD") == [
        "In force 11–30 June 2026: 20 of 30 days.", "$100.00 × 20 ÷ 30 days = $66.67",
    ]  # fmt: skip


def test_people_are_people():
    people = trace(
        PerUser(Decimal(9)), tuple(replace(one, unit_type="user") for one in fleet(1, 1))
    )
    assert unit_sum(people) == "2 people, 60 person-days"
    assert days_of(people) == "60 person-days"
    assert days_of(trace(Flat(Decimal(9)))) == "30 days"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("22.666667", "22.6667"), ("3", "3"), ("3.500000", "3.5"), ("1200", "1,200"), ("0", "0")],
)
def test_a_quantity_shows_what_it_says_and_no_more(amount, shown):
    assert quantity(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("unit", "currency", "shown"),
    [("62", "USD", "$62.00"), ("0.0125", "USD", "0.0125 USD"), ("900", "JPY", "¥900")],
)
def test_a_price_keeps_its_digits(unit, currency, shown):
    assert price(Decimal(unit), currency) == shown
