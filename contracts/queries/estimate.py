"""What a line will cost for a whole period, from what the register knows now.

An agreement is shown beside its price before any bill exists, from the rates the bills are made by.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from contracts.rules.rating import RATES, RatedLine, Reading
from contracts.rules.register import Interval
from contracts.rules.terms import PerDevice, PerUser, Terms
from msp.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many units are seen, how many are charged, at what price, and the amount."""

    units: int
    charged: Decimal
    price: Decimal
    amount: Decimal


NOTHING = Estimate(0, Decimal(0), Decimal(0), Decimal(0))


def estimate(
    terms: Terms,
    intervals: Iterable[Interval],
    period: Period,
    currency: str,
    base: Decimal = Decimal(0),
) -> Estimate:
    """The charge for a period the line is in force for from end to end."""
    wanted = unit_type_of(terms)
    known = tuple(one for one in intervals if wanted and one.unit_type == wanted)
    rated = RATES[terms.kind](terms, Reading(period, known, base), period, currency)
    return _told(rated[0], counted=bool(wanted)) if rated else NOTHING


def _told(line: RatedLine, *, counted: bool) -> Estimate:
    units = int(line.trace.get("units", 0)) if counted else 1
    return Estimate(units, round(line.quantity, 2), line.unit_price, line.amount)


def unit_type_of(terms: Terms) -> str:
    """Whether the line counts devices or users; nothing for one that does not count."""
    return terms.unit_type if isinstance(terms, PerDevice | PerUser) else ""
