"""Business time against worked examples and against counting every minute."""

import json
import pickle
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.rules import calendar
from contracts.rules.calendar import Holiday, NeverOpens, Override, SupportCalendar, Window
from msp.kit.facts import InvalidFact
from tests.vectors import psa

VECTORS = psa()
NEW_YORK = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)


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


@pytest.mark.parametrize(
    ("vector", "when_open", "start", "minutes"),
    [
        ("SLA-01a", OFFICE, ny(2026, 6, 1, 16), 120),
        ("SLA-01b", OFFICE, ny(2026, 6, 5, 16, 45), 60),
        ("SLA-01c", OFFICE, ny(2026, 6, 6, 11), 60),
        ("SLA-01d", OFFICE, ny(2026, 6, 5, 16), 60),
        ("SLA-01e", OFFICE, ny(2026, 6, 1, 17), 30),
        ("SLA-02", LUNCH, ny(2026, 6, 1, 11, 30), 60),
        ("SLA-03a", OFFICE, ny(2026, 7, 2, 16, 30), 60),
        ("SLA-03b", OFFICE, ny(2026, 11, 27, 12, 30), 60),
        ("SLA-04a", NIGHT, ny(2026, 3, 7, 22), 480),
        ("SLA-04b", NIGHT, ny(2026, 10, 31, 22), 480),
        ("SLA-04c", ALWAYS, ny(2026, 3, 8, 0), 360),
        ("SLA-04c", ALL_WEEK, ny(2026, 3, 8, 0), 360),
    ],
)
def test_a_target_falls_due_at_the_worked_instant(vector, when_open, start, minutes):
    due = calendar.add(when_open, start, minutes * 60)
    assert due.astimezone(NEW_YORK).strftime("%Y-%m-%dT%H:%M%z") == VECTORS[vector]
    assert due.tzinfo is UTC


@pytest.mark.parametrize(
    ("vector", "evening", "morning"),
    [
        ("SLA-04d", ny(2026, 3, 7, 20), ny(2026, 3, 8, 8)),
        ("SLA-04e", ny(2026, 10, 31, 20), ny(2026, 11, 1, 8)),
    ],
)
def test_a_night_has_the_minutes_it_really_has(vector, evening, morning):
    assert str(calendar.elapsed(NIGHT, evening, morning) // 60) == VECTORS[vector]


def test_an_opening_that_is_skipped_is_the_instant_of_the_jump():
    early = SupportCalendar("America/New_York", windows=(Window(6, 150, 300),))
    assert calendar.next_opening(early, ny(2026, 3, 8, 0)) == ny(2026, 3, 8, 3)
    assert calendar.elapsed(early, ny(2026, 3, 8, 0), ny(2026, 3, 8, 12)) == 2 * 3600


def test_a_repeated_time_opens_at_its_first_showing_and_closes_at_its_second():
    early = SupportCalendar("America/New_York", windows=(Window(6, 90, 105),))
    assert calendar.windows_between(early, ny(2026, 11, 1), ny(2026, 11, 2)) == [
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 45, tzinfo=UTC))
    ]


def test_a_dated_override_beats_a_holiday_and_a_holiday_beats_the_week():
    day = date(2026, 7, 3)
    holiday = Holiday.fixed("A day off", month=7, day=3)
    closed = SupportCalendar("UTC", windows=weekdays((9, 17)), holidays=(holiday,))
    half = SupportCalendar(
        "UTC",
        windows=weekdays((9, 17)),
        holidays=(holiday,),
        overrides=(Override(day, ((540, 720),)), Override(date(2026, 7, 4), ((600, 660),))),
    )
    start, end = datetime(2026, 7, 3, tzinfo=UTC), datetime(2026, 7, 5, tzinfo=UTC)
    assert calendar.windows_between(closed, start, end) == []
    assert calendar.elapsed(half, start, end) == 3 * 3600 + 3600


def test_a_holiday_leaves_the_shift_that_began_the_evening_before():
    nights = SupportCalendar(
        "UTC",
        windows=NIGHT.windows,
        holidays=(Holiday.fixed("A day off", month=6, day=2),),
    )
    assert calendar.elapsed(
        nights, datetime(2026, 6, 1, 20, tzinfo=UTC), datetime(2026, 6, 3, 8, tzinfo=UTC)
    ) == (8 * 3600)


@pytest.mark.parametrize(
    ("holiday", "day", "falls"),
    [
        (Holiday.floating("Thanksgiving", 11, 3, 4), date(2026, 11, 26), True),
        (Holiday.floating("Thanksgiving", 11, 3, 4), date(2026, 11, 19), False),
        (Holiday.floating("Memorial Day", 5, 0, -1), date(2026, 5, 25), True),
        (Holiday.floating("Memorial Day", 5, 0, -1), date(2026, 5, 18), False),
        (Holiday.fixed("Leap day", 2, 29), date(2028, 2, 29), True),
        (Holiday.fixed("New Year", 1, 1), date(2031, 1, 1), True),
        (Holiday.dated("Moving day", [date(2026, 3, 2)]), date(2026, 3, 2), True),
        (Holiday.dated("Moving day", [date(2026, 3, 2)]), date(2027, 3, 2), False),
    ],
)
def test_a_holiday_falls_on_its_dates(holiday, day, falls):
    assert holiday.falls_on(day) is falls


def test_overlapping_windows_count_once():
    both = SupportCalendar("UTC", windows=(Window(0, 540, 1020), Window(0, 960, 1200)))
    monday = datetime(2026, 6, 1, tzinfo=UTC)
    assert calendar.elapsed(both, monday, monday + timedelta(days=1)) == 11 * 3600
    assert len(calendar.windows_between(both, monday, monday + timedelta(days=1))) == 1


def test_seconds_count_and_short_stretches_add_up():
    start = ny(2026, 6, 1, 9)
    stretches = [
        calendar.elapsed(
            OFFICE, start + timedelta(seconds=n * 10), start + timedelta(seconds=n * 10 + 10)
        )
        for n in range(100)
    ]
    assert sum(stretches) == 1000


def test_a_fraction_of_a_second_belongs_to_its_second():
    start = ny(2026, 6, 1, 9, 0, 0, 999_999)
    assert calendar.add(OFFICE, start, 1) == ny(2026, 6, 1, 9, 0, 1)
    assert calendar.elapsed(OFFICE, start, ny(2026, 6, 1, 9, 0, 1)) == 1


def test_nothing_to_wait_for_is_due_at_once_even_when_closed():
    sunday = ny(2026, 6, 7, 3)
    assert calendar.add(OFFICE, sunday, 0) == sunday


def test_a_negative_target_is_refused():
    with pytest.raises(ValueError, match="seconds: must not be negative"):
        calendar.add(OFFICE, ny(2026, 6, 1), -1)


def test_open_and_next_opening_agree_at_the_edges():
    opening, closing = ny(2026, 6, 1, 9), ny(2026, 6, 1, 17)
    assert calendar.is_open(OFFICE, opening)
    assert not calendar.is_open(OFFICE, opening - timedelta(seconds=1))
    assert not calendar.is_open(OFFICE, closing)
    assert calendar.next_opening(OFFICE, opening) == opening
    assert calendar.next_opening(OFFICE, closing) == ny(2026, 6, 2, 9)
    assert calendar.next_opening(ALWAYS, closing) == closing
    assert calendar.is_open(ALWAYS, closing)


@pytest.mark.parametrize(
    "shut",
    [
        SupportCalendar("UTC"),
        SupportCalendar("UTC", overrides=(Override(date(2026, 6, 1), ((540, 600),)),)),
        SupportCalendar(
            "UTC",
            windows=weekdays((9, 17)),
            holidays=tuple(
                Holiday.floating("Off", m, d, n)
                for m in range(1, 13)
                for d in range(5)
                for n in range(1, 6)
            ),
        ),
    ],
)
def test_a_calendar_that_never_opens_says_so(shut):
    with pytest.raises(NeverOpens, match="is not open for 7200 seconds after 2026-06-02"):
        calendar.add(shut, datetime(2026, 6, 2, tzinfo=UTC), 7200)
    assert (
        calendar.elapsed(shut, datetime(2026, 6, 2, tzinfo=UTC), datetime(2026, 7, 2, tzinfo=UTC))
        == 0
    )


@pytest.mark.parametrize("year", [1969, 2101, 9999])
def test_an_instant_far_outside_any_ticket_is_refused(year):
    with pytest.raises(ValueError, match=r"instant: .* is not within 1971 to 2099"):
        calendar.elapsed(OFFICE, ny(1960, 1, 1), datetime(year, 6, 1, tzinfo=UTC))


def test_far_questions_do_not_disturb_near_ones():
    far = SupportCalendar("Europe/Berlin", windows=weekdays((8, 18)))
    near = datetime(2026, 6, 1, 8, tzinfo=UTC)
    before = calendar.add(far, near, 90_000)
    calendar.add(far, datetime(2061, 1, 1, tzinfo=UTC), 60)
    calendar.elapsed(far, datetime(1995, 1, 1, tzinfo=UTC), near)
    calendar.add(far, near, 36_000_000)
    assert calendar.add(far, near, 90_000) == before


# -- the same questions answered by looking at the wall clock each minute ------------------------

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


@settings(max_examples=60, deadline=None)
@given(question=questions())
def test_elapsed_is_what_counting_every_minute_gives(question):
    shape, a, b, _ = question
    counted = sum(
        int((min(b, minute + MINUTE) - max(a, minute)).total_seconds())
        for minute in open_minutes(shape, a, b)
        if minute < b and minute + MINUTE > a
    )
    assert calendar.elapsed(shape, a, b) == counted


@settings(deadline=None)
@given(question=questions())
def test_elapsed_is_additive_and_monotone(question):
    shape, a, b, c = question
    first, second = calendar.elapsed(shape, a, b), calendar.elapsed(shape, b, c)
    assert 0 <= first <= calendar.elapsed(shape, a, c) == first + second
    assert first <= (b - a).total_seconds()
    assert calendar.elapsed(shape, b, a) == 0 or a == b


@settings(deadline=None)
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


@settings(deadline=None)
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


# -- stored versions -----------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [OFFICE, LUNCH, NIGHT, ALWAYS, ALL_WEEK])
def test_a_stored_calendar_reads_back_as_itself(shape):
    stored = json.loads(json.dumps(calendar.to_dict(shape)))
    assert calendar.from_dict(stored) == shape
    assert pickle.loads(pickle.dumps(shape)) == shape  # noqa: S301


@given(question=questions())
def test_every_stored_calendar_reads_back_as_itself(question):
    shape = question[0]
    assert calendar.from_dict(json.loads(json.dumps(calendar.to_dict(shape)))) == shape


def test_hours_are_stored_as_people_write_them():
    assert calendar.to_dict(NIGHT)["windows"][0] == {
        "weekday": 0,
        "start": "22:00",
        "end": "06:00",
    }


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"zone": "Mars/Olympus"}, "zone", "is not a known time zone"),
        ({"zone": None}, "zone", "must be a text, not null"),
        ({"always_open": "yes"}, "always_open", "must be true or false"),
        ({"windows": {}}, "windows", "must be a list, not dict"),
        ({"windows": ["9-17"]}, "windows[0].value", "must be an object, not str"),
        (
            {"windows": [{"weekday": 7, "start": "09:00", "end": "17:00"}]},
            "windows[0].weekday",
            "0 .Monday. to 6",
        ),
        (
            {"windows": [{"weekday": 1, "start": "9:00", "end": "17:00"}]},
            "windows[0].start",
            "'9:00' is not a time",
        ),
        (
            {"windows": [{"weekday": 1, "start": "24:00", "end": "17:00"}]},
            "windows[0].start",
            "must be 00:00 to 23:59",
        ),
        (
            {"windows": [{"weekday": 1, "start": "09:00", "end": "24:30"}]},
            "windows[0].end",
            "is not a time",
        ),
        ({"windows": [{"weekday": 1, "start": "09:00"}]}, "windows[0].end", "is missing"),
        (
            {"windows": [{"weekday": 1, "start": "09:00", "end": "17:00", "till": 3}]},
            "windows[0].till",
            "is not a known field",
        ),
        ({"windows": [{}] * 71}, "windows", "has 71 entries, at most 70"),
        ({"overrides": [{"day": "2026-02-30"}]}, "overrides[0].day", "is not a date"),
        ({"overrides": [{"day": "2026-02-03"}] * 2}, "overrides", "2026-02-03 is given twice"),
        (
            {"overrides": [{"day": "2026-02-03", "windows": [{"start": "x", "end": "y"}]}]},
            "overrides[0].windows[0].start",
            "is not a time",
        ),
        ({"holidays": [{"name": "Off"}]}, "holidays[0].name", "needs a day of a month"),
        (
            {"holidays": [{"name": "Off", "month": 2, "day": 30}]},
            "holidays[0].day",
            "must be 1 to 29",
        ),
        (
            {"holidays": [{"name": "Off", "month": 13, "day": 1}]},
            "holidays[0].month",
            "must be 1 to 12",
        ),
        (
            {"holidays": [{"name": "Off", "month": 1, "weekday": 1, "nth": 6}]},
            "holidays[0].nth",
            "must be 1 to 5, or -1",
        ),
        ({"holidays": [{"name": "Off", "dates": ["soon"]}]}, "holidays[0].dates", "is not a date"),
        (
            {"holidays": [{"name": "Off", "dates": ["2026-01-01"], "month": 1}]},
            "holidays[0].dates",
            "stand alone",
        ),
        ({"closed": True}, "closed", "is not a known field"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_by_field(change, field, reason):
    with pytest.raises(InvalidFact, match=reason) as refusal:
        calendar.from_dict({"zone": "UTC"} | change)
    assert refusal.value.field == field


def test_an_always_open_calendar_has_no_hours():
    with pytest.raises(InvalidFact, match="always_open: leaves no room"):
        SupportCalendar("UTC", always_open=True, windows=weekdays((9, 17)))
