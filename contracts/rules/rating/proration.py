"""A price for part of a period: divided by the days of the full one, rounded once at the end."""

from decimal import Decimal
from typing import Any

from msp.kit.money import round_money
from msp.kit.periods import Period

_QUANTITY = Decimal("0.000001")


def prorate(price: Decimal, unit_days: int, period: Period, currency: str) -> Decimal:
    """The price of so many unit-days, where a unit for the whole period costs `price`.

    Multiplying first and rounding last is what keeps 50 x 15.00 x 10/31 at 241.94.
    """
    return round_money(price * unit_days / period.days, currency)


def quantity_of(unit_days: int, period: Period) -> Decimal:
    """The unit-days as whole units, for reading."""
    return (Decimal(unit_days) / period.days).quantize(_QUANTITY)


def trace_of(price: Decimal, unit_days: int, period: Period, amount: Decimal) -> dict[str, Any]:
    """The numbers `prorate` used: multiply, divide, round half up, and the amount is there."""
    return {
        "period": [period.start.isoformat(), period.end.isoformat()],
        "unit_price": f"{price:f}",
        "unit_days": unit_days,
        "period_days": period.days,
        "amount": f"{amount:f}",
    }
