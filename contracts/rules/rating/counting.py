"""How many units a line charges for, by the way its terms count.

The register says which units were there on which days; the terms say which of them matter (class,
site, not excluded, there long enough, past their trial) and how they are counted. The answer keeps
the units with their days, because a line must open down to them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from contracts.rules.register import (
    Interval,
    UnitDays,
    countable,
    daily_counts,
    peak,
    snapshot,
)
from contracts.rules.terms.counted import PerDevice, PerUser
from msp.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Counted:
    """The units behind a line and the unit-days charged for them.

    `free_days` were counted and are included; `added_days` were not counted and fill up the
    minimum. `steps` are the charged units as (how many, for how many days), in order of days.
    """

    units: tuple[UnitDays, ...]
    counted_days: int
    free_days: int
    added_days: int
    steps: tuple[tuple[int, int], ...]
    day: date | None = None

    @property
    def charged_days(self) -> int:
        """The unit-days that are paid for."""
        return self.counted_days - self.free_days + self.added_days


def count(terms: PerDevice | PerUser, intervals: Iterable[Interval], service: Period) -> Counted:
    """The units of the days a line was in force, counted as its terms say."""
    known = list(eligible(terms, intervals, service))
    if terms.counting in ("daily", "adds_only"):
        units, day = countable(known, service), None
        there = daily_counts(units, service)
    else:
        day, found = _on_one_day(terms.counting, known, service)
        units = [_whole(one, service) for one in found]
        there = [len(units)] * service.days
    counted = sum(there)
    charged = [max(0, many - terms.included) for many in there]
    added = max(0, terms.minimum * service.days - sum(charged))
    steps = [(terms.minimum, service.days)] if added else _steps(charged)
    return Counted(tuple(units), counted, counted - sum(charged), added, tuple(steps), day)


def eligible(
    terms: PerDevice | PerUser, intervals: Iterable[Interval], service: Period
) -> Iterator[Interval]:
    """The intervals that may count on the line, begun after their trial (Q5)."""
    classes = terms.device_classes if isinstance(terms, PerDevice) else ()
    for one in intervals:
        if classes and one.unit_class not in classes:
            continue
        if terms.site_ids and one.site_id not in terms.site_ids:
            continue
        if one.unit_id in terms.excluded or _life(one, service) < terms.grace_days:
            continue
        kept = _charged_part(terms, one, service)
        if kept is not None:
            yield kept


def _life(interval: Interval, service: Period) -> int:
    """The days a unit has been there by the end of the stretch."""
    ends_on = min(interval.ends_on or service.end, service.end)
    return (ends_on - interval.starts_on).days


def _charged_part(
    terms: PerDevice | PerUser, interval: Interval, service: Period
) -> Interval | None:
    starts_on = interval.starts_on + timedelta(days=terms.trial_days)
    ends_on = interval.ends_on
    if terms.counting == "adds_only" and ends_on is not None and ends_on > service.start:
        ends_on = max(ends_on, service.end)  # who leaves is not given back
    if ends_on is not None and starts_on >= ends_on:
        return None
    return replace(interval, starts_on=starts_on, ends_on=ends_on)


def _on_one_day(
    counting: str, known: Sequence[Interval], service: Period
) -> tuple[date | None, list[Interval]]:
    if counting == "touched":
        there = [one for one in known if one.within(service)]
        latest = {one.unit: one for one in sorted(there, key=lambda one: one.starts_on)}
        return None, sorted(latest.values(), key=lambda one: (one.name, one.unit))
    if counting == "peak":
        return peak(known, service)
    day = service.start if counting == "snapshot_start" else service.end
    return day, snapshot(known, day)


def _whole(interval: Interval, service: Period) -> UnitDays:
    """A unit that counts as if it had been there for all days the line was in force."""
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


def _steps(charged: Sequence[int]) -> list[tuple[int, int]]:
    """How many units for how many days, from day to day."""
    return [(many, sum(1 for _ in days)) for many, days in groupby(charged)]
