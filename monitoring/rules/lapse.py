"""When a signal is late, when it has lapsed, and what a beat changes.

The server's clock decides whether something is alive. A lapse is dated by its deadline, never by
the moment we noticed, so our own slowness does not shorten or lengthen an outage. A beat only ever
moves a check forward: duplicates and stragglers leave it as it is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

import msgspec
from msgspec.structs import replace

from monitoring.rules.schedules import Schedule, next_tick

_MOST_PATIENCE = timedelta(minutes=10)


class Status(StrEnum):
    """What a check is; `late` is never stored, it is read off the clock."""

    NEW = "new"
    UP = "up"
    LATE = "late"
    DOWN = "down"
    PAUSED = "paused"


class Signal(StrEnum):
    """What a beat says."""

    OK = "ok"
    START = "start"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is expected of a check, in seconds.

    `max_runtime` bounds a run that said it started; without one the grace does. `fail_threshold`
    is how many failures in a row make it down. A check with `manual_resume` stays paused whatever
    reports. With a `schedule` its ticks say when the next sign is expected, and the period only how
    often that usually is.
    """

    period: int
    grace: int
    max_runtime: int | None = None
    fail_threshold: int = 1
    manual_resume: bool = False
    schedule: Schedule | None = None


class Beat(msgspec.Struct, frozen=True, gc=False):
    """One report, at the instant we received it; `sent_at` is the sender's own clock."""

    at: datetime
    signal: str = Signal.OK
    run_id: str = ""
    sent_at: datetime | None = None
    boot_id: str = ""
    sequence: int | None = None


class State(msgspec.Struct, frozen=True, gc=False):
    """What is known of a check. `started_at` is set only while a run is under way.

    `run_id` is the run under way, or the last one that ended. `resumed_at` is when a pause ended
    that no beat has followed yet.
    """

    status: str = Status.NEW
    last_seen_at: datetime | None = None
    due_at: datetime | None = None
    last_sent_at: datetime | None = None
    started_at: datetime | None = None
    run_id: str = ""
    fails: int = 0
    boot_id: str = ""
    sequence: int | None = None
    beats: int = 0
    resumed_at: datetime | None = None

    @property
    def counted_from(self) -> datetime | None:
        """Where the schedule counts from: the last beat, or the end of a later pause."""
        return max(filter(None, (self.last_seen_at, self.resumed_at)), default=None)


# -- deadlines -----------------------------------------------------------------------------------


def late_at(last_seen_at: datetime, period: int) -> datetime:
    """The first instant a check is late."""
    return last_seen_at + timedelta(seconds=period)


def due_at(last_seen_at: datetime, period: int, grace: int) -> datetime:
    """The first instant a check is down; it is what an incident is dated by."""
    return last_seen_at + timedelta(seconds=period + grace)


def deadline(plan: Plan, state: State) -> datetime | None:
    """The check's deadline from its last beat and its run; none before the first beat."""
    since = state.counted_from
    if since is None or state.status == Status.PAUSED:
        return None
    expected = expected_at(plan, since)
    scheduled = expected and expected + timedelta(seconds=plan.grace)
    longest = plan.grace if plan.max_runtime is None else plan.max_runtime
    if state.started_at is None or not longest:
        return scheduled
    ends = state.started_at + timedelta(seconds=longest)
    return min(scheduled, ends) if scheduled else ends


def expected_at(plan: Plan, since: datetime) -> datetime | None:
    """When the next sign is expected after one; None where the schedule never comes again (B6).

    Nor is one where the period is 0: such a check is what it was last said to be.
    """
    if plan.schedule is None:
        return late_at(since, plan.period) if plan.period else None
    return expected_after(since, partial(next_tick, plan.schedule), timedelta(seconds=plan.grace))


def status_at(plan: Plan, state: State, at: datetime) -> Status:
    """How the check stands at an instant. What was never seen never lapses."""
    stored, since = Status(state.status), state.counted_from
    if stored != Status.UP or since is None:
        return stored
    if state.due_at is not None and at >= state.due_at:
        return Status.DOWN
    expected = expected_at(plan, since)
    return Status.LATE if expected and at >= expected else Status.UP


def early_tolerance(grace: timedelta, gap: timedelta) -> timedelta:
    """How far before an expected instant a beat still answers it."""
    return min(grace, gap / 10)


def expected_after(
    beat_at: datetime, tick_after: Callable[[datetime], datetime | None], grace: timedelta
) -> datetime | None:
    """The instant the next beat is expected at, on a schedule of ticks; None after the last.

    A job that starts ten seconds before its hour has answered that hour, not the one before.
    """
    tick = tick_after(beat_at)
    following = tick and tick_after(tick)
    if tick is None or following is None:
        return tick
    answered = tick - beat_at <= early_tolerance(grace, following - tick)
    return following if answered else tick


# -- what changes a check ------------------------------------------------------------------------


def advance(plan: Plan, state: State, beat: Beat) -> State:
    """The check after one more beat; a duplicate or a straggler leaves it as it is."""
    if is_duplicate(state, beat) or _is_straggler(state, beat):
        return state
    if state.status == Status.PAUSED and plan.manual_resume:
        return state
    if beat.signal == Signal.START and _is_known_run(state, beat):
        return state
    state = _after_signal(plan, _seen(state, beat), beat)
    return replace(state, due_at=deadline(plan, state))


def is_duplicate(state: State, beat: Beat) -> bool:
    """Whether this very report, or a later one of the same boot, was taken already."""
    return (
        beat.sequence is not None
        and state.sequence is not None
        and beat.boot_id == state.boot_id
        and beat.sequence <= state.sequence
    )


def lapse(state: State, evaluated_at: datetime, raise_at: datetime | None = None) -> State | None:
    """The check gone down, or None where it is not due yet. Its `due_at` dates the incident.

    `raise_at` is the later instant that a blind interval of ours grants.
    """
    if state.status != Status.UP or state.due_at is None:
        return None
    if evaluated_at < (raise_at or state.due_at):
        return None
    return replace(state, status=Status.DOWN)


def reschedule(plan: Plan, state: State, at: datetime) -> State:
    """The check under a new plan; a deadline that has thereby passed is now, not in the past."""
    fresh = deadline(plan, state)
    if fresh is not None and state.status == Status.UP:
        fresh = max(fresh, at)
    return replace(state, due_at=fresh)


def pause(state: State) -> State:
    """The check set aside: nothing is expected of it."""
    return replace(state, status=Status.PAUSED, due_at=None, started_at=None)


def resume(plan: Plan, state: State, at: datetime) -> State:
    """The check expected again, with a whole period and grace from now."""
    if state.status != Status.PAUSED:
        return state
    if state.last_seen_at is None:
        return replace(state, status=Status.NEW)
    state = replace(state, status=Status.UP, resumed_at=at, fails=0)
    return replace(state, due_at=deadline(plan, state))


def _is_straggler(state: State, beat: Beat) -> bool:
    return state.last_seen_at is not None and beat.at < state.last_seen_at


def _is_known_run(state: State, beat: Beat) -> bool:
    """Whether a start is repeated, or arrives after its own run's end, as retries do."""
    return bool(beat.run_id) and beat.run_id == state.run_id


def _seen(state: State, beat: Beat) -> State:
    sent = min(beat.sent_at, beat.at) if beat.sent_at is not None else None
    latest = max(filter(None, (sent, state.last_sent_at)), default=None)
    return replace(
        state,
        last_sent_at=latest,
        boot_id=beat.boot_id or state.boot_id,
        sequence=state.sequence if beat.sequence is None else beat.sequence,
        beats=state.beats + 1,
    )


def _after_signal(plan: Plan, state: State, beat: Beat) -> State:
    if beat.signal == Signal.START:
        return _started(state, beat)
    ended = beat.signal == Signal.FAIL or not beat.run_id or beat.run_id == state.run_id
    if ended or state.started_at is None:
        state = replace(state, started_at=None, run_id=beat.run_id or state.run_id)
    fails = state.fails + 1 if beat.signal == Signal.FAIL else 0
    down = fails >= plan.fail_threshold or (fails > 0 and state.status == Status.DOWN)
    status = Status.DOWN if down else Status.UP
    return replace(state, status=status, last_seen_at=beat.at, fails=fails)


def _started(state: State, beat: Beat) -> State:
    """A start is a sign of life only where there was none: the schedule waits for the end."""
    first = state.last_seen_at is None or state.status == Status.PAUSED
    return replace(
        state,
        status=Status.UP if first else state.status,
        last_seen_at=beat.at if first else state.last_seen_at,
        started_at=beat.at,
        run_id=beat.run_id,
    )


# -- our own outages -----------------------------------------------------------------------------


def shift_for_gap(
    due: datetime, gap_start: datetime, gap_end: datetime, period: int, grace: int
) -> datetime:
    """When a lapse may be raised, given that we ourselves saw nothing between two instants.

    The deadline itself stays what dates the incident; only the raising waits until the device has
    had a fair chance to report to us again.
    """
    if not gap_start <= due <= due_at(gap_end, period, grace):
        return due
    patience = min(timedelta(seconds=period), _MOST_PATIENCE) + timedelta(seconds=grace)
    return max(due, gap_end + patience)


def raise_at(
    due: datetime, gaps: Iterable[tuple[datetime, datetime]], period: int, grace: int
) -> datetime:
    """When a lapse may be raised, given all our blind intervals."""
    for start, end in sorted(gaps):
        due = shift_for_gap(due, start, end, period, grace)
    return due


def stream_clock(
    previous: datetime | None, committed_at: datetime | None, pulse_at: datetime | None = None
) -> datetime | None:
    """How far one stream has been seen: its last committed entry, or while it is idle a pulse.

    The clock never goes back; `pulse_at` is given only where nothing waits in the stream.
    """
    return max(filter(None, (previous, committed_at, pulse_at)), default=None)


def evaluation_time(clocks: Iterable[datetime | None]) -> datetime | None:
    """The instant lapses are judged at: as far as the slowest stream has been seen.

    A backlog thus delays judgement and never invents a silence. Nothing is judged while a stream
    has not been seen at all.
    """
    known = list(clocks)
    seen = [clock for clock in known if clock is not None]
    return min(seen) if seen and len(seen) == len(known) else None
