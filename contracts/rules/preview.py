"""A calendar by what it means: when a ticket opened now would be due, and when we are there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.rules.calendar import NeverOpens, SupportCalendar, add, is_open, windows_between
from contracts.rules.spans import write_span

SPANS = (3600, 4 * 3600, 8 * 3600, 24 * 3600)
DAYS = 7

__all__ = ["Day", "Due", "dues", "is_open", "next_days"]


@dataclass(frozen=True, slots=True)
class Due:
    """So much support time from now ends here, on the wall clock of the calendar."""

    span: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    """One date with the hours somebody is there."""

    day: date
    windows: tuple[tuple[datetime, datetime], ...]


def due_in(calendar: SupportCalendar, now: datetime, seconds: int) -> datetime | None:
    """When that much support time has passed; None where the calendar never offers it."""
    try:
        return add(calendar, now, seconds).astimezone(ZoneInfo(calendar.zone))
    except NeverOpens:
        return None


def dues(calendar: SupportCalendar, now: datetime) -> list[Due]:
    """Deadlines of a ticket opened now, for a few lengths of support time."""
    return [Due(write_span(seconds), due_in(calendar, now, seconds)) for seconds in SPANS]


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
