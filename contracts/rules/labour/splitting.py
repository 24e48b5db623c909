"""A stretch of work cut where support hours begin and end and where holidays do (H3, H4).

Seconds are real ones between two instants of UTC, so a night that loses an hour is an hour shorter.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.rules.calendar import SupportCalendar, is_open, windows_between
from msp.kit.periods import day_start, local_date


@dataclass(frozen=True, slots=True)
class Stretch:
    """Work of one class of hours: `business`, `after`, `holiday`, or empty where none is known."""

    started_at: datetime
    ended_at: datetime
    hour_class: str = ""

    @property
    def seconds(self) -> int:
        """How long it took on a clock that is never changed."""
        return int((self.ended_at - self.started_at).total_seconds())


def class_at(calendar: SupportCalendar | None, at: datetime) -> str:
    """Support hours, after hours or a holiday; unknown without a calendar."""
    if calendar is None:
        return ""
    if is_open(calendar, at):
        return "business"
    day = local_date(at, calendar.zone)
    return "holiday" if any(one.falls_on(day) for one in calendar.holidays) else "after"


def split(
    calendar: SupportCalendar | None, started_at: datetime, ended_at: datetime
) -> tuple[Stretch, ...]:
    """The work in order, each part of one class of hours; they touch and make up the whole."""
    if calendar is None or ended_at <= started_at:
        return (Stretch(started_at, ended_at, class_at(calendar, started_at)),)
    found: list[Stretch] = []
    for part in _parts(calendar, started_at, ended_at):
        if found and found[-1].hour_class == part.hour_class:
            found[-1] = replace(found[-1], ended_at=part.ended_at)
        else:
            found.append(part)
    return tuple(found)


def _parts(
    calendar: SupportCalendar, started_at: datetime, ended_at: datetime
) -> Iterator[Stretch]:
    at = started_at
    for opens, closes in windows_between(calendar, started_at, ended_at):
        # The ruler knows whole seconds; the edges of the work stay what they are.
        opens, closes = max(opens, at), min(closes, ended_at)
        yield from _closed(calendar, at, opens)
        if closes > opens:
            yield Stretch(opens, closes, "business")
        at = closes
    yield from _closed(calendar, at, ended_at)


def _closed(calendar: SupportCalendar, at: datetime, until: datetime) -> Iterator[Stretch]:
    """Hours when nobody is there, day by day: a holiday begins and ends at midnight."""
    while at < until:
        tomorrow = local_date(at, calendar.zone) + timedelta(days=1)
        midnight = min(day_start(tomorrow, calendar.zone), until)
        yield Stretch(at, midnight, class_at(calendar, at))
        at = midnight
