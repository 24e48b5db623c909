"""When a schedule ticks, over the hours that are skipped and the ones that come twice."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.rules import lapse, schedules
from monitoring.rules.lapse import Beat, Plan, State
from monitoring.rules.schedules import BadSchedule, Schedule
from tests.vectors import monitoring

VECTORS = monitoring()
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("row", VECTORS["cron_next"], ids=lambda row: f"{row['expr']} {row['tz']}")
def test_a_cron_line_ticks_as_debian_runs_it(row):
    schedule = Schedule("cron", row["expr"], row["tz"])
    found = list(islice(schedules.ticks(schedule, instant(row["last_beat"])), 3))
    assert found == [instant(text) for text in row["next3"]]
    assert schedules.next_tick(schedule, instant(row["last_beat"])) == found[0]


@pytest.mark.parametrize(
    ("expression", "zone"),
    [("Mon..Fri 02:30", "Europe/Berlin"), ("Mon..Fri 02:30 Europe/Berlin", "UTC")],
)
def test_a_calendar_line_knows_its_zone(expression, zone):
    schedule = Schedule("calendar", expression, zone)
    friday = instant("2026-06-05T12:00:00Z")
    assert schedules.next_tick(schedule, friday) == instant("2026-06-08T00:30:00Z")


def test_the_deadline_is_the_tick_and_the_grace_in_utc():
    """The hour before the change and the hour after it have the same grace (B1)."""
    plan = Plan(86_400, 1800, schedule=Schedule("cron", "30 2 * * *", "Europe/Berlin"))
    state = lapse.advance(plan, State(), Beat(instant("2026-03-28T01:30:05Z")))
    assert state.due_at == instant("2026-03-29T01:30:00Z")
    assert lapse.status_at(plan, state, instant("2026-03-29T00:59:59Z")) == "up"
    assert lapse.status_at(plan, state, instant("2026-03-29T01:00:00Z")) == "late"
    assert lapse.status_at(plan, state, instant("2026-03-29T01:30:00Z")) == "down"


@pytest.mark.parametrize(
    ("beat", "grace", "expected"),
    [
        ("08:59:50", 300, "2026-05-02T09:00:00Z"),  # answers this morning's tick (B5)
        ("08:55:00", 300, "2026-05-02T09:00:00Z"),
        ("08:54:59", 300, "2026-05-01T09:00:00Z"),
        ("09:00:00", 300, "2026-05-02T09:00:00Z"),
        ("06:00:00", 86_400, "2026-05-01T09:00:00Z"),  # a tenth of the gap at most
    ],
)
def test_a_beat_shortly_before_its_tick_answers_it(beat, grace, expected):
    plan = Plan(86_400, grace, schedule=Schedule("cron", "0 9 * * *"))
    found = lapse.expected_at(plan, instant(f"2026-05-01T{beat}Z"))
    assert found == instant(expected)


def test_a_run_is_bounded_also_where_the_schedule_has_ended():
    plan = Plan(86_400, 60, max_runtime=600, schedule=Schedule("calendar", "2026-05-01 09:00"))
    state = lapse.advance(plan, State(), Beat(instant("2026-05-01T09:00:00Z")))
    assert state.due_at is None
    assert lapse.lapse(state, instant("2030-01-01T00:00:00Z")) is None
    state = lapse.advance(plan, state, Beat(instant("2026-05-01T10:00:00Z"), "start", "r"))
    assert state.due_at == instant("2026-05-01T10:10:00Z")


@pytest.mark.parametrize(
    ("schedule", "field", "reason"),
    [
        (Schedule("cron", "61 * * * *"), "schedule", "bad minute"),
        (Schedule("cron", "* * * *"), "schedule", "wrong number of fields"),
        (Schedule("cron", ""), "schedule", "30 2 * * 1-5"),
        (Schedule("cron", "0 0 30 2 *"), "schedule", "bad day-of-month"),
        (Schedule("cron", "*/10 * * * * *"), "schedule", "at most once a minute"),
        (Schedule("cron", "1" * 121), "schedule", "120 characters"),
        (Schedule("calendar", "sometimes"), "schedule", "Mon..Fri 02:30"),
        (Schedule("calendar", ""), "schedule", "Mon..Fri 02:30"),
        (Schedule("calendar", "2020-01-01 00:00"), "schedule", "never comes again"),
        (Schedule("cron", "30 2 * * *", "Mars/Base"), "zone", "no time zone 'Mars/Base'"),
        (Schedule("cron", "30 2 * * *", "../etc/passwd"), "zone", "no time zone"),
        (Schedule("cron", "30 2 * * *", ""), "zone", "no time zone"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_the_reason(schedule, field, reason):
    with pytest.raises(BadSchedule) as refused:
        schedules.demand(schedule, NOW)
    assert refused.value.field == field
    assert reason in refused.value.reason


def test_a_schedule_can_be_said_and_has_a_usual_pace():
    nightly = Schedule("cron", "30 2 * * *", "Europe/Berlin")
    schedules.demand(nightly, NOW)
    assert schedules.sentence(nightly) == "At 02:30 every day"
    assert schedules.usual_gap(nightly, NOW) == 86_400
    assert schedules.sentence(Schedule("calendar", "Mon 02:30")) == "Mon 02:30"
    assert schedules.usual_gap(Schedule("calendar", "2026-05-01 09:00"), NOW) == 86_400


@given(
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    minutes=st.integers(0, 2 * 366 * 1440),
)
def test_a_daily_job_is_expected_once_a_day_whatever_the_clock_does(minute, hour, zone, minutes):
    start = NOW + timedelta(minutes=minutes)
    schedule = Schedule("cron", f"{minute} {hour} * * *", zone)
    first, second, third = islice(schedules.ticks(schedule, start), 3)
    assert start < first < second < third
    for gap in (second - first, third - second):
        assert timedelta(hours=22) <= gap <= timedelta(hours=26)
