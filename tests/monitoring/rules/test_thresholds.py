"""When a value is a problem: levels that hold, durations by the samples, soft before hard."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.rules import lapse, thresholds
from monitoring.rules.lapse import Beat, Plan, State
from monitoring.rules.thresholds import BadLimits, Level, Limits, Watch
from tests.vectors import monitoring

VECTORS = monitoring()
T0 = datetime(2026, 6, 1, 10, tzinfo=UTC)
BOTH = Limits(warning=Level(90, 80), critical=Level(98, 90))


def walk(limits: Limits, *samples: tuple[float, float]) -> list[str]:
    """The level after each sample, given as minutes after ten and value."""
    watch, levels = Watch(), []
    for minutes, value in samples:
        watch = thresholds.advance(limits, watch, T0 + timedelta(minutes=minutes), value)
        levels.append(watch.level)
    return levels


def test_a_level_is_held_until_the_value_is_past_the_other():
    row = VECTORS["hysteresis"]
    limits = Limits(warning=Level(row["warn"]["raise"], row["warn"]["clear"]))
    words = {"ok": "ok", "warn": "warning"}
    found = walk(limits, *enumerate(row["values"]))
    assert found == [words[state] for state in row["states"]]


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        ([90], ["warning"]),
        ([89.9], ["ok"]),
        ([98], ["critical"]),
        ([99, 91, 89, 81, 80, 79.9], ["critical", "critical", *["warning"] * 3, "ok"]),
        ([99, 10], ["critical", "ok"]),
        ([92, 99, 92], ["warning", "critical", "critical"]),
    ],
)
def test_levels_follow_each_other(values, levels):
    assert walk(BOTH, *enumerate(values)) == levels


def test_too_little_is_a_problem_too():
    battery = Limits(warning=Level(30, 40), critical=Level(10, 20), above=False)
    values = [50, 30, 35, 40, 41, 9, 15, 21, 41]
    assert walk(battery, *enumerate(values)) == [
        "ok", "warning", "warning", "warning", "ok", "critical", "critical", "warning", "ok",
    ]  # fmt: skip


def test_it_must_last_by_the_time_of_the_samples():
    """Bad from 10:00 to 10:04, good at 10:04:30: nothing (E3)."""
    limits = Limits(critical=Level(90, 90), raise_for=300)
    bad = [(minute, 95.0) for minute in range(5)]
    assert set(walk(limits, *bad, (4.5, 50), (5, 95), (9, 95))) == {"ok"}
    assert walk(limits, *bad, (5, 95))[-1] == "critical"
    assert walk(limits, (0, 95), (60, 95))[-1] == "critical"


def test_it_must_be_well_for_as_long_as_is_asked():
    limits = Limits(critical=Level(90, 80), clear_for=120)
    said = walk(limits, (0, 95), (1, 10), (2, 85), (3, 10), (4, 10), (5, 10))
    assert said == ["critical", "critical", "critical", "critical", "critical", "ok"]


def test_each_level_lasts_by_itself():
    limits = Limits(warning=Level(80, 70), critical=Level(95, 90), raise_for=120)
    said = walk(limits, (0, 85), (1, 97), (2, 97), (3, 97))
    assert said == ["ok", "ok", "warning", "critical"]


def test_samples_that_are_late_or_told_twice_change_nothing():
    watch = thresholds.advance(BOTH, Watch(), T0, 99)
    assert thresholds.advance(BOTH, watch, T0, 10) == watch
    assert thresholds.advance(BOTH, watch, T0 - timedelta(seconds=1), 10) == watch


@pytest.mark.parametrize("row", VECTORS["soft_hard_max3"])
def test_a_problem_is_soft_until_it_was_said_often_enough(row):
    """As samples of a value and as failures a job reports: both count alike (E1, A6)."""
    limits, plan = Limits(critical=Level(90, 90), attempts=3), Plan(60, 60, fail_threshold=3)
    watch, state = Watch(), State()
    by_value, by_signal = [], []
    for place, result in enumerate(row["results"], 1):
        at = T0 + timedelta(minutes=place)
        was = (watch.level, state.status)
        watch = thresholds.advance(limits, watch, at, 95 if result == "bad" else 5)
        state = lapse.advance(plan, state, Beat(at, "fail" if result == "bad" else "ok"))
        if watch.level != was[0]:
            by_value.append([place, "problem" if watch.level == "critical" else "recovery"])
        if place > 1 and state.status != was[1]:
            by_signal.append([place, "problem" if state.status == "down" else "recovery"])
    assert by_value == by_signal == row["notifications"]


def test_a_value_that_stops_coming_is_unknown_after_three_intervals():
    assert thresholds.silent_at(T0, 60) == T0 + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        (Limits(), "critical"),
        (Limits(critical=Level(90, 91)), "critical_clear"),
        (Limits(warning=Level(90, 91)), "warning_clear"),
        (Limits(critical=Level(10, 9), above=False), "critical_clear"),
        (Limits(warning=Level(90, 80), critical=Level(90, 85)), "critical"),
        (Limits(warning=Level(90, 80), critical=Level(95, 70)), "critical_clear"),
        (Limits(Level(20, 30), Level(25, 35), above=False), "critical"),
    ],
)
def test_levels_that_contradict_each_other_are_refused(limits, field):
    with pytest.raises(BadLimits) as refused:
        thresholds.demand(limits)
    assert refused.value.field == field


def test_levels_that_make_sense_are_taken():
    for limits in (BOTH, Limits(critical=Level(90, 90)), Limits(warning=Level(5, 9), above=False)):
        thresholds.demand(limits)


values = st.lists(st.floats(0, 100), max_size=40)


@given(values)
def test_what_is_kept_in_a_row_is_what_comes_out(samples):
    limits = Limits(Level(80, 70), Level(95, 90), raise_for=60, clear_for=60, attempts=2)
    watch = Watch()
    for minute, value in enumerate(samples):
        watch = thresholds.advance(limits, watch, T0 + timedelta(minutes=minute), value)
        assert thresholds.watch_of(thresholds.kept_watch(watch)) == watch
    assert thresholds.limits_of(thresholds.kept_limits(limits)) == limits


@given(values)
def test_without_durations_the_last_level_is_at_least_what_the_value_says(samples):
    watch = Watch()
    for minute, value in enumerate(samples):
        watch = thresholds.advance(BOTH, watch, T0 + timedelta(minutes=minute), value)
        assert thresholds.LEVELS.index(watch.level) >= thresholds.LEVELS.index(
            thresholds.met(BOTH, "ok", value)
        )
        if value < 80:
            assert watch.level == "ok"
