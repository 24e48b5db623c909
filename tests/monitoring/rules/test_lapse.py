"""When a check is late or down, and that beats only ever move it forward."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from monitoring.rules import lapse
from monitoring.rules.lapse import Beat, Plan, State, Status
from tests.vectors import monitoring

VECTORS = monitoring()
DAY = date(2026, 6, 1)
MINUTE = Plan(period=60, grace=120)


def at(text: str) -> datetime:
    return datetime.combine(DAY, time.fromisoformat(text), UTC)


def after(plan: Plan, *beats: Beat, state: State | None = None) -> State:
    state = state or State()
    for beat in beats:
        state = lapse.advance(plan, state, beat)
    return state


@pytest.mark.parametrize("row", VECTORS["grace_simple"])
def test_a_check_stands_as_the_clock_says(row):
    last = datetime.fromisoformat(row["last"])
    plan = Plan(row["period"], row["grace"])
    state = after(plan, Beat(last))
    instant = datetime.fromisoformat(row["at"])
    assert lapse.status_at(plan, state, instant) == row["status"]
    assert (lapse.lapse(state, instant) is not None) is (row["status"] == "down")


def test_the_deadline_is_the_first_instant_down():
    state = after(MINUTE, Beat(at("10:00:00")))
    assert state.due_at == at("10:03:00")
    assert lapse.lapse(state, at("10:02:59.999999")) is None
    gone = lapse.lapse(state, at("10:20:00"))
    assert gone is not None
    assert (gone.status, gone.due_at) == (Status.DOWN, at("10:03:00"))
    assert lapse.lapse(gone, at("10:21:00")) is None


@pytest.mark.parametrize("row", VECTORS["start_finish"])
def test_a_run_has_its_own_deadline(row):
    beats = [Beat(at(when), signal, run or "") for when, signal, run in row["events"]]
    state = after(Plan(row["period"], row["grace"]), *beats)
    assert state.due_at == at(row["deadline"])


def test_a_run_may_be_given_more_time_than_the_grace():
    plan = Plan(3600, 300, max_runtime=1200)
    assert after(plan, Beat(at("10:00")), Beat(at("10:10"), "start")).due_at == at("10:30")


@pytest.mark.parametrize("end", [Beat(at("10:14")), Beat(at("10:14"), "fail", "r9")])
def test_an_end_without_a_name_and_any_failure_end_the_run(end):
    state = after(Plan(3600, 300), Beat(at("10:00")), Beat(at("10:10"), "start", "r1"), end)
    assert state.started_at is None
    assert state.due_at == at("11:19")


def test_with_a_period_of_0_nothing_is_waited_for():
    told = Plan(period=0, grace=0)
    assert after(told, Beat(at("10:00"))).due_at is None
    assert lapse.status_at(told, after(told, Beat(at("10:00"))), at("23:00")) == Status.UP
    assert after(told, Beat(at("10:00"), "fail")).status == Status.DOWN
    assert after(told, Beat(at("10:00")), Beat(at("10:01"), "start")).due_at is None
    bounded = Plan(period=0, grace=0, max_runtime=600)
    begun = after(bounded, Beat(at("10:00")), Beat(at("10:01"), "start"))
    assert begun.due_at == at("10:11")


def test_a_repeated_start_does_not_move_the_run():
    state = after(
        Plan(3600, 300),
        Beat(at("10:00")),
        Beat(at("10:10"), "start", "r1"),
        Beat(at("10:12"), "start", "r1"),
    )
    assert state.due_at == at("10:15")


def test_a_start_is_not_a_recovery():
    down = structs.replace(after(MINUTE, Beat(at("10:00"))), status=Status.DOWN)
    assert after(MINUTE, Beat(at("10:30"), "start"), state=down).status == Status.DOWN
    assert after(MINUTE, Beat(at("10:31")), state=down).status == Status.UP


def test_a_failure_is_down_at_once_and_an_ok_is_up_again():
    state = after(MINUTE, Beat(at("10:00")), Beat(at("10:01"), "fail"))
    assert state.status == Status.DOWN
    assert after(MINUTE, Beat(at("10:02")), state=state).status == Status.UP


def test_failures_in_a_row_are_counted_where_the_plan_says():
    plan = Plan(60, 120, fail_threshold=3)
    beats = [
        Beat(at(f"10:0{n}"), signal)
        for n, signal in enumerate(["fail", "fail", "ok", "fail", "fail", "fail"])
    ]
    states = [after(plan, *beats[: n + 1]).status for n in range(6)]
    assert states == ["up", "up", "up", "up", "up", "down"]


def test_a_failure_keeps_a_silent_check_down_below_the_threshold():
    plan = Plan(60, 120, fail_threshold=3)
    down = structs.replace(after(plan, Beat(at("10:00"))), status=Status.DOWN)
    assert after(plan, Beat(at("10:30"), "fail"), state=down).status == Status.DOWN


def test_what_was_never_seen_never_lapses():
    assert lapse.lapse(State(), at("23:59")) is None
    assert lapse.deadline(MINUTE, State()) is None
    assert lapse.status_at(MINUTE, State(), at("23:59")) == Status.NEW


def test_a_shorter_plan_is_down_from_now_on_and_not_before():
    state = after(Plan(3600, 300), Beat(at("10:00")))
    shorter = lapse.reschedule(MINUTE, state, at("10:20"))
    assert shorter.due_at == at("10:20")
    longer = lapse.reschedule(Plan(7200, 300), state, at("10:20"))
    assert longer.due_at == at("12:05")


def test_a_pause_expects_nothing_and_ends_with_a_whole_period():
    paused = lapse.pause(after(MINUTE, Beat(at("10:00"))))
    assert lapse.lapse(paused, at("23:00")) is None
    resumed = lapse.resume(MINUTE, paused, at("12:00"))
    assert (resumed.status, resumed.due_at) == (Status.UP, at("12:03"))
    assert lapse.status_at(MINUTE, resumed, at("12:00:30")) == Status.UP
    assert lapse.reschedule(Plan(120, 120), resumed, at("12:01")).due_at == at("12:04")
    assert lapse.resume(MINUTE, resumed, at("13:00")) == resumed
    assert lapse.resume(MINUTE, lapse.pause(State()), at("12:00")).status == Status.NEW


def test_a_beat_ends_a_pause_unless_a_person_must():
    paused = lapse.pause(after(MINUTE, Beat(at("10:00"))))
    assert after(MINUTE, Beat(at("11:00")), state=paused).status == Status.UP
    manual = replace(MINUTE, manual_resume=True)
    assert after(manual, Beat(at("11:00")), state=paused) == paused


def test_a_straggler_changes_nothing():
    state = after(MINUTE, Beat(at("10:05")))
    assert after(MINUTE, Beat(at("10:03"), "fail"), state=state) == state


def test_a_report_taken_already_changes_nothing():
    state = after(MINUTE, Beat(at("10:00"), boot_id="b", sequence=7))
    assert after(MINUTE, Beat(at("10:01"), boot_id="b", sequence=7), state=state) == state
    assert after(MINUTE, Beat(at("10:01"), boot_id="b", sequence=6), state=state) == state
    rebooted = after(MINUTE, Beat(at("10:01"), boot_id="c", sequence=1), state=state)
    assert (rebooted.beats, rebooted.sequence) == (2, 1)


def test_a_sender_whose_clock_runs_ahead_is_held_to_ours():
    state = after(MINUTE, Beat(at("10:00"), sent_at=at("11:00")))
    assert state.last_sent_at == at("10:00")
    state = after(MINUTE, Beat(at("10:01"), sent_at=at("09:00")), state=state)
    assert state.last_sent_at == at("10:00")


@pytest.mark.parametrize("row", VECTORS["platform_gap"])
def test_our_own_blindness_delays_raising_and_not_the_date(row):
    plan = Plan(row["period"], row["grace"])
    gap = (at(row["gap"][0]), at(row["gap"][1]))
    state = after(plan, Beat(at(row["last"])))
    assert state.due_at is not None
    raised_at = lapse.raise_at(state.due_at, [gap], plan.period, plan.grace)
    assert raised_at == at("10:33")
    assert lapse.lapse(state, raised_at - timedelta(seconds=1), raised_at) is None
    state = after(plan, *(Beat(at(when)) for when in row["beats"]), state=state)
    gone = lapse.lapse(state, raised_at, lapse.raise_at(state.due_at, [gap], 60, 120))
    if row["incident"] is None:
        assert gone is None
    else:
        assert gone is not None
        assert gone.due_at == at(row["incident"]["opened_at"])
        assert raised_at == at(row["incident"]["raised_at"])


@pytest.mark.parametrize(
    ("due", "period", "expected"),
    [
        ("09:59:59", 60, "09:59:59"),  # was due before we went blind
        ("10:00:00", 60, "10:33:00"),
        ("10:33:00", 60, "10:33:00"),
        ("10:33:01", 60, "10:33:01"),  # had its full chance after it
        ("10:15:00", 3600, "10:42:00"),  # patience is ten minutes at most
        ("11:20:00", 3600, "11:20:00"),
    ],
)
def test_only_a_deadline_that_blindness_touched_waits(due, period, expected):
    moved = lapse.shift_for_gap(at(due), at("10:00"), at("10:30"), period, 120)
    assert moved == at(expected)


def test_lapses_are_judged_as_far_as_the_slowest_stream_was_seen():
    assert lapse.evaluation_time([at("10:12"), at("10:00")]) == at("10:00")
    assert lapse.evaluation_time([at("10:12"), None]) is None
    assert lapse.evaluation_time([]) is None
    assert lapse.stream_clock(None, None) is None
    assert lapse.stream_clock(at("10:00"), at("10:05")) == at("10:05")
    assert lapse.stream_clock(at("10:00"), None, at("10:12")) == at("10:12")
    assert lapse.stream_clock(at("10:00"), at("09:00")) == at("10:00")


def nightly(instant: datetime) -> datetime:
    tick = instant.replace(hour=9, minute=0, second=0, microsecond=0)
    return tick if tick > instant else tick + timedelta(days=1)


@pytest.mark.parametrize(
    ("beat", "grace", "expected_day"),
    [
        ("08:59:50", 300, 2),  # ten seconds early answers this morning's tick
        ("08:55:00", 300, 2),
        ("08:54:59", 300, 1),
        ("09:00:01", 300, 2),
        ("08:00:00", 86_400, 2),  # the grace is capped at a tenth of the gap
        ("06:00:00", 86_400, 1),
    ],
)
def test_a_beat_shortly_before_its_time_has_answered_it(beat, grace, expected_day):
    found = lapse.expected_after(at(beat), nightly, timedelta(seconds=grace))
    assert found == datetime(2026, 6, expected_day, 9, tzinfo=UTC)


beats = st.builds(
    lambda seconds, signal, run, sequence: Beat(
        at("10:00") + timedelta(seconds=seconds), signal, run, sequence=sequence, boot_id="b"
    ),
    st.integers(0, 7200),
    st.sampled_from(["ok", "ok", "start", "fail"]),
    st.sampled_from(["", "r1", "r2"]),
    st.none() | st.integers(0, 40),
)


@given(reports=st.lists(beats, max_size=25))
def test_a_check_only_ever_moves_forward(reports):
    state = State()
    for beat in reports:
        after_it = lapse.advance(MINUTE, state, beat)
        for name in ("last_seen_at", "sequence", "beats"):
            was, now = getattr(state, name), getattr(after_it, name)
            assert was is None or now >= was
        if after_it.status == Status.UP:
            assert after_it.due_at == lapse.deadline(MINUTE, after_it)
        state = after_it


@given(reports=st.lists(beats.filter(lambda beat: beat.sequence is not None), max_size=25))
def test_reports_delivered_twice_count_once(reports):
    once = after(MINUTE, *reports)
    assert after(MINUTE, *(beat for beat in reports for _ in (1, 2))) == once


@given(oks=st.lists(st.integers(0, 7200), min_size=1, max_size=25), disorder=st.randoms())
def test_plain_beats_leave_the_same_deadline_in_any_order(oks, disorder):
    reports = [Beat(at("10:00") + timedelta(seconds=seconds)) for seconds in oks]
    shuffled = list(reports)
    disorder.shuffle(shuffled)
    latest = at("10:00") + timedelta(seconds=max(oks))
    assert after(MINUTE, *shuffled).due_at == latest + timedelta(seconds=180)
