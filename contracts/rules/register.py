"""Counting what was there when, as it was known at any moment.

The register is append-only: a correction is a new version of an interval, recorded later. Counting
with the knowledge of the day an invoice was made gives that invoice's numbers again; counting with
today's gives the correction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate, pairwise
from typing import NamedTuple

from contracts.rules.marks import UNMARKED, Marks
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
    quantity: int = 1
    marks: Marks = UNMARKED


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
    quantity: int = 1
    marks: Marks = UNMARKED

    @property
    def unit(self) -> tuple[str, int]:
        """Which unit this speaks of; two intervals of one unit never count twice.

        A person who is known at two companies is one unit, by the contact at the one that pays.
        """
        return self.unit_type, self.marks.person_id or self.unit_id

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
    was away in between. `counts` says how many it was in each of them, where that is not one: a
    licence is a number over time. `note` says what is special about how it was counted.
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
    counts: tuple[int, ...] = ()
    note: str = ""

    @property
    def parts(self) -> list[tuple[Period, int]]:
        """Each run of days with how many there were."""
        return runs_of(self.stretches, self.counts)

    @property
    def most(self) -> int:
        """How many there were at once."""
        return max(self.counts, default=1)


def runs_of(stretches: Sequence[Period], counts: Sequence[int]) -> list[tuple[Period, int]]:
    """Each run of days with how many there were; one in each where no counts are said."""
    return list(zip(stretches, counts or (1,) * len(stretches), strict=True))


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
        if total(there) > total(best.units):
            best = Peak(day, there)
    return best


def total(units: Iterable[Interval]) -> int:
    """How many they are together; a licence of 40 seats is 40."""
    return sum(one.quantity for one in units)


def daily_counts(units: Iterable[UnitDays], period: Period) -> list[int]:
    """How many of the units were there on each date of the period, in order."""
    steps = [0] * (period.days + 1)
    for unit in units:
        for stretch, many in unit.parts:
            steps[(stretch.start - period.start).days] += many
            steps[(stretch.end - period.start).days] -= many
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
        version.quantity,
        version.marks,
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
    runs = _runs((part, one.quantity) for one in found if (part := one.within(period)))
    plain = all(many == 1 for _run, many in runs)
    return UnitDays(
        newest.unit_type,
        newest.unit[1],
        newest.unit_class,
        newest.name,
        newest.site_id,
        sum(run.days * many for run, many in runs),
        runs[0][0].start,
        runs[-1][0].end,
        tuple(run for run, _many in runs),
        () if plain else tuple(many for _run, many in runs),
    )


def _runs(parts: Iterable[tuple[Period, int]]) -> list[tuple[Period, int]]:
    """Days without gap or change of number, in order; where two overlap the greater one counts."""
    known = list(parts)
    days = sorted({day for part, _many in known for day in (part.start, part.end)})
    runs: list[tuple[Period, int]] = []
    for start, end in pairwise(days):
        many = max((number for part, number in known if part.start <= start < part.end), default=0)
        if not many:
            continue
        if runs and runs[-1][0].end == start and runs[-1][1] == many:
            runs[-1] = (Period(runs[-1][0].start, end), many)
        else:
            runs.append((Period(start, end), many))
    return runs
