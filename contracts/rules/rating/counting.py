"""How many units a line charges for, by the way its terms count.

The register says which units were there on which days; the terms say which of them matter and how
they are counted. The answer keeps the units with their days, and those that were left out with the
rule, because a line must open down to them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from contracts.rules.rating.eligibility import Dropped, noted, sort_out
from contracts.rules.register import (
    Interval,
    UnitDays,
    countable,
    daily_counts,
    peak,
    snapshot,
)
from contracts.rules.terms import Counting
from msp.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Override:
    """A number said by hand for some days, in place of what is counted (Q7).

    It has a reason and an end; what was counted stays beside it.
    """

    period: Period
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Counted:
    """The units behind a line and the unit-days charged for them.

    `free_days` were counted and are included; `added_days` were not counted and fill up the
    minimum; `overridden_days` are what numbers said by hand add or take. `steps` are the charged
    units as (how many, for how many days), in order of days.
    """

    units: tuple[UnitDays, ...]
    counted_days: int
    free_days: int
    added_days: int
    steps: tuple[tuple[int, int], ...]
    day: date | None = None
    dropped: tuple[Dropped, ...] = ()
    overridden_days: int = 0
    overrides: tuple[Override, ...] = ()

    @property
    def charged_days(self) -> int:
        """The unit-days that are paid for."""
        return self.counted_days - self.free_days + self.added_days + self.overridden_days


def count(
    terms: Counting, intervals: Iterable[Interval], service: Period, *,
    client_id: int | None = None, overrides: Sequence[Override] = (), until: date | None = None,
) -> Counted:  # fmt: skip
    """The units of the days a line was in force, counted as its terms say.

    `client_id` is the client that is billed: what another one pays for is left out. `until` is the
    end of the billing period: who is there for long enough by then counts.
    """
    found = sort_out(terms, intervals, service, client_id, until=until)
    units, there, day = _there(terms.counting, found.kept, service)
    held = tuple(one for one in overrides if one.period.clip(service))
    said = _said(held, service)
    charged = [max(0, many - terms.included) for many in there]
    open_days = [many for many, word in zip(charged, said, strict=True) if word is None]
    added = max(0, terms.minimum * len(open_days) - sum(open_days))
    if added:
        charged = [terms.minimum if word is None else 0 for word in said]
    final = [many if word is None else word for many, word in zip(charged, said, strict=True)]
    included = [max(0, many - terms.included) for many in there]
    return Counted(
        units=tuple(noted(units, found.notes)),
        counted_days=sum(there),
        free_days=sum(there) - sum(included),
        added_days=added,
        steps=tuple(_steps(final)),
        day=day,
        dropped=found.dropped,
        overridden_days=sum(final) - sum(included) - added,
        overrides=held,
    )


def _there(
    counting: str, known: Sequence[Interval], service: Period
) -> tuple[list[UnitDays], list[int], date | None]:
    """The units that count and how many there are on each day."""
    if counting in ("daily", "adds_only"):
        units = countable(known, service)
        return units, daily_counts(units, service), None
    day, found = _on_one_day(counting, known, service)
    units = [_whole(one, service) for one in found]
    return units, [sum(one.quantity for one in found)] * service.days, day


def _said(overrides: Sequence[Override], service: Period) -> list[int | None]:
    """The number said by hand for each day; a later one replaces one before."""
    said: list[int | None] = [None] * service.days
    for one in overrides:
        part = one.period.clip(service)
        if part is not None:
            first = (part.start - service.start).days
            said[first : first + part.days] = [one.quantity] * part.days
    return said


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
    many = interval.quantity
    return UnitDays(
        interval.unit_type,
        interval.unit[1],
        interval.unit_class,
        interval.name,
        interval.site_id,
        service.days * many,
        service.start,
        service.end,
        (service,),
        () if many == 1 else (many,),
    )


def _steps(charged: Sequence[int]) -> list[tuple[int, int]]:
    """How many units for how many days, from day to day."""
    return [(many, sum(1 for _ in days)) for many, days in groupby(charged)]
