"""How many units a line charges for, by the way its terms count."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from billing.rules.rating.proration import prorate, quantity_of, trace_of
from billing.rules.rating.reading import RatedLine, Reading
from contracts.clients.rules.register import (
    Interval,
    UnitDays,
    countable,
    daily_counts,
    peak,
    snapshot,
)
from contracts.rules.terms import PerDevice, PerUser
from msp.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Counted:
    """The units behind a line and the unit-days charged for them.

    `free_days` were counted and are included; `added_days` were not counted and fill up the
    minimum.
    """

    units: tuple[UnitDays, ...]
    counted_days: int
    free_days: int
    added_days: int
    day: date | None = None

    @property
    def charged_days(self) -> int:
        """The unit-days that are paid for."""
        return self.counted_days - self.free_days + self.added_days


def rate_counted(
    terms: PerDevice | PerUser,
    reading: Reading,
    period: Period,
    currency: str,
    classes: Collection[str] | None = None,
) -> list[RatedLine]:
    """One line for everything counted; none where the line was not in force in the period."""
    service = reading.service.clip(period)
    if service is None:
        return []
    counted = _count(terms, reading.intervals, service, classes)
    charged = counted.charged_days
    amount = prorate(terms.unit_price, charged, period, currency)
    trace = trace_of(terms.unit_price, charged, period, amount) | {
        "kind": terms.kind,
        "counting": terms.counting,
        "service": [service.start.isoformat(), service.end.isoformat()],
        "units": len(counted.units),
        "counted_days": counted.counted_days,
        "included": terms.included,
        "included_days": counted.free_days,
        "minimum": terms.minimum,
        "minimum_days": counted.added_days,
        "counted_on": counted.day.isoformat() if counted.day else None,
    }
    key = f"{terms.kind}.{terms.counting}"
    quantity = quantity_of(charged, period)
    return [RatedLine(key, quantity, terms.unit_price, amount, trace, counted.units)]


def _count(
    terms: PerDevice | PerUser,
    intervals: Collection[Interval],
    service: Period,
    classes: Collection[str] | None,
) -> Counted:
    if terms.counting == "daily":
        units = countable(intervals, service, classes)
        counted = sum(unit.days for unit in units)
        free = sum(min(there, terms.included) for there in daily_counts(units, service))
        day = None
    else:
        day, there = _on_one_day(terms.counting, intervals, service, classes)
        units = [_whole(one, service) for one in there]
        counted = len(units) * service.days
        free = min(len(units), terms.included) * service.days
    short = max(0, terms.minimum * service.days - (counted - free))
    return Counted(tuple(units), counted, free, short, day)


def _on_one_day(
    counting: str,
    intervals: Collection[Interval],
    service: Period,
    classes: Collection[str] | None,
) -> tuple[date, list[Interval]]:
    if counting == "peak":
        return peak(intervals, service, classes)
    day = service.start if counting == "snapshot_start" else service.end
    return day, snapshot(intervals, day, classes)


def _whole(interval: Interval, service: Period) -> UnitDays:
    """A unit seen on the day of counting, charged for all days the line was in force."""
    return UnitDays(
        interval.unit_type,
        interval.unit_id,
        interval.unit_class,
        interval.name,
        interval.site_id,
        service.days,
        service.start,
        service.end,
        (service,),
    )
