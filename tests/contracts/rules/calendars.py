"""The support calendars that examples are worked on."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from contracts.rules.calendar import Holiday, Override, SupportCalendar, Window

NEW_YORK = ZoneInfo("America/New_York")


def weekdays(*hours: tuple[int, int]) -> tuple[Window, ...]:
    return tuple(Window(day, start * 60, end * 60) for day in range(5) for start, end in hours)


OFFICE = SupportCalendar(
    "America/New_York",
    windows=weekdays((9, 17)),
    overrides=(Override(date(2026, 11, 27), ((9 * 60, 13 * 60),)),),
    holidays=(
        Holiday.dated("Independence Day, observed", [date(2026, 7, 3)]),
        Holiday.floating("Thanksgiving", month=11, weekday=3, nth=4),
    ),
)
LUNCH = SupportCalendar("America/New_York", windows=weekdays((9, 12), (13, 17)))
NIGHT = SupportCalendar(
    "America/New_York", windows=tuple(Window(day, 22 * 60, 6 * 60) for day in range(7))
)
ALWAYS = SupportCalendar("America/New_York", always_open=True)
ALL_WEEK = SupportCalendar(
    "America/New_York", windows=tuple(Window(day, 0, 1440) for day in range(7))
)


def ny(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK)
