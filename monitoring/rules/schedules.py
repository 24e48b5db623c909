"""Schedules: when the next sign is expected of something that does not run at an even pace.

Two ways to write one: a cron line, read as Debian's cron reads it (a time that the clock skips in
spring runs at the jump, one that comes twice in autumn runs once), and systemd's OnCalendar. Both
are read in the zone of whoever wrote them and answered in UTC before anything is added to them:
an hour more than a local time is not always an hour later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from oncalendar import OnCalendarError, TzIterator

CRON, CALENDAR = "cron", "calendar"
SHORTEST = timedelta(minutes=1)


class BadSchedule(ValueError):
    """A schedule nobody can follow; `field` is the part that is wrong."""

    def __init__(self, reason: str, *, field: str = "schedule") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


@dataclass(frozen=True, slots=True)
class Schedule:
    """Ticks on a calendar. `kind` is cron or calendar, `zone` an IANA name."""

    kind: str
    expression: str
    zone: str = "UTC"


def ticks(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """The instants the schedule names after one, in UTC; it may end."""
    local = after.astimezone(ZoneInfo(schedule.zone))
    found: Iterator[datetime] = (
        CronSim(schedule.expression, local)
        if schedule.kind == CRON
        else TzIterator(schedule.expression, local)  # a zone at its end goes before ours
    )
    return (tick.astimezone(UTC) for tick in found)


def next_tick(schedule: Schedule, after: datetime) -> datetime | None:
    """The first instant after one, or None where none ever comes (B6)."""
    return next(ticks(schedule, after), None)


def usual_gap(schedule: Schedule, at: datetime) -> int:
    """Seconds between the next two ticks: what stands for the pace of something that has none."""
    two = list(islice(ticks(schedule, at), 2))
    seconds = int((two[1] - two[0]).total_seconds()) if len(two) == 2 else 86_400
    return min(seconds, 366 * 86_400)


def demand(schedule: Schedule, at: datetime) -> None:
    """Raise BadSchedule, naming the field, where it cannot be followed."""
    try:
        ZoneInfo(schedule.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadSchedule(f"There is no time zone {schedule.zone!r:.60}.", field="zone") from None
    if len(schedule.expression) > 120:
        raise BadSchedule("A schedule has at most 120 characters.")
    try:
        two = list(islice(ticks(schedule, at), 2))
    except (CronSimError, OnCalendarError) as error:
        raise BadSchedule(_words(schedule, str(error))) from None
    if not two:
        raise BadSchedule("This schedule never comes again.")
    if len(two) == 2 and two[1] - two[0] < SHORTEST:
        raise BadSchedule("A schedule ticks at most once a minute.")


def sentence(schedule: Schedule) -> str:
    """The schedule in words, as far as words are shorter than the expression."""
    if schedule.kind == CRON:
        try:
            return CronSim(schedule.expression, datetime(2026, 1, 1, tzinfo=UTC)).explain()
        except CronSimError:
            return schedule.expression
    return schedule.expression


def _words(schedule: Schedule, said: str) -> str:
    """The library's short complaint as a sentence that shows how it is meant."""
    if schedule.kind == CRON:
        known = "minute, hour, day of the month, month and day of the week, as in 30 2 * * 1-5"
    else:
        known = "it as in Mon..Fri 02:30"
    return f"This is not a schedule: {said[:1].lower()}{said[1:]}. Write {known}."
