"""Two whole years in twenty zones, against a clock that is read minute by minute.

The oracle knows nothing of windows as stretches: for every minute of UTC it reads the wall clock
and asks whether the last opening the wall has shown is not closed yet.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.rules import calendar
from contracts.rules.calendar import Holiday, Override, SupportCalendar, Window

ZONES = (
    "UTC", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Havana", "America/St_Johns", "America/Santiago", "America/Sao_Paulo",
    "Europe/London", "Europe/Berlin", "Africa/Casablanca", "Africa/Cairo", "Asia/Tehran",
    "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Australia/Sydney",
    "Pacific/Chatham", "Pacific/Apia",
)  # fmt: skip
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 730
MINUTES = DAYS * 1440


def shape(zone: str) -> SupportCalendar:
    """A lunch break, nights, a day to 24:00, half days, extra shifts and three kinds of holiday."""
    return SupportCalendar(
        zone,
        windows=(
            *(Window(day, 540, 720) for day in range(4)),
            *(Window(day, 780, 1050) for day in range(4)),
            Window(4, 480, 1440),
            Window(5, 1320, 150),  # through the hour at which most clocks jump
            Window(6, 30, 210),
            Window(6, 120, 300),
        ),
        overrides=tuple(
            Override(date(year, month, day), hours)
            for year in (2025, 2026)
            for month, day, hours in (
                (12, 24, ((540, 720),)), (12, 25, ((600, 660),)), (7, 4, ()), (3, 9, ((0, 1440),)),
            )
        ),
        holidays=(
            Holiday.fixed("Christmas", 12, 25),
            Holiday.floating("Thanksgiving", month=11, weekday=3, nth=4),
            Holiday.floating("Last Monday", month=5, weekday=0, nth=-1),
            Holiday.dated("Moved", [date(2025, 4, 18), date(2026, 4, 3)]),
        ),
    )  # fmt: skip


def hours_on(one: SupportCalendar, day: date) -> list[tuple[int, int]]:
    """What the rules of a day say, written out once more."""
    for override in one.overrides:
        if override.day == day:
            return list(override.windows)
    if any(holiday.falls_on(day) for holiday in one.holidays):
        return []
    return [(w.start, w.end) for w in one.windows if w.weekday == day.weekday()]


@lru_cache(maxsize=1)
def open_before(zone: str) -> list[int]:
    """How many open minutes there are before each minute of the two years, by reading the wall."""
    one, wall_of = shape(zone), ZoneInfo(zone)
    first = BEGIN - timedelta(days=4)
    count = MINUTES + 8 * 1440
    offsets = [
        (first + timedelta(minutes=15 * n)).astimezone(wall_of).utcoffset()
        for n in range(count // 15 + 1)
    ]
    wall = []
    for minute in range(count):
        offset = offsets[minute // 15]
        wall.append(minute + offset.days * 1440 + offset.seconds // 60)
    marks = bytearray(count)
    # The wall first shows an hour, and shows it for the last time; between the two it is open.
    seen_first: dict[int, int] = {}
    seen_last: dict[int, int] = {}
    for minute, shown in enumerate(wall):
        seen_first.setdefault(shown, minute)
        seen_last[shown] = minute
    for ahead in range(-2, DAYS + 6):
        day = first.date() + timedelta(days=ahead)
        for start, end in hours_on(one, day):
            opens, closes = ahead * 1440 + start, ahead * 1440 + end
            closes += 1440 if end <= start else 0
            shown = [n for n in range(opens, opens + 240) if n in seen_first][:1]
            gone = [n for n in range(closes - 1, closes - 240, -1) if n in seen_last][:1]
            if shown and gone:
                for minute in range(seen_first[shown[0]], seen_last[gone[0]] + 1):
                    marks[minute] = 1
    total, before = 0, []
    for minute in range(4 * 1440, 4 * 1440 + MINUTES):
        before.append(total)
        total += marks[minute]
    return [*before, total]


@pytest.mark.parametrize("zone", ZONES)
def test_two_years_by_the_minute(zone: str) -> None:
    """Every day's open time, and where targets begun each eleventh hour end."""
    one, before = shape(zone), open_before(zone)
    for day in range(DAYS):
        start = BEGIN + timedelta(days=day)
        counted = before[(day + 1) * 1440] - before[day * 1440]
        assert calendar.elapsed(one, start, start + timedelta(days=1)) == counted * 60, start
    for minute in range(0, MINUTES - 30 * 1440, 660):
        start = BEGIN + timedelta(minutes=minute)
        for open_minutes in (1, 240, 960):
            due = bisect_left(before, before[minute] + open_minutes)
            expected = BEGIN + timedelta(minutes=due)
            assert calendar.add(one, start, open_minutes * 60) == expected, start


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_two_instants_to_the_second(data: st.DataObject) -> None:
    one, before = shape("America/New_York"), open_before("America/New_York")
    a, b = sorted(data.draw(st.integers(0, MINUTES * 60 - 1)) for _ in range(2))

    def passed(second: int) -> int:
        minute, rest = divmod(second, 60)
        return before[minute] * 60 + rest * (before[minute + 1] - before[minute])

    start, end = BEGIN + timedelta(seconds=a), BEGIN + timedelta(seconds=b)
    assert calendar.elapsed(one, start, end) == passed(b) - passed(a)
