"""A batch of reports laid on one check.

`lapse.advance` says what one beat changes. Of a thousand ordinary beats in a row only the first and
the last change anything, so the ones between are only counted. What the sweep would have found
between two beats, had it been in time, is found here: an outage that is over is still an outage.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from msgspec.structs import replace

from monitoring.rules.lapse import Beat, Plan, Signal, State, Status, advance
from monitoring.rules.sources.report import OLDEST, Report

LOG = "log"
_JUDGED = (Status.UP, Status.DOWN)
Granted = Callable[[datetime], datetime]


@dataclass(frozen=True, slots=True)
class Change:
    """The check's status from an instant on.

    `missed` marks both ends of an outage that was over before the sweep came by: it is part of the
    past, and nobody needs to be called.
    """

    status: str
    at: datetime
    missed: bool = False
    text: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Late:
    """How the check was at an instant of the past, told when we knew already how it is."""

    at: datetime
    status: str
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Folded:
    """The check after the batch, what it went through, and how long the last run took; and what
    the batch says of a time before that is judged already.
    """

    state: State
    changes: tuple[Change, ...]
    duration: timedelta | None = None
    late: tuple[Late, ...] = ()


def fold(
    plan: Plan, state: State, since: datetime | None, reports: Sequence[Report], granted: Granted
) -> Folded:
    """Lay the reports on the check in the order they were received, or their sender dates them.

    `since` is when its present status began; `granted` moves a deadline to where our own blind
    intervals put it.
    """
    changes: list[Change] = []
    stale: list[tuple[Report, State]] = []
    duration: timedelta | None = None
    reports = _in_their_order(reports)
    at, count = 0, len(reports)
    while at < count:
        report = reports[at]
        at += 1
        beat = beat_of(report)
        if report.signal == LOG:
            continue
        before, state = state, advance(plan, state, beat)
        if state is before:
            stale.append((report, before))
            continue  # it changes nothing now, so it ends no silence either
        due = _missed(before, report, granted)
        if due:
            changes.append(Change(Status.DOWN, due, missed=True))
            before = replace(before, status=Status.DOWN)
            state = advance(plan, before, beat)
        if before.started_at is not None and state.started_at is None:
            duration = report.at - before.started_at
        _note(before, state, report, since, changes)
        ordinary = plan.schedule is None and _is_ordinary(state, report)
        last = _end_of_run(plan, reports, at) if ordinary else at
        if last > at:
            state = advance(plan, state, beat_of(reports[last - 1]))
            state = replace(state, beats=state.beats + last - at - 1)
            at = last
    late = _late(stale) if plan.fail_threshold == 1 else ()
    return Folded(state, tuple(changes), duration, late)


def _in_their_order(reports: Sequence[Report]) -> Sequence[Report]:
    """What a sender dates itself comes in the order it happened, whatever the wire made of it."""
    if any(one.since is None or one.sequence is None for one in reports):
        return reports
    ordered = sorted(reports, key=lambda one: one.sequence or 0)
    heard = accumulate((one.at for one in ordered), max)
    return [replace(one, at=at) for one, at in zip(ordered, heard, strict=True)]


def _late(stale: Sequence[tuple[Report, State]]) -> tuple[Late, ...]:
    """What reports that change nothing any more say of before."""
    return tuple(
        Late(
            report.since, Status.DOWN if report.signal == Signal.FAIL else Status.UP,
            known.last_seen_at or report.at,
        )
        for report, known in stale
        if report.since and report.sequence is not None
        and timedelta() <= report.at - report.since <= OLDEST
    )  # fmt: skip


def woven(
    past: Sequence[tuple[datetime, str]], late: Sequence[Late], status: str
) -> list[tuple[datetime, str]]:
    """A check's changes with those that were told late put among them.

    Monit says how things stand as soon as it reaches us, and only then what happened while it did
    not, one thing after the other. What is not followed by its end ends where we knew better, until
    the end is told too. The beginning of a present outage stays: its incident is dated by it.
    """
    line = list(past)
    present = line[-1] if line and status == Status.DOWN else None
    for one in sorted(late, key=lambda one: one.at):
        place = bisect_right(line, one.at, key=lambda change: change[0])
        if not place or line[place - 1][1] not in _JUDGED or line[place - 1][1] == one.status:
            continue
        line.insert(place, (one.at, one.status))
        after = line[place + 1] if place + 1 < len(line) else None
        if after is None:
            if one.status != status:
                line.append((max(one.at, one.known_at), status))
        elif after[1] == one.status and after != present:
            del line[place + 1]
    return line


def beat_of(report: Report) -> Beat:
    """The report as the rules want it. A sequence counts only within one boot."""
    sequence = report.sequence if report.boot_id else None
    return Beat(report.at, report.signal, report.run_id, report.sent_at, report.boot_id, sequence)


def _missed(state: State, report: Report, granted: Granted) -> datetime | None:
    """The deadline that passed in the silence before this report, unseen by the sweep."""
    due = state.due_at
    if state.status != Status.UP or due is None:
        return None
    return due if report.at >= due and report.at >= granted(due) else None


def _note(
    before: State, after: State, report: Report, since: datetime | None, changes: list[Change]
) -> None:
    if after.status == before.status:
        return
    began = changes[-1].at if changes else since
    became = _became(report)
    at = max(became, began) if began else became
    missed = after.status == Status.UP and bool(changes) and changes[-1].missed
    changes.append(Change(str(after.status), at, missed, report.text, report.severity))


def _became(report: Report) -> datetime:
    """When it became so: as the sender says where that is believable, else when we heard of it."""
    said = report.since
    return said if said and timedelta() <= report.at - said <= OLDEST else report.at


def told(changes: Sequence[Change]) -> list[Change]:
    """The changes somebody is told of: all but outages that were over before we looked."""
    kept: list[Change] = []
    for change in changes:
        if change.missed and change.status == Status.UP:
            kept.pop()
        else:
            kept.append(change)
    return kept


def _is_ordinary(state: State, report: Report) -> bool:
    return (
        report.signal == Signal.OK
        and not report.run_id
        and state.status == Status.UP
        and state.started_at is None
    )


def _end_of_run(plan: Plan, reports: Sequence[Report], at: int) -> int:
    """Where the stretch of beats ends that only carry on what the one before `at` said."""
    longest = timedelta(seconds=plan.period + plan.grace)
    previous = reports[at - 1]
    while at < len(reports):
        report = reports[at]
        carries_on = (
            report.signal == Signal.OK
            and not report.run_id
            and report.boot_id == previous.boot_id
            and timedelta() <= report.at - previous.at < longest
            and _follows(previous.sequence, report.sequence)
        )
        if not carries_on:
            break
        previous = report
        at += 1
    return at


def _follows(before: int | None, after: int | None) -> bool:
    if before is None or after is None:
        return before is after
    return after > before
