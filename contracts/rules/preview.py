"""A calendar by what it means: when a ticket opened now would be due, and when we are there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.rules.calendar import NeverOpens, SupportCalendar, add, is_open, windows_between
from contracts.rules.spans import write_span
from contracts.rules.targets import Targets

DAYS = 7

__all__ = ["Day", "Due", "due_in", "dues", "is_open", "next_days", "zone_of"]


@dataclass(frozen=True, slots=True)
class Due:
    """One priority's targets, and where they end on the wall clock of the calendar."""

    priority: int
    reply: str
    reply_by: datetime | None
    fix: str
    fix_by: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    """One date with the hours somebody is there."""

    day: date
    windows: tuple[tuple[datetime, datetime], ...]


def zone_of(calendar: SupportCalendar) -> ZoneInfo:
    """The wall clock its hours are read on."""
    return ZoneInfo(calendar.zone)


def due_in(calendar: SupportCalendar, now: datetime, seconds: int) -> datetime | None:
    """When that much support time has passed; None where the calendar never offers it."""
    try:
        return add(calendar, now, seconds).astimezone(ZoneInfo(calendar.zone))
    except NeverOpens:
        return None


def dues(calendar: SupportCalendar, at: datetime, targets: Targets) -> list[Due]:
    """When a ticket opened at an instant would have to be answered and fixed, by priority."""
    return [
        Due(
            int(priority),
            write_span(target["response"]),
            due_in(calendar, at, target["response"]),
            write_span(target["resolution"]),
            due_in(calendar, at, target["resolution"]),
        )
        for priority, target in sorted(targets.items())
    ]


def next_days(calendar: SupportCalendar, now: datetime) -> list[Day]:
    """The coming week on the wall clock of the calendar."""
    zone = ZoneInfo(calendar.zone)
    today = now.astimezone(zone).date()
    found = []
    for ahead in range(DAYS):
        day = today + timedelta(days=ahead)
        start = datetime(day.year, day.month, day.day, tzinfo=zone)
        following = day + timedelta(days=1)
        end = datetime(following.year, following.month, following.day, tzinfo=zone)
        windows = tuple(
            (opens.astimezone(zone), closes.astimezone(zone))
            for opens, closes in windows_between(calendar, start, end)
        )
        found.append(Day(day, windows))
    return found
