"""One amount for the period, or its share of the days the line was in force."""

from decimal import Decimal

from billing.rules.rating.proration import prorate, quantity_of, trace_of
from billing.rules.rating.reading import RatedLine, Reading
from contracts.rules.terms import Flat
from msp.kit.periods import Period


def rate(terms: Flat, reading: Reading, period: Period, currency: str) -> list[RatedLine]:
    """What the line costs; nothing where it was not in force in the period."""
    service = reading.service.clip(period)
    if service is None:
        return []
    days = service.days if terms.prorate else period.days
    amount = prorate(terms.amount, days, period, currency)
    trace = trace_of(terms.amount, days, period, amount) | {
        "kind": terms.kind,
        "prorate": terms.prorate,
        "service": [service.start.isoformat(), service.end.isoformat()],
    }
    if days == period.days:
        return [RatedLine("flat.full", Decimal(1), terms.amount, amount, trace)]
    return [RatedLine("flat.part", quantity_of(days, period), terms.amount, amount, trace)]
