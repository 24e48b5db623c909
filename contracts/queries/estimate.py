"""What a line will cost for a whole period, from what the register knows now.

An agreement is shown beside its price before any bill exists, from the rates the bills are made by.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from contracts.rules.rating import RATES, RatedLine, Reading
from contracts.rules.register import Interval
from contracts.rules.rhythm import MONTHS
from contracts.rules.terms import Counting, Terms
from contracts.rules.terms.stored import rhythm_of
from msp.kit.money import round_money
from msp.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many units are seen, how many are charged, at what price, and the amount of a month.

    A line billed by the quarter or the year counts with its share of a month; `every` says so.
    """

    units: int
    charged: Decimal
    price: Decimal
    amount: Decimal
    every: str = "month"


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
    return _told(rated[0], rhythm_of(terms).every, currency, bool(wanted)) if rated else NOTHING


def _told(line: RatedLine, every: str, currency: str, counted: bool) -> Estimate:
    units = int(line.trace.get("units", 0)) if counted else 1
    month = round_money(line.amount / MONTHS[every], currency)
    return Estimate(units, round(line.quantity, 2), line.unit_price, month, every)


def unit_type_of(terms: Terms) -> str:
    """Whether the line counts devices or users; nothing for one that does not count."""
    return terms.unit_type if isinstance(terms, Counting) else ""
