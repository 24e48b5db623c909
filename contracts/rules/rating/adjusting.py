"""What follows from the other lines: a percentage of them, a discount, the rest to a commitment."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from contracts.rules.pricing import Discount, Share, discounted, share_of, true_up
from contracts.rules.rating.reading import RatedLine, Reading
from contracts.rules.terms import Commitment, Percentage, Reduction
from msp.kit.money import round_money
from msp.kit.periods import Period

# The stages of an agreement's bill; a kind that is not named comes first.
ORDER = {"percentage": 1, "discount": 2, "commitment": 3}


class Amounted(Protocol):
    """Anything that came to an amount."""

    @property
    def amount(self) -> Decimal: ...


Found = TypeVar("Found", bound=Amounted)


def in_stages(
    kinds: Sequence[str], rate: Callable[[int, list[Found]], list[Found]]
) -> list[list[Found]]:
    """Each line of one agreement rated by its place in `kinds`, with the ones it follows from.

    Percentages are of what is counted and priced and not of each other; discounts take from what
    the ones before left.
    """
    found: list[list[Found]] = [[] for _ in kinds]
    earlier: list[Found] = []
    for stage in range(len(ORDER) + 1):
        before = list(earlier)
        for at, kind in enumerate(kinds):
            if ORDER.get(kind, 0) == stage:
                found[at] = rate(at, before if kind == "percentage" else list(earlier))
                earlier += found[at]
    return found


def total_of(lines: Sequence[Amounted]) -> Decimal:
    """What lines came to together."""
    return sum((line.amount for line in lines), Decimal(0))


def rate_percentage(
    terms: Percentage, reading: Reading, period: Period, currency: str
) -> list[RatedLine]:
    """A share of what was charged before it."""
    amount = round_money(
        share_of(reading.base, Share(terms.percent, terms.least, terms.most)), currency
    )
    said = {"percent": f"{terms.percent:f}", "least": f"{terms.least:f}"}
    if terms.most is not None:
        said["most"] = f"{terms.most:f}"
    return _one(terms.kind, amount, reading, period, said)


def rate_reduction(
    terms: Reduction, reading: Reading, period: Period, currency: str
) -> list[RatedLine]:
    """A credit of what is taken off; a percentage goes before a fixed amount."""
    discounts = [Discount("", percent=terms.percent), Discount("", amount=terms.amount)]
    left = discounted(reading.base, discounts, currency)
    said = {
        "percent": f"{terms.percent:f}",
        "off": f"{terms.amount:f}",
        "taken": [f"{taken:f}" for _discount, taken in left.taken],
    }
    return _one(terms.kind, left.amount - reading.base, reading, period, said)


def rate_commitment(
    terms: Commitment, reading: Reading, period: Period, currency: str
) -> list[RatedLine]:
    """What is missing to the commitment of the days it was in force; no line where nothing is."""
    service = reading.service.clip(period)
    if service is None:
        return []
    amount = true_up(terms.amount, reading.base, service.days, period.days, currency)
    said = {"commit": f"{terms.amount:f}", "unit_days": service.days}
    return _one(terms.kind, amount, reading, period, said) if amount else []


def _one(
    kind: str, amount: Decimal, reading: Reading, period: Period, said: dict[str, Any]
) -> list[RatedLine]:
    service = reading.service.clip(period)
    if service is None:
        return []
    trace = {
        "kind": kind,
        "period": [period.start.isoformat(), period.end.isoformat()],
        "service": [service.start.isoformat(), service.end.isoformat()],
        "period_days": period.days,
        "unit_days": period.days,
        "unit_price": f"{amount:f}",
        "base": f"{reading.base:f}",
        "amount": f"{amount:f}",
    } | said
    return [RatedLine(f"{kind}.amount", Decimal(1), amount, amount, trace)]
