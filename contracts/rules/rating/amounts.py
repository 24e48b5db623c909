"""One amount for the period, or its share of the days the line was in force."""

from decimal import Decimal
from typing import Any

from contracts.rules.rating.counted import split_said
from contracts.rules.rating.proration import prorate, quantity_of, trace_of
from contracts.rules.rating.reading import RatedLine, Reading
from contracts.rules.terms import Block, Flat, Hours, Labour, Retainer
from msp.kit.periods import Period


def rate_flat(terms: Flat, reading: Reading, period: Period, currency: str) -> list[RatedLine]:
    """What a fee costs; nothing where it was not in force in the period."""
    lines = _rate(terms, reading, period, currency)
    for line in lines:
        line.trace.update(split_said(line.amount, terms.parts, currency))
    return lines


def rate_hours(terms: Hours, reading: Reading, period: Period, currency: str) -> list[RatedLine]:
    """The fee of an allowance of hours; what goes beyond it is charged where time is."""
    said = {"hours": f"{terms.hours:f}", "overage_rate": f"{terms.overage_rate:f}"}
    return _rate(terms, reading, period, currency, said)


def rate_retainer(
    terms: Retainer, reading: Reading, period: Period, currency: str
) -> list[RatedLine]:
    """Money paid ahead; work takes from it where time is."""
    return _rate(terms, reading, period, currency, {"retainer": True})


def rate_block(terms: Block, reading: Reading, period: Period, currency: str) -> list[RatedLine]:
    """A block of hours in the period it is bought in, once."""
    service = reading.service.clip(period)
    if service is None or not service.contains(terms.bought_on):
        return []
    until = terms.expires_on.isoformat() if terms.expires_on else None
    said = {"hours": f"{terms.hours:f}", "bought_on": f"{terms.bought_on}", "expires_on": until}
    trace = trace_of(terms.amount, period.days, period, terms.amount) | {
        "kind": terms.kind,
        "service": [service.start.isoformat(), service.end.isoformat()],
        **said,
    }
    return [RatedLine("block.bought", Decimal(1), terms.amount, terms.amount, trace)]


def rate_labour(terms: Labour, reading: Reading, period: Period, currency: str) -> list[RatedLine]:
    """The price of an hour costs nothing by itself; it is charged where time is."""
    return []


def _rate(
    terms: Flat | Hours | Retainer, reading: Reading, period: Period, currency: str,
    more: dict[str, Any] | None = None,
) -> list[RatedLine]:  # fmt: skip
    service = reading.service.clip(period)
    if service is None:
        return []
    days = service.days if terms.prorate else period.days
    amount = prorate(terms.amount, days, period, currency)
    whole = days == period.days
    trace = trace_of(terms.amount, days, period, amount) | {
        "kind": terms.kind,
        "prorate": terms.prorate,
        "service": [service.start.isoformat(), service.end.isoformat()],
        **(more or {}),
    }
    quantity = quantity_of(days, period).to_integral_value() if whole else quantity_of(days, period)
    key = f"{terms.kind}.{'full' if whole else 'part'}"
    return [RatedLine(key, quantity, terms.amount, amount, trace)]
