"""Business time against looking at the wall clock each minute."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.rules import calendar
from contracts.rules.calendar import Holiday, NeverOpens, Override, SupportCalendar, Window

MINUTE = timedelta(minutes=1)

ZONES = [
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Havana",
    "Pacific/Chatham",
]
# Nights on which one of those clocks jumps, and an ordinary week.
DAYS = [
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2026, 9, 27),
    date(2026, 6, 3),
]
minutes_of_day = st.integers(0, 48).map(lambda half: half * 30)
openings = st.integers(0, 47).map(lambda half: half * 30) | st.integers(0, 1439)
windows = st.builds(Window, st.integers(0, 6), openings, minutes_of_day)


@st.composite
def questions(draw):
    day = draw(st.sampled_from(DAYS))
    near = st.integers(-3, 6).map(lambda n: day + timedelta(days=n))
    shape = SupportCalendar(
        zone=draw(st.sampled_from(ZONES)),
        windows=tuple(draw(st.lists(windows, min_size=1, max_size=9))),
        overrides=tuple(
            Override(one, tuple(draw(st.lists(st.tuples(openings, minutes_of_day), max_size=2))))
            for one in draw(st.lists(near, max_size=2, unique=True))
        ),
        holidays=tuple(Holiday.dated("Off", [one]) for one in draw(st.lists(near, max_size=1))),
    )
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    marks = sorted(begin + timedelta(seconds=draw(st.integers(0, 5 * 86_400))) for _ in range(3))
    return shape, *marks


def open_minutes(shape: SupportCalendar, start: datetime, end: datetime) -> set[datetime]:
    """Minutes at which a window has begun and has not yet been left for the last time."""
    first = start.replace(second=0) - timedelta(days=3)
    count = (end + timedelta(days=3) - first) // MINUTE
    zone = ZoneInfo(shape.zone)
    minutes = [first + n * MINUTE for n in range(count)]
    walls = [minute.astimezone(zone).replace(tzinfo=None) for minute in minutes]
    found: set[datetime] = set()
    overrides = {override.day: override.windows for override in shape.overrides}
    for day in sorted({wall.date() for wall in walls}):
        if day in overrides:
            hours = list(overrides[day])
        elif any(holiday.falls_on(day) for holiday in shape.holidays):
            hours = []
        else:
            hours = [(w.start, w.end) for w in shape.windows if w.weekday == day.weekday()]
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
        for opening, closing in hours:
            opens = midnight + opening * MINUTE
            closes = midnight + (closing if closing > opening else closing + 1440) * MINUTE
            begun = [at for at, wall in enumerate(walls) if wall >= opens]
            still = [at for at, wall in enumerate(walls) if wall < closes]
            if begun and still:
                found.update(minutes[begun[0] : still[-1] + 1])
    return found


@settings(max_examples=60)
@given(question=questions())
def test_elapsed_is_what_counting_every_minute_gives(question):
    shape, a, b, _ = question
    counted = sum(
        int((min(b, minute + MINUTE) - max(a, minute)).total_seconds())
        for minute in open_minutes(shape, a, b)
        if minute < b and minute + MINUTE > a
    )
    assert calendar.elapsed(shape, a, b) == counted


@given(question=questions())
def test_elapsed_is_additive_and_monotone(question):
    shape, a, b, c = question
    first, second = calendar.elapsed(shape, a, b), calendar.elapsed(shape, b, c)
    assert 0 <= first <= calendar.elapsed(shape, a, c) == first + second
    assert first <= (b - a).total_seconds()
    assert calendar.elapsed(shape, b, a) == 0 or a == b


@given(question=questions(), seconds=st.integers(1, 40 * 3600))
def test_add_is_the_least_instant_that_elapsed_allows(question, seconds):
    shape, a, _, _ = question
    try:
        due = calendar.add(shape, a, seconds)
    except NeverOpens:
        return
    assert calendar.elapsed(shape, a, due) == seconds
    assert calendar.elapsed(shape, a, due - timedelta(seconds=1)) == seconds - 1
    assert calendar.add(shape, calendar.add(shape, a, seconds // 2), seconds - seconds // 2) == due


@given(question=questions())
def test_windows_are_the_open_time_and_never_touch(question):
    shape, a, _, c = question
    found = calendar.windows_between(shape, a, c)
    total = sum((end - start for start, end in found), timedelta())
    assert total.total_seconds() == calendar.elapsed(shape, a, c)
    for (_, end), (start, _) in pairwise(found):
        assert end < start
    for start, end in found:
        assert calendar.is_open(shape, start)
        assert calendar.is_open(shape, end - timedelta(seconds=1))
        assert end == c or not calendar.is_open(shape, end)


@given(question=questions())
def test_every_stored_calendar_reads_back_as_itself(question):
    shape = question[0]
    assert calendar.from_dict(json.loads(json.dumps(calendar.to_dict(shape)))) == shape
