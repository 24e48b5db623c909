"""What a line will cost for a whole period, from what the register knows now.

An agreement is shown beside its price before any bill exists, and below the room that makes bills.
A test holds this against the billing rules for every way of counting.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.clients.rules.register import (
    Interval,
    countable,
    daily_counts,
    peak,
    snapshot,
)
from contracts.rules.terms import Flat, PerDevice, PerUser, Terms
from msp.kit.money import round_money
from msp.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many units are seen, how many are charged, at what price, and the amount."""

    units: int
    charged: Decimal
    price: Decimal
    amount: Decimal


def estimate(
    terms: Terms, intervals: Iterable[Interval], period: Period, currency: str
) -> Estimate:
    """The charge for a period the line is in force for from end to end."""
    if isinstance(terms, Flat):
        return Estimate(1, Decimal(1), terms.amount, round_money(terms.amount, currency))
    known = [one for one in intervals if one.unit_type == unit_type_of(terms)]
    classes = terms.device_classes if isinstance(terms, PerDevice) else ()
    if terms.counting == "daily":
        seen, unit_days = _by_day(terms, known, period, classes)
    else:
        seen, unit_days = _on_a_day(terms, known, period, classes)
    unit_days = max(unit_days, terms.minimum * period.days)
    amount = round_money(terms.unit_price * unit_days / period.days, currency)
    charged = (Decimal(unit_days) / period.days).quantize(Decimal("0.01"))
    return Estimate(seen, charged, terms.unit_price, amount)


def unit_type_of(terms: Terms) -> str:
    """Whether the line counts devices or users; nothing for one that does not count."""
    return {PerDevice: "device", PerUser: "user"}.get(type(terms), "")


def _by_day(
    terms: PerDevice | PerUser, known: list[Interval], period: Period, classes: Sequence[str]
) -> tuple[int, int]:
    units = countable(known, period, classes)
    free = sum(min(there, terms.included) for there in daily_counts(units, period))
    return len(units), sum(unit.days for unit in units) - free


def _on_a_day(
    terms: PerDevice | PerUser, known: list[Interval], period: Period, classes: Sequence[str]
) -> tuple[int, int]:
    if terms.counting == "peak":
        there = peak(known, period, classes).units
    else:
        day = period.start if terms.counting == "snapshot_start" else period.end
        there = snapshot(known, day, classes)
    return len(there), max(0, len(there) - terms.included) * period.days
