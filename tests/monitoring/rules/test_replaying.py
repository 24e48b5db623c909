"""What another rule would have raised; the same rule raises the same, to the microsecond."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitoring.rules.lapse import Beat, Plan, State, advance
from monitoring.rules.replaying import (
    Problem,
    behind,
    compared,
    in_words,
    kept_ticks,
    scheduled,
    silences,
    values,
)
from monitoring.rules.schedules import Schedule
from monitoring.rules.thresholds import Level, Limits

T0 = datetime(2026, 6, 1, 14, tzinfo=UTC)
LIMITS = Limits(warning=Level(90, 80), critical=Level(98, 90))


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def problem(began: float, ended: float | None, **more: object) -> Problem:
    return Problem(at(began), None if ended is None else at(ended), told_at=at(began), **more)


def lived(beats: list[int], period: int, grace: int, now: int) -> list[Problem]:
    """What the rules of heartbeats raise of these beats, judged without delay."""
    plan, state = Plan(period, grace), State()
    found: list[Problem] = []
    for second in beats:
        due = state.due_at
        if due is not None and at(second) >= due:
            found.append(Problem(due, at(second), told_at=due))
            state = State(last_seen_at=state.last_seen_at, status="down")
        state = advance(plan, state, Beat(at(second)))
    if state.due_at is not None and at(now) >= state.due_at:
        found.append(Problem(state.due_at, None, told_at=state.due_at))
    return found


patience = some.tuples(some.integers(10, 120), some.integers(0, 120))


@given(some.sets(some.integers(0, 5000), min_size=1, max_size=60), patience, patience)
def test_a_replay_is_what_the_rule_itself_would_have_done(
    seconds: set[int], before: tuple[int, int], after: tuple[int, int]
) -> None:
    beats, now = sorted(seconds), 6000
    was, would = lived(beats, *before, now), lived(beats, *after, now)
    replayed = silences(
        was, timedelta(seconds=sum(before)), timedelta(seconds=sum(after)), at(now),
        [at(one) for one in beats],
    )  # fmt: skip
    # What began in the very last silence is known only where it was an outage already
    ended = [one for one in would if one.ended_at is not None or one in replayed]
    assert replayed == ended
    if sum(after) >= sum(before):
        assert replayed == would


def test_one_that_said_it_failed_is_moved_by_no_patience() -> None:
    failed = problem(100, 200, fixed=True)
    assert silences([failed], timedelta(60), timedelta(3600), at(999)) == [failed]


@pytest.mark.parametrize(
    ("limits", "raised"),
    [
        (LIMITS, [(20, 50, "critical")]),
        (Limits(warning=Level(95, 95)), [(30, 40, "warning")]),
        (Limits(critical=Level(99.5, 99.5)), []),
        (Limits(critical=Level(60, 60)), [(10, 60, "critical")]),
        (Limits(warning=Level(90, 80), raise_for=10), [(30, 50, "warning")]),
    ],
)
def test_values_are_judged_by_the_rule_that_judges_them(
    limits: Limits, raised: list[tuple[int, int, str]]
) -> None:
    samples = [(10, 70), (20, 93), (30, 99), (40, 85), (50, 79), (60, 50)]
    limits = Limits(
        limits.warning, limits.critical, limits.above, limits.raise_for or 0, limits.clear_for or 0
    )
    found = values([(at(second), value) for second, value in samples], limits)
    assert [(one.began_at, one.ended_at, one.severity) for one in found] == [
        (at(began), at(ended), severity) for began, ended, severity in raised
    ]


def test_what_stands_behind_something_is_told_after_it_or_never() -> None:
    gateway = [problem(100, 400), problem(2000, None)]
    minute = timedelta(minutes=1)
    found = behind(
        [problem(50, 90), problem(60, 300), problem(150, 1000), problem(2100, 9000)], gateway,
        minute,
    )  # fmt: skip
    told = [one.told_at for one in found]
    # the first may be the gateway's (within a minute) and is over before it is well
    assert told == [None, None, at(460), None]
    assert behind([problem(500, 600)], gateway, minute)[0].told_at == at(500)


def test_both_pasts_side_by_side_and_in_words() -> None:
    was = [problem(100, 200), problem(500, 900)]
    would = [problem(740, 900)]
    pairs = compared(was, would)
    assert [(pair.was, pair.would) for pair in pairs] == [(was[1], would[0]), (was[0], None)]
    assert pairs[0].later == timedelta(minutes=4)
    assert in_words(pairs) == (
        "2 calls would be 1 call. 1 would come at another time, by up to 4 minutes later."
    )
    assert in_words(compared(was, was)) == "Nothing changes: 2 calls, the same to the second."
    assert in_words([]) == "Nothing changes: no call, the same to the second."


# -- another schedule ------------------------------------------------------------------------------

DAY = timedelta(days=1)
FIRST = datetime(2026, 6, 1, tzinfo=UTC)
AT_TWO, AT_FOUR, AT_ONE = (Schedule("cron", f"0 {hour} * * *", "UTC") for hour in (2, 4, 1))
HALF = timedelta(minutes=30)


def two(day: int) -> datetime:
    return FIRST + day * DAY + timedelta(hours=2)


def test_a_job_is_taken_to_have_run_at_each_tick_that_was_not_missed():
    missed = Problem(two(2) + HALF, two(2) + timedelta(hours=5), "critical")
    signs = kept_ticks(AT_TWO, HALF, [missed], FIRST, FIRST + 4 * DAY)
    assert signs == [two(0), two(1), two(2) + timedelta(hours=5), two(3)]


@pytest.mark.parametrize(
    ("schedule", "grace", "expected"),
    [
        (AT_TWO, HALF, []),
        (AT_FOUR, HALF, [0, 1, 2, 3]),  # nothing came at four
        (AT_ONE, HALF, [1, 2, 3]),  # each day it ran half an hour too late
        (AT_ONE, timedelta(hours=2), []),
        (Schedule("cron", "0 2 * * 1", "UTC"), HALF, []),
        (Schedule("cron", "0 2,14 * * *", "UTC"), HALF, [0.5, 1.5, 2.5, 3.5]),
    ],
)
def test_what_another_schedule_would_have_raised(schedule, grace, expected):
    signs = [two(day) for day in range(4)]
    found = scheduled(signs, schedule, grace, FIRST + 4 * DAY)
    days = [(one.began_at - grace - FIRST) / DAY for one in found]
    assert [int(day * 2) / 2 for day in days] == expected
    assert all(one.ended_at is None or one.ended_at in signs for one in found)


def test_failures_that_were_said_stay_under_every_schedule():
    failed = Problem(two(1), two(2), "critical", fixed=True)
    found = scheduled([two(day) for day in range(4)], AT_TWO, HALF, FIRST + 4 * DAY, [failed])
    assert found == [failed]
