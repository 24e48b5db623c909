"""A support calendar's year at a glance: what each day is, and why."""

from calendar import month_name
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from contracts.rules.calendar import SupportCalendar

Hours = Sequence[tuple[int, int]]


class Kind(StrEnum):
    """What a day is beside its usual week: shorter or longer hours, a holiday, or as ever."""

    OPEN = "open"
    CLOSED = "closed"
    SHORT = "short"
    EXTRA = "extra"
    HOLIDAY = "holiday"


WORDS = {
    Kind.OPEN: "open",
    Kind.CLOSED: "closed",
    Kind.SHORT: "shorter",
    Kind.EXTRA: "longer or extra",
    Kind.HOLIDAY: "holiday",
}


@dataclass(frozen=True, slots=True)
class Day:
    """One date with what it is and a few words that say so: its hours, its holiday."""

    day: date
    kind: Kind
    words: str

    @property
    def differs(self) -> bool:
        """Whether it is not simply a day of the week."""
        return self.kind not in (Kind.OPEN, Kind.CLOSED)


@dataclass(frozen=True, slots=True)
class Month:
    """A month's days, and how many columns its first day stands in."""

    number: int
    days: tuple[Day, ...]

    @property
    def name(self) -> str:
        return month_name[self.number]

    @property
    def indent(self) -> int:
        return self.days[0].day.weekday()

    @property
    def counts(self) -> dict[Kind, int]:
        return _counted(self.days)


@dataclass(frozen=True, slots=True)
class Year:
    """Twelve months and what they add up to."""

    number: int
    months: tuple[Month, ...]

    @property
    def counts(self) -> dict[Kind, int]:
        return _counted([day for month in self.months for day in month.days])

    @property
    def before(self) -> int:
        return self.number - 1

    @property
    def after(self) -> int:
        return self.number + 1

    @property
    def differing(self) -> list[Day]:
        """The days worth reading: everything that is not the usual week."""
        return [day for month in self.months for day in month.days if day.differs]


def year_of(calendar: SupportCalendar, number: int) -> Year:
    """Each day of a year on the calendar's own dates."""
    overrides = {override.day: override.windows for override in calendar.overrides}
    months: list[list[Day]] = [[] for _ in range(12)]
    day = date(number, 1, 1)
    while day.year == number:
        months[day.month - 1].append(_day(calendar, day, overrides.get(day)))
        day += timedelta(days=1)
    return Year(number, tuple(Month(n, tuple(days)) for n, days in enumerate(months, start=1)))


def in_words(counts: dict[Kind, int]) -> str:
    """`251 open, 104 closed, 1 shorter, 10 holidays`."""
    told = []
    for kind, count in counts.items():
        if count:
            word = "holidays" if kind is Kind.HOLIDAY and count != 1 else WORDS[kind]
            told.append(f"{count} {word}")
    return ", ".join(told)


def _day(calendar: SupportCalendar, day: date, override: Hours | None) -> Day:
    if calendar.always_open:
        return Day(day, Kind.OPEN, "around the clock")
    usual = sorted((w.start, w.end) for w in calendar.windows if w.weekday == day.weekday())
    holiday = next((one.name for one in calendar.holidays if one.falls_on(day)), "")
    if override is not None:
        return _overridden(day, override, usual, holiday)
    if holiday:
        return Day(day, Kind.HOLIDAY if usual else Kind.CLOSED, f"{holiday}, closed")
    return Day(day, Kind.OPEN, _hours(usual)) if usual else Day(day, Kind.CLOSED, "closed")


def _overridden(day: date, override: Hours, usual: Hours, holiday: str) -> Day:
    """A single date beats holidays and the week."""
    name = f"{holiday}, " if holiday else ""
    if not override:
        closed = Kind.HOLIDAY if usual else Kind.CLOSED
        return Day(day, closed, f"{name}closed on this date")
    expected = 0 if holiday else _length(usual)
    given = _length(override)
    kind = Kind.SHORT if given < expected else Kind.EXTRA if given > expected else Kind.OPEN
    return Day(day, kind, f"{name}{_hours(sorted(override))} on this date")


def _length(hours: Hours) -> int:
    """The minutes of a day's windows, counted once where they overlap."""
    total, reached = 0, 0
    for start, end in sorted((start, end if end > start else end + 1440) for start, end in hours):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _hours(hours: Hours) -> str:
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in hours)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _counted(days: Sequence[Day]) -> dict[Kind, int]:
    counted = Counter(day.kind for day in days)
    return {kind: counted[kind] for kind in Kind}
