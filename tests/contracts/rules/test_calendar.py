"""Business time against worked examples and against counting every minute."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.rules import calendar
from contracts.rules.calendar import Holiday, NeverOpens, Override, SupportCalendar, Window
from tests.contracts.rules.calendars import (
    ALL_WEEK,
    ALWAYS,
    LUNCH,
    NEW_YORK,
    NIGHT,
    OFFICE,
    ny,
    weekdays,
)
from tests.vectors import psa

VECTORS = psa()


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
