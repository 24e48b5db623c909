"""Work put together to lines: each price has its own, and its amount is rounded once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.rules.labour import rated, seconds_of, told_of
from contracts.rules.labour import Charge, Worked, amount_of
from msp.kit.periods import month

D = Decimal
JUNE, JULY = month(2026, 6), month(2026, 7)


def billed(minutes: str, rate: str, **facts) -> Charge:
    worked = Worked(
        entry_id=1, part=0, ticket_id=1, on=date(2026, 6, 3), seconds=int(D(minutes) * 60),
        started_at=datetime(2026, 6, 3, 12, tzinfo=UTC), work_type="remote",
        hour_class="business", verdict="billable", agreement_id=1,
    )  # fmt: skip
    return Charge(worked, "billed", D(minutes), D(rate), promise_key="k0", **facts)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("150", "160", False), ("150", "150.00", True), ("42.5", "42.500001", False)],
)
def test_two_prices_of_a_month_are_two_lines_that_no_day_forbids(one, other, same):
    first, second = told_of(billed("60", one)), told_of(billed("60", other))
    assert (first.charge_key(1, JUNE) == second.charge_key(1, JUNE)) is same
    assert first.key == second.key  # a new price is the same line when months are compared
    assert first.charge_key(1, JUNE) != first.charge_key(1, JULY)


@pytest.mark.parametrize(
    ("minutes", "rate", "amount"),
    [
        (("40", "25", "40"), "42.50", "74.38"),
        (("20", "20", "20"), "100.00", "100.00"),
        (("0.3333333333333333333333333333",), "40.50", "0.23"),
        (("7",), "42.50", "4.96"),
    ],
)
def test_minutes_become_hours_once_and_the_proof_comes_to_the_same(minutes, rate, amount):
    parts = [billed(one, rate) for one in minutes]
    line = rated(told_of(parts[0]), parts, JUNE, "USD", "c")
    kept = [(one.minutes.quantize(D("0.000001")), one.rate) for one in parts]
    assert (f"{line.amount:f}", f"{amount_of(kept, 'USD'):f}") == (amount, amount)


@pytest.mark.parametrize(
    ("shares", "seconds"),
    [
        ((("drawn", "60"), ("unpriced", "120")), {1: 7200}),
        ((("unpriced", "180"),), {1: 10800}),
        ((("drawn", "90"), ("unpriced", "180")), {1: 7200}),  # each minute counts one and a half
        ((("drawn", "180"),), {}),
    ],
)
def test_only_the_share_without_a_price_is_without_one(shares, seconds):
    worked = billed("180", "0").worked
    found = [Charge(worked, outcome, D(minutes)) for outcome, minutes in shares]
    assert seconds_of(found, "unpriced") == seconds
