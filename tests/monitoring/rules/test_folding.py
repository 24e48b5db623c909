"""A batch laid on a check gives what its beats one by one would have given."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from monitoring.rules.folding import Change, beat_of, fold, told, woven
from monitoring.rules.lapse import Plan, State, Status, advance
from monitoring.rules.sources.report import Report

T0 = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
PLAN = Plan(period=60, grace=120)
UP = State(status=Status.UP, last_seen_at=T0, due_at=T0 + timedelta(seconds=180), beats=1)


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def beat(seconds: float, signal: str = "ok", **fields: object) -> Report:
    return Report(at=after(seconds), signal=signal, **fields)


def same(due: datetime) -> datetime:
    return due


def test_a_thousand_beats_are_counted() -> None:
    folded = fold(PLAN, UP, T0, [beat(n) for n in range(1, 1001)], same)
    assert folded.state.beats == 1001
    assert folded.state.last_seen_at == after(1000)
    assert folded.state.due_at == after(1180)
    assert folded.changes == ()


def test_an_alert_is_dated_by_when_it_became_so() -> None:
    told = Plan(period=0, grace=0)
    fired = beat(300, "fail", since=after(60), boot_id="a", sequence=2)
    over = beat(400, "ok", since=after(350), boot_id="a", sequence=3)
    folded = fold(told, State(), None, [fired, fired, over, fired], same)
    assert folded.changes == (Change("down", after(60)), Change("up", after(350)))
    assert folded.state.status == Status.UP
    again = beat(500, "fail", since=after(-86_400 * 30), boot_id="a", sequence=4)
    assert fold(told, folded.state, after(350), [again], same).changes == (
        Change("down", after(500)),
    )


def event(signal: str, since: float, at: float) -> Report:
    """A service of Monit's: how it is, as of an instant that also puts it in order."""
    return beat(at, signal, since=after(since), boot_id="monit", sequence=int(since * 1000))


NOTHING_EXPECTED = Plan(period=0, grace=0)
WELL = State(status=Status.UP, last_seen_at=T0, boot_id="monit", sequence=0, beats=1)


def test_what_a_sender_dates_comes_in_its_own_order() -> None:
    """Its queue, each with the present state, after the present state."""
    sent = [
        event("ok", 600, 601), event("ok", 600, 602), event("fail", 300, 602),
        event("ok", 600, 603), event("ok", 420, 603),
    ]  # fmt: skip
    for order in (sent, sent[::-1]):
        folded = fold(NOTHING_EXPECTED, WELL, T0, order, same)
        assert folded.changes == (Change("down", after(300)), Change("up", after(420)))
    assert folded.state.status == Status.UP


Line = list[tuple[datetime, str]]


def line(*changes: tuple[float, str]) -> Line:
    return [(after(seconds), status) for seconds, status in changes]


def test_a_queue_that_comes_after_the_present_state_is_past_and_no_news() -> None:
    first = fold(NOTHING_EXPECTED, WELL, T0, [event("ok", 600, 601)], same)
    queue = [event("fail", 300, 602), event("ok", 420, 602), event("fail", 500, 602)]
    folded = fold(NOTHING_EXPECTED, first.state, T0, queue, same)
    assert (folded.state, folded.changes) == (first.state, ())
    kept = woven(line((0, "up")), folded.late, folded.state.status)
    assert kept == line((0, "up"), (300, "down"), (420, "up"), (500, "down"), (601, "up"))
    end = fold(NOTHING_EXPECTED, first.state, T0, [event("ok", 540, 603)], same)
    assert woven(kept, end.late, "up") == [*kept[:4], *line((540, "up"))]


def test_what_goes_on_keeps_its_beginning() -> None:
    """Its incident is dated by that; a queue that says it was earlier is written beside it."""
    down = fold(NOTHING_EXPECTED, WELL, T0, [event("fail", 600, 601)], same)
    late = fold(NOTHING_EXPECTED, down.state, after(600), [event("fail", 300, 602)], same).late
    kept = woven(line((0, "up"), (600, "down")), late, "down")
    assert kept == line((0, "up"), (300, "down"), (600, "down"))
    assert woven(line((600, "down")), late, "down") == line((600, "down"))  # nothing known before


def test_three_failures_in_a_row_are_not_counted_in_the_past() -> None:
    slow = Plan(period=0, grace=0, fail_threshold=3)
    assert fold(slow, WELL, T0, [event("ok", 9, 9), event("fail", 5, 10)], same).late == ()


_happened = st.lists(
    st.tuples(st.integers(1, 500), st.sampled_from(["ok", "fail"])), max_size=12,
    unique_by=lambda one: one[0],
).map(sorted)  # fmt: skip


@given(_happened, st.randoms(use_true_random=False))
def test_a_queue_leaves_the_same_past_however_it_is_split(
    events: list[tuple[int, str]], dice: Random
) -> None:
    """All events and then the end, in one batch or in many, with repeats."""
    state = fold(NOTHING_EXPECTED, WELL, T0, [event("ok", 600, 601)], same).state
    told_of = [event(signal, since, 602) for since, signal in [*events, (550, "ok")]]
    expected, last = line((0, "up")), "up"
    for one in told_of:
        status = "up" if one.signal == "ok" else "down"
        if status != last:
            expected, last = [*expected, (one.since, status)], status
    kept = line((0, "up"))
    while told_of:
        count = dice.randint(1, len(told_of))
        batch, told_of = told_of[:count], told_of[count:]
        for sent in (batch, batch if dice.random() < 0.3 else []):
            late = fold(NOTHING_EXPECTED, state, T0, sent, same).late
            kept = woven(kept, late, "up")
    assert kept == expected


def test_the_first_beat_brings_it_up() -> None:
    folded = fold(PLAN, State(), None, [beat(1), beat(2)], same)
    assert folded.changes == (Change("up", after(1)),)
    assert folded.state.beats == 2


def test_duplicates_count_once() -> None:
    sent = [beat(1, boot_id="b", sequence=n) for n in (5, 6, 7, 5, 6, 7, 8)]
    folded = fold(PLAN, UP, T0, sent, same)
    assert folded.state.beats == 1 + 4
    assert folded.state.sequence == 8


def test_a_sequence_without_a_boot_counts_nothing_out() -> None:
    """An agent that begins at 0 again after a restart must not look dead."""
    folded = fold(PLAN, UP, T0, [beat(1, sequence=9), beat(60, sequence=0)], same)
    assert folded.state.beats == 3
    assert folded.state.last_seen_at == after(60)


def test_a_device_that_is_down_comes_back() -> None:
    down = State(status=Status.DOWN, last_seen_at=T0, due_at=after(180), beats=1)
    folded = fold(PLAN, down, after(180), [beat(400)], same)
    assert folded.changes == (Change("up", after(400)),)
    assert told(folded.changes) == list(folded.changes)


def test_late_evidence_ends_an_outage_where_it_began() -> None:
    """A beat that lay in the spool while the deadline passed."""
    down = State(status=Status.DOWN, last_seen_at=T0, due_at=after(180), beats=1)
    folded = fold(PLAN, down, after(180), [beat(170)], same)
    assert folded.changes == (Change("up", after(180)),)
    assert folded.state.due_at == after(350)


def test_an_outage_between_two_beats_of_a_backlog_is_history_not_news() -> None:
    folded = fold(PLAN, UP, T0, [beat(60), beat(600), beat(660)], same)
    assert folded.changes == (
        Change("down", after(240), missed=True),
        Change("up", after(600), missed=True),
    )
    assert told(folded.changes) == []


def test_an_outage_of_ours_is_none_of_theirs() -> None:
    folded = fold(PLAN, UP, T0, [beat(600)], lambda due: after(700))
    assert folded.changes == ()
    assert folded.state.status == Status.UP


def test_silence_that_ends_in_a_start_is_still_an_outage() -> None:
    folded = fold(PLAN, UP, T0, [beat(600, "start", run_id="r1")], same)
    assert [change.status for change in told(folded.changes)] == ["down"]
    assert folded.state.status == Status.DOWN


def test_a_failure_is_told_with_its_words() -> None:
    folded = fold(PLAN, UP, T0, [beat(10, "fail", text="Exit status 3")], same)
    assert folded.changes == (Change("down", after(10), text="Exit status 3"),)


def test_a_run_is_timed() -> None:
    sent = [beat(10, "start", run_id="r1"), beat(70, run_id="r1")]
    assert fold(PLAN, UP, T0, sent, same).duration == timedelta(seconds=60)


def test_a_log_changes_nothing() -> None:
    folded = fold(PLAN, UP, T0, [beat(10, "log", text="hello")], same)
    assert (folded.state, folded.changes) == (UP, ())


_reports = st.lists(
    st.builds(
        lambda step, signal, run, seq, boot: (step, signal, run, seq, boot),
        st.integers(0, 400),
        st.sampled_from(["ok", "ok", "ok", "start", "fail"]),
        st.sampled_from(["", "", "r1", "r2"]),
        st.none() | st.integers(0, 5),
        st.sampled_from(["", "b1", "b2"]),
    ),
    max_size=25,
)


@settings(max_examples=400, deadline=None)
@given(_reports)
def test_skipping_ordinary_beats_changes_nothing(steps: list) -> None:
    at, sent = 0, []
    for step, signal, run, seq, boot in steps:
        at += step
        sent.append(beat(at, signal, run_id=run, sequence=seq, boot_id=boot))
    one_by_one = UP
    for report in sent:
        due = one_by_one.due_at
        fresh = advance(PLAN, one_by_one, beat_of(report))
        if one_by_one.status == Status.UP and due and report.at >= due and fresh != one_by_one:
            one_by_one = replace(one_by_one, status=Status.DOWN)
        one_by_one = advance(PLAN, one_by_one, beat_of(report))
    assert fold(PLAN, UP, T0, sent, same).state == one_by_one
