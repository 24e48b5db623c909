"""What a support calendar says: a zone, weekly windows, holidays and single days that differ.

Minutes are minutes of the local wall clock. A window belongs to the day it opens on, so a holiday
leaves alone the night shift that began the evening before.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Self

from contracts.rules.calendar.ruler import Ruler
from msp.kit.facts import InvalidFact
from msp.kit.periods import zone_named

_WEEK = range(7)
_LAST = -1


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Open hours that recur each week; Monday is 0.

    `end` may be 1440 (24:00). An `end` not after `start` is on the following day.
    """

    weekday: int
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.weekday not in _WEEK:
            raise InvalidFact("weekday", f"must be 0 (Monday) to 6 (Sunday), not {self.weekday}")
        _check_hours(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Override:
    """The hours of one date instead of what week and holidays say; no windows means closed."""

    day: date
    windows: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        for start, end in self.windows:
            _check_hours(start, end)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A closed date that recurs (4 July, the fourth Thursday of November) or a list of dates.

    Exactly one form is given: `month` and `day`; `month`, `weekday` and `nth` (-1 is the last); or
    `dates`.
    """

    name: str
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    nth: int | None = None
    dates: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        if self.dates:
            self._demand(self.month is None, "dates", "stand alone, without a month")
        elif self.day is not None:
            self._check_fixed(self.day)
        else:
            self._check_floating()

    @classmethod
    def fixed(cls, name: str, month: int, day: int) -> Self:
        """The same date each year."""
        return cls(name, month=month, day=day)

    @classmethod
    def floating(cls, name: str, month: int, weekday: int, nth: int) -> Self:
        """The nth such weekday of a month each year."""
        return cls(name, month=month, weekday=weekday, nth=nth)

    @classmethod
    def dated(cls, name: str, dates: Sequence[date]) -> Self:
        """A list of dates, as an imported public calendar gives them."""
        return cls(name, dates=tuple(dates))

    def falls_on(self, day: date) -> bool:
        """Whether the date is this holiday."""
        if self.month is None:
            return day in self.dates
        if day.month != self.month:
            return False
        if self.day is not None:
            return day.day == self.day
        if day.weekday() != self.weekday:
            return False
        if self.nth == _LAST:
            return day.day > monthrange(day.year, day.month)[1] - 7
        return (day.day - 1) // 7 + 1 == self.nth

    def _check_fixed(self, day: int) -> None:
        self._demand(self.weekday is None and self.nth is None, "day", "stands without a weekday")
        month = self._checked_month()
        longest = monthrange(2028, month)[1]
        self._demand(1 <= day <= longest, "day", f"must be 1 to {longest}, not {day}")

    def _check_floating(self) -> None:
        self._demand(
            self.weekday is not None and self.nth is not None,
            "name",
            f"{self.name!r:.80} needs a day of a month, an nth weekday, or a list of dates",
        )
        self._checked_month()
        self._demand(self.weekday in _WEEK, "weekday", "must be 0 (Monday) to 6 (Sunday)")
        self._demand(self.nth in (1, 2, 3, 4, 5, _LAST), "nth", "must be 1 to 5, or -1 for last")

    def _checked_month(self) -> int:
        month = self.month
        if month is None or not 1 <= month <= 12:
            raise InvalidFact("month", f"must be 1 to 12, not {month}")
        return month

    def _demand(self, holds: bool, name: str, reason: str) -> None:
        if not holds:
            raise InvalidFact(name, reason)


@dataclass(frozen=True, slots=True)
class SupportCalendar:
    """When somebody is there: the hours that a service level's clock runs in."""

    zone: str
    always_open: bool = False
    windows: tuple[Window, ...] = ()
    overrides: tuple[Override, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    ruler: Ruler = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            zone_named(self.zone)
        except ValueError:
            raise InvalidFact("zone", f"{self.zone!r:.80} is not a known time zone") from None
        if self.always_open and (self.windows or self.overrides or self.holidays):
            raise InvalidFact("always_open", "leaves no room for windows, overrides or holidays")
        days = [override.day for override in self.overrides]
        if len(set(days)) < len(days):
            again = next(day for day in days if days.count(day) > 1)
            raise InvalidFact("overrides", f"{again} is given twice")
        object.__setattr__(self, "ruler", _ruler_of(self))

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        """Leave the ruler behind; it is laid out again where the calendar arrives."""
        return type(self), (
            self.zone,
            self.always_open,
            self.windows,
            self.overrides,
            self.holidays,
        )


@lru_cache(maxsize=512)
def _ruler_of(calendar: SupportCalendar) -> Ruler:
    """One ruler for all equal calendars: a version read from the database again reuses it."""
    overridden = {override.day: override.windows for override in calendar.overrides}
    weekly = [
        [(window.start, window.end) for window in calendar.windows if window.weekday == weekday]
        for weekday in _WEEK
    ]
    holidays = calendar.holidays

    def hours_on(day: date) -> Sequence[tuple[int, int]]:
        if day in overridden:
            return overridden[day]
        hours = weekly[day.weekday()]
        if hours and any(holiday.falls_on(day) for holiday in holidays):
            return ()
        return hours

    return Ruler(hours_on, zone_named(calendar.zone))


def _check_hours(start: int, end: int) -> None:
    if not 0 <= start < 1440:
        raise InvalidFact("start", f"must be 00:00 to 23:59, not minute {start}")
    if not 0 <= end <= 1440:
        raise InvalidFact("end", f"must be 00:00 to 24:00, not minute {end}")
