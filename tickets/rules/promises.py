"""All the clocks of one ticket, from what happened to it.

Which clock begins, waits, is kept or is given up when somebody writes, waits, raises or solves is
decided here and nowhere else. The state after each happening follows from the one before, so the
list of what happened is enough to rebuild every clock; telling a thing twice changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from typing import Any

from contracts.rules.calendar import SupportCalendar
from tickets.rules import clock as clocks
from tickets.rules.clock import Clock, Kind, Span

RESPONSE, UPDATE, RESOLUTION = "response", "update", "resolution"


class What(StrEnum):
    """What can happen to a ticket, as far as its promises mind."""

    OPENED = "opened"
    RECORDED = "recorded"
    CLIENT_WROTE = "client_wrote"
    ANSWERED = "answered"
    ACKNOWLEDGED = "acknowledged"
    WAITED = "waited"
    WENT_ON = "went_on"
    TERMS_CHANGED = "terms_changed"
    MOVED = "moved"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    MERGED = "merged"
    BEGAN_EARLIER = "began_earlier"
    VOIDED = "voided"
    NOTICED = "noticed"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised at the ticket's priority, and how it counts.

    `pausing` names the promises that stand still while we wait; `every` means that the client
    hears from us at an interval, whether they wrote or not; `grace` is what a raised priority
    still leaves.
    """

    calendar: SupportCalendar
    targets: Mapping[str, int]
    pausing: frozenset[str] = frozenset({RESOLUTION})
    every: bool = False
    grace: int = 0


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `terms` comes with `opened`, `terms_changed` and `moved`."""

    what: str
    at: datetime
    terms: Terms | None = None
    waiting: bool = False
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counting:
    """One clock of the ticket; of each promise only the one with the highest `cycle` counts."""

    target: str
    cycle: int
    calendar: SupportCalendar
    pauses: bool
    clock: Clock


@dataclass(frozen=True, slots=True)
class Promises:
    """Where a ticket's promises stand: `asked_at` is the client's oldest unanswered word."""

    terms: Terms | None
    clocks: tuple[Counting, ...] = field(default=())
    answered: bool = False
    asked_at: datetime | None = None
    waiting: bool = False
    ended: bool = False

    def latest(self, target: str) -> Counting | None:
        """The clock of a promise that counts now, or counted last."""
        found = [one for one in self.clocks if one.target == target]
        return max(found, key=lambda one: one.cycle, default=None)


def may_reopen(ended_at: datetime, at: datetime, days: int) -> bool:
    """Whether the same ticket may go on; later than this it becomes a linked new one (S14)."""
    return at <= ended_at + timedelta(days=days)


def fold(happenings: Iterable[Happening]) -> Promises | None:
    """Where the promises stand after all that happened, whatever order it is told in."""
    return reduce(advance, sorted(happenings, key=lambda one: one.at), None)


def advance(now: Promises | None, happening: Happening) -> Promises | None:
    """Where the promises stand after one more thing; what does not apply changes nothing."""
    if now is None:
        return _opened(happening) if happening.what == What.OPENED else None
    act = _ACTS.get(happening.what)
    return act(now, happening) if act else now


# -- how it begins -------------------------------------------------------------------------------


def _opened(one: Happening) -> Promises:
    begun = Promises(one.terms, waiting=one.waiting)
    return _start(_start(begun, RESPONSE, one.at), RESOLUTION, one.at)


def _recorded(now: Promises, one: Happening) -> Promises:
    """Written down after the work was done: nothing is said of any answer (S17)."""
    if now.ended:
        return now
    said = _tell(now, Kind.STOPPED, one.at, [RESPONSE, UPDATE])
    done = _tell(said, Kind.FULFILLED, one.at, [RESOLUTION])
    return replace(done, answered=True, asked_at=None, waiting=False, ended=True)


def _start(
    state: Promises, target: str, at: datetime, *, carried: int = 0, grace: int = 0
) -> Promises:
    """Begin a clock where the promise exists; one whose time was used before it began has grace."""
    terms = state.terms
    seconds = terms.targets.get(target) if terms else None
    if terms is None or not seconds:
        return state
    over = carried >= seconds
    clock = Clock(carried + grace if over else seconds, (Span(at),), carried=carried, raised=over)
    before = state.latest(target)
    cycle = before.cycle + 1 if before else 1
    begun = Counting(target, cycle, terms.calendar, target in terms.pausing, clock)
    state = replace(state, clocks=(*state.clocks, begun))
    return _tell(state, Kind.PAUSED, at, [target]) if state.waiting and begun.pauses else state


# -- what is said --------------------------------------------------------------------------------


def _wrote(now: Promises, one: Happening) -> Promises:
    """The oldest word nobody answered counts; who writes again is not put back in line (S11)."""
    asked = replace(now, asked_at=now.asked_at or one.at)
    return asked if now.ended else _owe_update(asked, one.at)


def _answered(now: Promises, one: Happening) -> Promises:
    told = _tell(now, Kind.FULFILLED, one.at, [RESPONSE])
    if not _began_now(told, one.at):
        told = _tell(told, Kind.FULFILLED, one.at, [UPDATE])
    told = replace(told, answered=True, asked_at=None)
    return told if told.ended else _owe_update(told, one.at)


def _acknowledged(now: Promises, one: Happening) -> Promises:
    """Somebody is on it; what the client wrote is still to be answered."""
    if now.answered:
        return now
    told = replace(_tell(now, Kind.FULFILLED, one.at, [RESPONSE]), answered=True)
    return told if told.ended else _owe_update(told, one.at)


def _owe_update(state: Promises, at: datetime) -> Promises:
    """The next word is owed from now on, once the first was given and if none is owed yet."""
    if not state.answered or state.terms is None:
        return state
    if not state.terms.every and state.asked_at is None:
        return state
    before = state.latest(UPDATE)
    owed = before is not None and not before.clock.done
    return state if owed else _start(state, UPDATE, at)


def _began_now(state: Promises, at: datetime) -> bool:
    """Whether the update clock began with this very answer, which is then told again."""
    before = state.latest(UPDATE)
    every = state.terms is not None and state.terms.every
    spans = before.clock.spans if before else ()
    return every and bool(spans) and spans[0].started_at == at


# -- where it stands -----------------------------------------------------------------------------


def _waited(now: Promises, one: Happening) -> Promises:
    if now.ended:
        return now
    return replace(_tell(now, Kind.PAUSED, one.at, _pausing(now)), waiting=True)


def _went_on(now: Promises, one: Happening) -> Promises:
    if now.ended:
        return now
    return replace(_tell(now, Kind.RESUMED, one.at, _pausing(now)), waiting=False)


def _pausing(now: Promises) -> list[str]:
    current = (now.latest(target) for target in _TARGETS)
    return [one.target for one in current if one is not None and one.pauses]


def _resolved(now: Promises, one: Happening) -> Promises:
    """Solving is the answer to everything that was asked (S10, S12)."""
    told = _tell(now, Kind.FULFILLED, one.at, _TARGETS)
    return replace(told, answered=True, asked_at=None, waiting=False, ended=True)


def _reopened(now: Promises, one: Happening) -> Promises:
    """What was left of the fix runs on; a miss stays one (S14)."""
    if not now.ended:
        return now
    told = replace(_tell(now, Kind.REOPENED, one.at, [RESOLUTION]), ended=False)
    return _owe_update(told, one.at)


def _merged(now: Promises, one: Happening) -> Promises:
    return replace(_tell(now, Kind.STOPPED, one.at, _TARGETS), ended=True)


def _began_earlier(now: Promises, one: Happening) -> Promises:
    return _tell(now, Kind.BEGAN_EARLIER, one.at, [RESPONSE, RESOLUTION], since=one.since)


def _voided(now: Promises, one: Happening) -> Promises:
    """A wait that should not have been: the clocks ran on meanwhile."""
    facts = {"since": one.since, "until": one.until}
    return _tell(now, Kind.VOIDED, one.at, _pausing(now), **facts)


def _noticed(now: Promises, one: Happening) -> Promises:
    return _tell(now, "noticed", one.at, _TARGETS)


# -- what is promised ----------------------------------------------------------------------------


def _terms_changed(now: Promises, one: Happening) -> Promises:
    """Another priority: what was used stays used, the target is the new one's (S9)."""
    state = replace(now, terms=one.terms)
    targets = one.terms.targets if one.terms else {}
    grace = one.terms.grace if one.terms else 0
    for target in _TARGETS:
        before = now.latest(target)
        if before is None or before.clock.done:
            continue
        if target in targets:
            facts = {"target": targets[target], "grace": grace}
            state = _tell(state, Kind.TARGET_CHANGED, one.at, [target], **facts)
        else:
            state = _tell(state, Kind.STOPPED, one.at, [target])
    return _newly_promised(state, one.at)


def _moved(now: Promises, one: Happening) -> Promises:
    """Another promise takes over what is open: used time is carried, old verdicts stay (S7)."""
    if now.terms == one.terms:
        return now
    state = replace(now, terms=one.terms)
    for target in _TARGETS:
        before = now.latest(target)
        if before is None or before.clock.done:
            continue
        state = _tell(state, Kind.STOPPED, one.at, [target])
        stopped = state.latest(target)
        if stopped is not None:
            state = _taken_over(state, stopped, one)
    return _newly_promised(state, one.at)


def _taken_over(state: Promises, stopped: Counting, one: Happening) -> Promises:
    """No grace where the old promise was missed: a miss is not washed off by moving the ticket."""
    used = clocks.consumed_of(stopped.calendar, stopped.clock, one.at)
    grace = one.terms.grace if one.terms and stopped.clock.missed_at is None else 0
    return _start(state, stopped.target, one.at, carried=used, grace=grace)


def _newly_promised(state: Promises, at: datetime) -> Promises:
    """What nobody promised before begins to count now, unless it is done."""
    if state.ended:
        return state
    if not state.answered and _is_off(state, RESPONSE):
        state = _again(state, RESPONSE, at)
    if _is_off(state, RESOLUTION):
        state = _again(state, RESOLUTION, at)
    return _owe_update(state, at)


def _is_off(state: Promises, target: str) -> bool:
    before = state.latest(target)
    return before is None or before.clock.stopped_at is not None


def _again(state: Promises, target: str, at: datetime) -> Promises:
    before = state.latest(target)
    used = clocks.consumed_of(before.calendar, before.clock, at) if before else 0
    grace = state.terms.grace if state.terms else 0
    return _start(state, target, at, carried=used, grace=grace)


# -- telling the clocks --------------------------------------------------------------------------


def _tell(
    state: Promises, kind: str, at: datetime, targets: Iterable[str], **facts: Any
) -> Promises:
    for target in targets:
        before = state.latest(target)
        if before is None:
            continue
        after = clocks.advance(before.calendar, before.clock, clocks.Event(kind, at, **facts))
        if after is not None and after != before.clock:
            state = _put(state, before, after)
    return state


def _put(state: Promises, before: Counting, after: Clock) -> Promises:
    kept = tuple(
        replace(one, clock=after)
        if (one.target, one.cycle) == (before.target, before.cycle)
        else one
        for one in state.clocks
    )
    return replace(state, clocks=kept)


_TARGETS = (RESPONSE, UPDATE, RESOLUTION)
_ACTS: Mapping[str, Callable[[Promises, Happening], Promises]] = {
    What.RECORDED: _recorded,
    What.CLIENT_WROTE: _wrote,
    What.ANSWERED: _answered,
    What.ACKNOWLEDGED: _acknowledged,
    What.WAITED: _waited,
    What.WENT_ON: _went_on,
    What.TERMS_CHANGED: _terms_changed,
    What.MOVED: _moved,
    What.RESOLVED: _resolved,
    What.REOPENED: _reopened,
    What.MERGED: _merged,
    What.BEGAN_EARLIER: _began_earlier,
    What.VOIDED: _voided,
    What.NOTICED: _noticed,
}
