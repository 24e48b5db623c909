"""Counting what was there when, as it was known at any moment.

The register is append-only: a correction is a new version of an interval, recorded later. Counting
with the knowledge of the day an invoice was made gives that invoice's numbers again; counting with
today's gives the correction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import NamedTuple

from msp.kit.periods import Period

_ENDLESS = date.max


@dataclass(frozen=True, slots=True)
class UnitVersion:
    """One statement about when a unit was countable: `ends_on` is the first day it was not.

    Versions of the same `interval_id` replace each other; one that ends where it starts annuls.
    """

    interval_id: str
    unit_type: str
    unit_id: int
    unit_class: str
    name: str
    client_id: int
    site_id: int | None
    starts_on: date
    ends_on: date | None
    recorded_at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Interval:
    """When a unit was countable, as known at some moment."""

    interval_id: str
    unit_type: str
    unit_id: int
    unit_class: str
    name: str
    client_id: int
    site_id: int | None
    starts_on: date
    ends_on: date | None = None

    @property
    def unit(self) -> tuple[str, int]:
        """Which unit this speaks of; two intervals of one unit never count twice."""
        return self.unit_type, self.unit_id

    def within(self, period: Period) -> Period | None:
        """The part of the interval inside a period."""
        start = max(self.starts_on, period.start)
        end = min(self.ends_on or _ENDLESS, period.end)
        return Period(start, end) if start < end else None

    def holds(self, day: date) -> bool:
        """Whether the unit was countable on that date."""
        return self.starts_on <= day < (self.ends_on or _ENDLESS)


@dataclass(frozen=True, slots=True)
class UnitDays:
    """One unit's days in a period: `starts_on` to `ends_on`, the latter not included.

    `stretches` are the runs of days the total is made of; there is more than one where the unit
    was away in between.
    """

    unit_type: str
    unit_id: int
    unit_class: str
    name: str
    site_id: int | None
    days: int
    starts_on: date
    ends_on: date
    stretches: tuple[Period, ...]


class Peak(NamedTuple):
    """The first day on which most units were there at once, and those units."""

    day: date
    units: list[Interval]


def as_known(versions: Iterable[UnitVersion], known_at: datetime) -> list[Interval]:
    """Each interval by its latest version recorded by then; annulled ones are gone."""
    latest: dict[str, UnitVersion] = {}
    for version in versions:
        if version.recorded_at > known_at:
            continue
        known = latest.get(version.interval_id)
        if known is None or (known.recorded_at, known.seq) < (version.recorded_at, version.seq):
            latest[version.interval_id] = version
    return [
        _interval(version)
        for version in latest.values()
        if version.ends_on is None or version.starts_on < version.ends_on
    ]


def countable(
    intervals: Iterable[Interval], period: Period, classes: Collection[str] | None = None
) -> list[UnitDays]:
    """Each unit's days in the period, by name; no classes given means every class."""
    by_unit: dict[tuple[str, int], list[Interval]] = defaultdict(list)
    for interval in _of_classes(intervals, classes):
        if interval.within(period):
            by_unit[interval.unit].append(interval)
    return sorted(
        (_unit_days(found, period) for found in by_unit.values()),
        key=lambda unit: (unit.name, unit.unit_type, unit.unit_id),
    )


def snapshot(
    intervals: Iterable[Interval], day: date, classes: Collection[str] | None = None
) -> list[Interval]:
    """The units that were there on one date, each once, by name."""
    return _each_once(one for one in _of_classes(intervals, classes) if one.holds(day))


def peak(
    intervals: Iterable[Interval], period: Period, classes: Collection[str] | None = None
) -> Peak:
    """Most units at once within the period; the count can only rise where an interval begins."""
    known = _of_classes(intervals, classes)
    days = {found.start for one in known if (found := one.within(period))}
    best = Peak(period.start, [])
    for day in sorted(days):
        there = snapshot(known, day)
        if len(there) > len(best.units):
            best = Peak(day, there)
    return best


def daily_counts(units: Iterable[UnitDays], period: Period) -> list[int]:
    """How many of the units were there on each date of the period, in order."""
    steps = [0] * (period.days + 1)
    for unit in units:
        for stretch in unit.stretches:
            steps[(stretch.start - period.start).days] += 1
            steps[(stretch.end - period.start).days] -= 1
    return list(accumulate(steps))[:-1]


def _interval(version: UnitVersion) -> Interval:
    return Interval(
        version.interval_id,
        version.unit_type,
        version.unit_id,
        version.unit_class,
        version.name,
        version.client_id,
        version.site_id,
        version.starts_on,
        version.ends_on,
    )


def _of_classes(intervals: Iterable[Interval], classes: Collection[str] | None) -> list[Interval]:
    if not classes:
        return list(intervals)
    return [interval for interval in intervals if interval.unit_class in classes]


def _each_once(intervals: Iterable[Interval]) -> list[Interval]:
    latest = {one.unit: one for one in sorted(intervals, key=_age)}
    return sorted(latest.values(), key=lambda one: (one.name, one.unit))


def _age(interval: Interval) -> tuple[date, str, str, str]:
    return interval.starts_on, interval.interval_id, interval.unit_class, interval.name


def _unit_days(found: list[Interval], period: Period) -> UnitDays:
    newest = max(found, key=_age)
    stretches = _merged(part for one in found if (part := one.within(period)))
    return UnitDays(
        newest.unit_type,
        newest.unit_id,
        newest.unit_class,
        newest.name,
        newest.site_id,
        sum(stretch.days for stretch in stretches),
        stretches[0].start,
        stretches[-1].end,
        tuple(stretches),
    )


def _merged(parts: Iterable[Period]) -> list[Period]:
    merged: list[Period] = []
    for part in sorted(parts):
        if merged and part.start <= merged[-1].end:
            merged[-1] = Period(merged[-1].start, max(merged[-1].end, part.end))
        else:
            merged.append(part)
    return merged
