"""The clock against worked examples, and against adding up what ran."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from contracts.rules.calendar import SupportCalendar, Window
from tests.vectors import psa
from tickets.rules import clock
from tickets.rules.clock import Event, Span, State
from tickets.rules.face import Look, face

VECTORS = psa()
NEW_YORK = ZoneInfo("America/New_York")
OFFICE = SupportCalendar(
    "America/New_York", windows=tuple(Window(day, 540, 1020) for day in range(5))
)
ALWAYS = SupportCalendar("UTC", always_open=True)
SECOND = timedelta(seconds=1)


def ny(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK)


def written(instant: datetime | None) -> str:
    assert instant is not None
    return instant.astimezone(NEW_YORK).strftime("%Y-%m-%dT%H:%M%z")


def started(at: datetime, minutes: int) -> Event:
    return Event("started", at, target=minutes * 60)


MONDAY_NINE = ny(2026, 6, 1, 9)


@pytest.mark.parametrize(
    ("vector", "events"),
    [
        (
            "SLA-05a",
            [
                started(ny(2026, 6, 1, 16), 120),
                Event("paused", ny(2026, 6, 1, 16, 30)),
                Event("resumed", ny(2026, 6, 2, 9, 30)),
            ],
        ),
        (
            "SLA-05b",
            [
                started(ny(2026, 6, 5, 10), 480),
                Event("paused", ny(2026, 6, 5, 16)),
                Event("resumed", ny(2026, 6, 8, 9)),
            ],
        ),
        (
            "SLA-05c",
            [
                started(ny(2026, 6, 5, 10), 480),
                Event("paused", ny(2026, 6, 5, 18)),
                Event("resumed", ny(2026, 6, 6, 12)),
            ],
        ),
        (
            "SLA-07a",
            [
                started(MONDAY_NINE, 480),
                Event("target_changed", ny(2026, 6, 1, 12), target=240 * 60, grace=30 * 60),
            ],
        ),
        (
            "SLA-07b",
            [
                started(MONDAY_NINE, 480),
                Event("target_changed", ny(2026, 6, 1, 12), target=60 * 60, grace=30 * 60),
            ],
        ),
        (
            "SLA-08",
            [
                started(MONDAY_NINE, 480),
                Event("paused", ny(2026, 6, 1, 13)),
                Event("resumed", ny(2026, 6, 2, 9)),
                Event("fulfilled", ny(2026, 6, 2, 11)),
                Event("reopened", ny(2026, 6, 4, 15)),
            ],
        ),
    ],
)
def test_a_deadline_follows_from_what_ran(vector, events):
    left = clock.fold(OFFICE, events)
    assert left is not None
    assert written(clock.due_of(OFFICE, left)) == VECTORS[vector]


@pytest.mark.parametrize("percent", [70, 90, 110])
def test_a_threshold_is_a_share_of_the_target(percent):
    found = clock.thresholds(OFFICE, [Span(MONDAY_NINE)], 480 * 60, [percent])
    assert written(found[percent]) == VECTORS[f"SLA-09-{percent}"]


def test_a_paused_clock_has_no_deadline():
    events = [started(MONDAY_NINE, 480), Event("paused", ny(2026, 6, 1, 12))]
    left = clock.fold(OFFICE, events)
    assert left is not None
    assert clock.due_of(OFFICE, left) is None
    assert clock.state(OFFICE, left, ny(2026, 6, 30)) is State.PAUSED
    assert clock.remaining(OFFICE, left, ny(2026, 6, 30)) == 300 * 60


def test_work_done_in_the_last_second_is_in_time():
    due = ny(2026, 6, 1, 17)
    for late, expected in (
        (timedelta(0), State.MET),
        (timedelta(microseconds=999_999), State.MET),
        (SECOND, State.MISSED),
    ):
        left = clock.fold(OFFICE, [started(MONDAY_NINE, 480), Event("fulfilled", due + late)])
        assert left is not None
        assert clock.state(OFFICE, left, due + timedelta(days=9)) is expected


def test_the_deadline_itself_is_not_late_yet():
    left = clock.fold(OFFICE, [started(MONDAY_NINE, 480)])
    assert left is not None
    due = ny(2026, 6, 1, 17)
    assert clock.state(OFFICE, left, due) is State.RUNNING
    assert clock.state(OFFICE, left, due + SECOND) is State.MISSED


def test_a_miss_survives_a_longer_target_and_a_reopening():
    due = ny(2026, 6, 1, 10)
    events = [
        started(MONDAY_NINE, 60),
        Event("target_changed", ny(2026, 6, 1, 11), target=480 * 60),
        Event("fulfilled", ny(2026, 6, 1, 12)),
        Event("reopened", ny(2026, 6, 1, 13)),
    ]
    left = clock.fold(OFFICE, events)
    assert left is not None
    assert left.missed_at == due
    assert clock.state(OFFICE, left, ny(2026, 6, 1, 13)) is State.MISSED


def test_raising_the_priority_marks_a_target_that_was_already_over():
    change = ny(2026, 6, 1, 12)
    for minutes, raised in ((240, False), (60, True)):
        left = clock.fold(
            OFFICE,
            [
                started(MONDAY_NINE, 480),
                Event("target_changed", change, target=minutes * 60, grace=30 * 60),
            ],
        )
        assert left is not None
        assert left.raised is raised


def test_grace_never_leaves_more_time_than_there_was():
    left = clock.fold(
        OFFICE,
        [
            started(MONDAY_NINE, 480),
            Event("target_changed", ny(2026, 6, 1, 16, 50), target=240 * 60, grace=30 * 60),
        ],
    )
    assert left is not None
    assert clock.due_of(OFFICE, left) == ny(2026, 6, 1, 17)


def test_a_clock_that_takes_over_counts_what_was_used_before():
    left = clock.fold(OFFICE, [Event("started", MONDAY_NINE, target=480 * 60, carried=180 * 60)])
    assert left is not None
    assert clock.due_of(OFFICE, left) == ny(2026, 6, 1, 14)
    assert clock.consumed_of(OFFICE, left, ny(2026, 6, 1, 10)) == 240 * 60


def test_a_clock_that_starts_paused_has_used_nothing():
    left = clock.fold(
        OFFICE,
        [
            Event("paused", MONDAY_NINE),
            started(MONDAY_NINE, 480),
            Event("resumed", ny(2026, 6, 3, 9)),
        ],
    )
    assert left is not None
    assert left.spans == (Span(ny(2026, 6, 3, 9)),)


def test_a_merged_ticket_stops_without_a_verdict():
    left = clock.fold(
        OFFICE,
        [
            started(MONDAY_NINE, 60),
            Event("stopped", ny(2026, 6, 1, 9, 30)),
            Event("resumed", ny(2026, 6, 2, 9)),
            Event("fulfilled", ny(2026, 6, 3, 9)),
        ],
    )
    assert left is not None
    assert clock.state(OFFICE, left, ny(2026, 6, 30)) is State.STOPPED
    assert clock.consumed_of(OFFICE, left, ny(2026, 6, 30)) == 30 * 60
    assert clock.next_threshold(OFFICE, left) is None


def test_a_hundred_short_pauses_add_up():
    events = [started(MONDAY_NINE, 480)]
    for n in range(100):
        at = MONDAY_NINE + timedelta(seconds=60 * n + 30)
        events += [Event("paused", at), Event("resumed", at + timedelta(seconds=10))]
    left = clock.fold(OFFICE, events)
    assert left is not None
    assert clock.due_of(OFFICE, left) == ny(2026, 6, 2, 9, 16, 40)


def test_a_threshold_is_told_once_and_again_only_for_a_longer_target():
    left = clock.fold(OFFICE, [started(MONDAY_NINE, 480)])
    assert left is not None
    assert clock.next_threshold(OFFICE, left) == (70, ny(2026, 6, 1, 14, 36))
    told = {70: 480 * 60}
    assert clock.next_threshold(OFFICE, left, fired=told) == (90, ny(2026, 6, 1, 16, 12))
    longer = clock.advance(
        OFFICE, left, Event("target_changed", ny(2026, 6, 1, 15), target=960 * 60)
    )
    assert longer is not None
    assert clock.next_threshold(OFFICE, longer, fired=told) == (70, ny(2026, 6, 2, 12, 12))
    shorter = clock.advance(
        OFFICE, left, Event("target_changed", ny(2026, 6, 1, 15), target=420 * 60)
    )
    assert shorter is not None
    assert clock.next_threshold(OFFICE, shorter, fired=told) == (90, ny(2026, 6, 1, 15, 18))


@pytest.mark.parametrize(
    ("minutes", "used", "look"),
    [
        (480, 0, Look.OK),
        (480, 335, Look.OK),  # 145 minutes are a little over 30 %
        (480, 336, Look.SOON),
        (480, 407, Look.SOON),
        (480, 408, Look.RISK),
        (480, 480, Look.RISK),
        (480, 481, Look.LATE),
        (120, 59, Look.OK),
        (120, 60, Look.SOON),
        (120, 99, Look.SOON),
        (120, 100, Look.RISK),
        (15, 0, Look.RISK),
    ],
)
def test_the_look_follows_share_and_minutes_left(minutes, used, look):
    begin = datetime(2026, 6, 1, tzinfo=UTC)
    left = clock.fold(ALWAYS, [started(begin, minutes)])
    assert left is not None
    shown = face(ALWAYS, left, begin + timedelta(minutes=used))
    assert shown.look is look
    assert (shown.used, shown.left) == (used * 60, (minutes - used) * 60)
    assert shown.share == min(1.0, used / minutes)


@pytest.mark.parametrize(
    ("event", "look"),
    [("paused", Look.PAUSED), ("fulfilled", Look.MET), ("stopped", Look.STOPPED)],
)
def test_a_clock_that_does_not_run_looks_like_it(event, look):
    begin = datetime(2026, 6, 1, tzinfo=UTC)
    events = [started(begin, 15), Event(event, begin + timedelta(minutes=3))]
    left = clock.fold(ALWAYS, events)
    assert left is not None
    shown = face(ALWAYS, left, begin + timedelta(days=3))
    assert (shown.look, shown.used) == (look, 180)


def test_without_grace_a_target_that_is_over_is_missed_at_once() -> None:
    """Raised in the lunch break, a second after its open time was used up; twice says it once."""
    calendar = SupportCalendar(
        "America/New_York", windows=(Window(0, 540, 720), Window(0, 780, 1020))
    )
    raised = Event("target_changed", ny(2026, 6, 1, 12, 0, 1), target=60)
    once = clock.fold(calendar, [started(MONDAY_NINE, 181), raised])
    assert once is not None
    assert once.missed_at == ny(2026, 6, 1, 12)
    assert clock.fold(calendar, [started(MONDAY_NINE, 181), raised, raised]) == once
