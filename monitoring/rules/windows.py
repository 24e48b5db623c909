"""Maintenance windows: agreed stretches in which nobody is called.

A window is one stretch, or a cron line with how long each lasts. Both ends are by the clock on the
wall of its zone: a night from 22:00 to 06:00 ends at six also when the hour changes in between, and
belongs to the day it begins on. A flexible window is agreed to lie somewhere in such a stretch: it
begins with the first problem there and lasts its own time, also beyond the stretch; where nothing
goes wrong it never begins (H1). A window whose zone nobody knows holds nothing back: rather one
alarm too many.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitoring.rules.schedules import BadSchedule, Schedule, demand, ticks

LONGEST = timedelta(days=30)  # a silence that is forgotten ends by itself (H5)
LONGEST_OF_MANY = timedelta(days=7)
FARTHEST = timedelta(days=5 * 366)

Gap = tuple[datetime, datetime]


class BadWindow(ValueError):
    """A window that cannot be held; `field` is the part that is wrong."""

    def __init__(self, reason: str, *, field: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


@dataclass(frozen=True, slots=True)
class Window:
    """From `starts_at` to `ends_at`, or each tick of `schedule` between them for `lasts` seconds.

    A recurring window may have no end. `cancelled_at` ends it before its time. One that is
    `flexible` lasts so many seconds from the first of its `triggers` in each of these stretches.
    """

    starts_at: datetime
    ends_at: datetime | None
    schedule: Schedule | None = None
    lasts: int = 0
    cancelled_at: datetime | None = None
    flexible: int = 0
    triggers: tuple[datetime, ...] = ()


def occurrences(window: Window, start: datetime, end: datetime) -> list[Gap]:
    """The stretches of a window that touch [start, end), each half-open, oldest first."""
    if not window.flexible:
        return spans(window, start, end)
    since = start - timedelta(seconds=window.flexible)
    begun = [_begun(window, span) for span in spans(window, since, end)]
    return _touching(window, [gap for gap in begun if gap], start, end)


def spans(window: Window, start: datetime, end: datetime) -> list[Gap]:
    """The stretches that were agreed, whether a flexible window begins in them or not."""
    latest = min(filter(None, (end, window.cancelled_at)))
    return _touching(window, _found(window, start, latest), start, end)


def span_at(window: Window, at: datetime) -> Gap | None:
    """The stretch in which a flexible window would begin with a problem now, if none began it."""
    if not window.flexible:
        return None
    found = spans(window, at, at + timedelta(microseconds=1))
    return next((one for one in found if _begun(window, one) is None), None)


def _begun(window: Window, span: Gap) -> Gap | None:
    """The part of a stretch, and beyond, for which a flexible window is on."""
    inside = [one for one in window.triggers if span[0] <= one < span[1]]
    first = min(inside, default=None)
    return (first, first + timedelta(seconds=window.flexible)) if first else None


def _touching(window: Window, found: Iterable[Gap], start: datetime, end: datetime) -> list[Gap]:
    cut = [(since, min(filter(None, (until, window.cancelled_at)))) for since, until in found]
    return [(since, until) for since, until in cut if since < min(until, end) and until > start]


def _found(window: Window, start: datetime, end: datetime) -> list[Gap]:
    if window.schedule is None:
        return [(window.starts_at, window.ends_at or window.starts_at + LONGEST)]
    try:
        zone = ZoneInfo(window.schedule.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return []
    before = max(start - timedelta(seconds=window.lasts, hours=2), window.starts_at)
    last = min(filter(None, (end, window.ends_at)))
    begun = takewhile(
        lambda tick: tick < last, ticks(window.schedule, before - timedelta(seconds=1))
    )
    return [(tick, _wall_end(tick, window.lasts, zone)) for tick in begun]


def _wall_end(tick: datetime, lasts: int, zone: ZoneInfo) -> datetime:
    """So much later on the wall's clock; an hour that is skipped or comes twice is in it."""
    local = tick.astimezone(zone).replace(tzinfo=None) + timedelta(seconds=lasts)
    return max(local.replace(tzinfo=zone).astimezone(UTC), tick + timedelta(minutes=1))


def joined(gaps: Iterable[Gap]) -> list[Gap]:
    """Stretches that touch or overlap as one."""
    whole: list[Gap] = []
    for since, until in sorted(gaps):
        if whole and since <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], until))
        else:
            whole.append((since, until))
    return whole


def holds_until(windows: Iterable[Window], at: datetime) -> datetime | None:
    """When the stretch ends that an instant lies in, one window after the other; else None."""
    gaps = [gap for one in windows for gap in occurrences(one, at, at + LONGEST)]
    return next((until for since, until in joined(gaps) if since <= at < until), None)


def next_of(window: Window, at: datetime) -> Gap | None:
    """The stretch that is on or comes next; None where none comes within two years.

    Of a flexible window it is the one it lies in, or the one that has begun.
    """
    if window.flexible and (on := occurrences(window, at, at + timedelta(microseconds=1))):
        return on[0]
    if window.schedule is None:
        found = spans(window, at, max(at, window.starts_at) + LONGEST)
        return next((one for one in found if _begun(window, one) is None), None)
    for days in (8, 40, 740):
        found = spans(window, at, max(at, window.starts_at) + timedelta(days=days))
        found = [one for one in found if _begun(window, one) is None]
        if found:
            return found[0]
    return None


def demand_window(window: Window, at: datetime) -> None:
    """Raise BadWindow, naming the field, where a window cannot be held."""
    if window.starts_at > at + FARTHEST:
        raise BadWindow("It begins within five years.", field="starts_at")
    if window.flexible and not 60 <= window.flexible <= LONGEST_OF_MANY.total_seconds():
        raise BadWindow("It lasts from a minute to seven days.", field="flexible")
    if window.schedule is not None:
        _demand_many(window, at)
        return
    if window.ends_at is None:
        raise BadWindow("A window that happens once needs an end.", field="ends_at")
    if window.ends_at <= at:
        raise BadWindow("It is over already. What has passed stays as it was.", field="ends_at")
    if window.ends_at <= window.starts_at:
        raise BadWindow("It ends before it begins.", field="ends_at")
    if window.ends_at - window.starts_at > LONGEST:
        raise BadWindow("A window lasts 30 days at most.", field="ends_at")


def _demand_many(window: Window, at: datetime) -> None:
    assert window.schedule is not None
    try:
        demand(window.schedule, at)
    except BadSchedule as error:
        raise BadWindow(error.reason, field=error.field) from None
    if not 60 <= window.lasts <= LONGEST_OF_MANY.total_seconds():
        raise BadWindow("It lasts from a minute to seven days.", field="lasts")
    if window.ends_at is not None and window.ends_at <= max(at, window.starts_at):
        raise BadWindow("It ends before it ever happens.", field="ends_at")


def weekly(days: Sequence[int], hour: int, minute: int) -> str:
    """The cron line of some days of the week (0 is Sunday) at a time of day."""
    chosen = ",".join(str(day) for day in sorted(set(days)))
    return f"{minute} {hour} * * {chosen if 0 < len(set(days)) < 7 else '*'}"
