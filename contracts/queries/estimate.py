"""What a line will cost for a whole period, from what the register knows now.

An agreement is shown beside its price before any bill exists, from the rates the bills are made by.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.rules.metering import Metered
from contracts.rules.rating import RATES, RatedLine, Reading
from contracts.rules.register import Interval
from contracts.rules.rhythm import MONTHS
from contracts.rules.terms import Counting, Terms, Usage
from contracts.rules.terms.stored import rhythm_of
from msp.kit.money import round_money
from msp.kit.periods import Period, local_date, month_of, previous_month


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many units are seen, how many are charged, at what price, and the amount of a month.

    A line billed by the quarter or the year counts with its share of a month; `every` says so.
    What meters will show is not known, so a line of them says of which month it is in `used_in`.
    `many` is what our own cost is for: all that is there, whether it is charged or included.
    """

    units: int
    charged: Decimal
    price: Decimal
    amount: Decimal
    every: str = "month"
    used_in: str = ""
    many: Decimal = Decimal(0)


NOTHING = Estimate(0, Decimal(0), Decimal(0), Decimal(0))


def estimate(
    terms: Terms,
    intervals: Iterable[Interval],
    period: Period,
    currency: str,
    base: Decimal = Decimal(0),
    meters: Mapping[int, Metered] | None = None,
) -> Estimate:
    """The charge for a period the line is in force for from end to end."""
    if isinstance(terms, Usage):
        return _metered(terms, tuple(intervals), meters or {}, currency)
    wanted = unit_type_of(terms)
    known = tuple(one for one in intervals if wanted and one.unit_type == wanted)
    rated = RATES[terms.kind](terms, Reading(period, known, base), period, currency)
    return _told(rated[0], rhythm_of(terms).every, currency, bool(wanted)) if rated else NOTHING


def _metered(
    terms: Usage, intervals: tuple[Interval, ...], meters: Mapping[int, Metered], currency: str
) -> Estimate:
    """What the last whole month of readings would come to; nothing where there are none."""
    read = [
        one for meter in meters.values() if terms.reads(meter.measure) for one in meter.readings
    ]
    if not read:
        return NOTHING
    newest = month_of(local_date(max(one.taken_at for one in read), "UTC"))
    for whole in (previous_month(newest), newest):
        known = tuple(one for one in intervals if one.unit_type == terms.unit_type)
        reading = Reading(whole, known, meters=meters)
        line = RATES[terms.kind](terms, reading, whole, currency)[0]
        if any(_from_before(one, whole) for one in line.trace["meters"]):
            break
    return Estimate(
        len(line.units),
        round(line.quantity, 2),
        line.unit_price,
        line.amount,
        used_in=str(whole),
        many=Decimal(line.trace["used"]),
    )


def _from_before(meter: Mapping[str, Any], month: Period) -> bool:
    """Whether a meter was read before the month began, so that all of the month is in its use."""
    if "from" not in meter:
        return bool(meter["readings"])
    return date.fromisoformat(meter["from"][0][:10]) < month.start


def _told(line: RatedLine, every: str, currency: str, counted: bool) -> Estimate:
    units = int(line.trace.get("units", 0)) if counted else 1
    month = round_money(line.amount / MONTHS[every], currency)
    return Estimate(
        units, round(line.quantity, 2), line.unit_price, month, every, many=Decimal(units)
    )


def unit_type_of(terms: Terms) -> str:
    """Whether the line counts devices or users; nothing for one that does not count."""
    return terms.unit_type if isinstance(terms, Counting) else ""
