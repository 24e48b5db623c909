"""Business time: adding it, measuring it, and asking whether somebody is there.

Windows are half-open and seconds are real ones: a night that loses an hour has an hour less to
offer. Instants count by the whole second they lie in, so a hundred ten-second stretches add up.
"""

from datetime import datetime, timedelta

from contracts.rules.calendar.hours import SupportCalendar
from contracts.rules.calendar.ruler import EPOCH, second_of


def add(calendar: SupportCalendar, start: datetime, seconds: int) -> datetime:
    """The least instant by which that many open seconds have passed since `start`.

    A target that ends with the last second of the day is due at closing time, not at the next
    opening. Nothing to wait for is due at once, open or not.
    """
    since = start - EPOCH
    at = since.days * 86_400 + since.seconds
    if seconds <= 0:
        if seconds:
            raise ValueError(f"seconds: must not be negative, not {seconds}")
        return EPOCH + timedelta(seconds=at)
    if calendar.always_open:
        return EPOCH + timedelta(seconds=at + seconds)
    return EPOCH + timedelta(seconds=calendar.ruler.reach(at, seconds))


def elapsed(calendar: SupportCalendar, a: datetime, b: datetime) -> int:
    """The open seconds from one instant to another; none where the second is not later."""
    start, end = second_of(a), second_of(b)
    if end <= start:
        return 0
    return end - start if calendar.always_open else calendar.ruler.elapsed(start, end)


def is_open(calendar: SupportCalendar, at: datetime) -> bool:
    """Whether somebody is there at that instant."""
    return calendar.always_open or calendar.ruler.is_open(second_of(at))


def next_opening(calendar: SupportCalendar, at: datetime) -> datetime:
    """The first instant from `at` on at which somebody is there; `at` itself while open."""
    if calendar.always_open:
        return add(calendar, at, 0)
    return EPOCH + timedelta(seconds=calendar.ruler.reach(second_of(at), 1) - 1)


def windows_between(
    calendar: SupportCalendar, a: datetime, b: datetime
) -> list[tuple[datetime, datetime]]:
    """The open stretches between two instants, cut to them and never touching each other."""
    start, end = second_of(a), second_of(b)
    if end <= start:
        return []
    found = [(start, end)] if calendar.always_open else calendar.ruler.windows(start, end)
    return [
        (EPOCH + timedelta(seconds=opening), EPOCH + timedelta(seconds=closing))
        for opening, closing in found
    ]
