"""A service level's clock: a target, a calendar and the stretches it ran.

Deadlines are derived from what ran, never shifted, so a pause costs exactly the open time it
covers. The whole clock can be rebuilt from the list of what happened to the ticket; telling it the
same thing twice changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce

from contracts.rules import calendar as business
from contracts.rules.calendar import NeverOpens, SupportCalendar

DEFAULT_THRESHOLDS = (70, 90, 100)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch the clock ran; still running while it has no end."""

    started_at: datetime
    ended_at: datetime | None = None


class Kind(StrEnum):
    """What can happen to a clock."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    FULFILLED = "fulfilled"
    REOPENED = "reopened"
    TARGET_CHANGED = "target_changed"
    STOPPED = "stopped"
    BEGAN_EARLIER = "began_earlier"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a clock.

    `target` comes with `started` and `target_changed`; `grace` is the open time still granted when
    a shorter target would already be over; `carried` is what an earlier agreement's clock had
    used when this one took over; `since` is the instant the trouble turned out to have begun, or
    the beginning of a wait that is voided, which ends at `until`.
    """

    kind: str
    at: datetime
    target: int = 0
    grace: int = 0
    carried: int = 0
    since: datetime | None = None
    until: datetime | None = None


class State(StrEnum):
    """What a clock says at an instant. A miss stays a miss, also after the work is done."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock as its events left it. `target` holds any grace that was granted."""

    target: int
    spans: tuple[Span, ...]
    carried: int = 0
    fulfilled_at: datetime | None = None
    missed_at: datetime | None = None
    stopped_at: datetime | None = None
    raised: bool = False

    @property
    def running(self) -> bool:
        """Whether its time is being used right now."""
        return bool(self.spans) and self.spans[-1].ended_at is None

    @property
    def done(self) -> bool:
        """Whether nothing more is expected."""
        return self.fulfilled_at is not None or self.stopped_at is not None


# -- what spans give -----------------------------------------------------------------------------


def consumed(
    calendar: SupportCalendar, spans: Iterable[Span], at: datetime, *, carried: int = 0
) -> int:
    """The open seconds used up to an instant."""
    used = carried
    for span in spans:
        end = at if span.ended_at is None else min(span.ended_at, at)
        used += business.elapsed(calendar, span.started_at, end)
    return used


def due(
    calendar: SupportCalendar, spans: Iterable[Span], target: int, *, carried: int = 0
) -> datetime | None:
    """The instant the target is, or was, used up; None while it is paused with time left.

    None also where the hours never open again, since then it can never be missed.
    """
    try:
        return _used_up(calendar, spans, target - carried)
    except NeverOpens:
        return None


def _used_up(calendar: SupportCalendar, spans: Iterable[Span], left: int) -> datetime | None:
    for span in spans:
        if left <= 0:
            return business.add(calendar, span.started_at, 0)
        if span.ended_at is None:
            return business.add(calendar, span.started_at, left)
        used = business.elapsed(calendar, span.started_at, span.ended_at)
        if used >= left:
            return business.add(calendar, span.started_at, left)
        left -= used
    return None


def thresholds(
    calendar: SupportCalendar,
    spans: Sequence[Span],
    target: int,
    percents: Iterable[int] = DEFAULT_THRESHOLDS,
    *,
    carried: int = 0,
) -> dict[int, datetime | None]:
    """When each share of the target is, or was, used; None where a pause keeps it open."""
    return {
        percent: due(calendar, spans, target * percent // 100, carried=carried)
        for percent in percents
    }


def next_threshold(
    calendar: SupportCalendar,
    clock: Clock,
    percents: Iterable[int] = DEFAULT_THRESHOLDS,
    fired: Mapping[int, int] | None = None,
) -> tuple[int, datetime] | None:
    """The first share still to be told, and when.

    `fired` names the target each share was told for: a share is told again only once the target
    has grown.
    """
    if clock.done:
        return None
    told = fired or {}
    open_shares = [percent for percent in percents if told.get(percent, -1) < clock.target]
    reached = thresholds(
        calendar, clock.spans, clock.target, sorted(open_shares), carried=clock.carried
    )
    return next(((percent, at) for percent, at in reached.items() if at is not None), None)


# -- what events give ----------------------------------------------------------------------------


def fold(calendar: SupportCalendar, events: Iterable[Event]) -> Clock | None:
    """The clock that a ticket's events leave, whatever order they arrive in."""
    return reduce(
        lambda clock, event: advance(calendar, clock, event),
        sorted(events, key=lambda event: (event.at, event.kind != Kind.STARTED)),
        None,
    )


def advance(calendar: SupportCalendar, clock: Clock | None, event: Event) -> Clock | None:
    """The clock after one more event; what does not apply to it changes nothing."""
    if clock is None:
        if event.kind != Kind.STARTED:
            return None
        return Clock(event.target, (Span(event.at),), carried=event.carried)
    if event.kind == Kind.VOIDED:
        return _voided(calendar, clock, event)
    return _moved(calendar, _noticed(calendar, clock, event.at), event)


def _moved(calendar: SupportCalendar, clock: Clock, event: Event) -> Clock:
    match event.kind:
        case Kind.PAUSED if clock.running:
            return replace(clock, spans=_closed(clock.spans, event.at))
        case Kind.RESUMED if not clock.running and not clock.done:
            return replace(clock, spans=(*clock.spans, Span(event.at)))
        case Kind.FULFILLED if not clock.done:
            return replace(clock, spans=_closed(clock.spans, event.at), fulfilled_at=event.at)
        case Kind.REOPENED if clock.fulfilled_at is not None:
            return replace(clock, spans=(*clock.spans, Span(event.at)), fulfilled_at=None)
        case Kind.TARGET_CHANGED if not clock.done:
            # Without grace the shorter target may be over already, and then it is missed at once.
            return _noticed(calendar, _retargeted(calendar, clock, event), event.at)
        case Kind.STOPPED if not clock.done:
            return replace(clock, spans=_closed(clock.spans, event.at), stopped_at=event.at)
        case Kind.BEGAN_EARLIER if not clock.done:
            return _noticed(calendar, _begun(clock, event.since), event.at)
    return clock


def _begun(clock: Clock, since: datetime | None) -> Clock:
    """The clock as if it had started earlier; time before its first start is never given back."""
    if since is None or not clock.spans or since >= clock.spans[0].started_at:
        return clock
    first = replace(clock.spans[0], started_at=since)
    return replace(clock, spans=(first, *clock.spans[1:]))


def _voided(calendar: SupportCalendar, clock: Clock, event: Event) -> Clock:
    """What was stopped is judged neither way, whatever is learned of its waits."""
    if clock.stopped_at is not None:
        return clock
    return _judged_anew(calendar, _filled(clock, event), event.at)


def _filled(clock: Clock, event: Event) -> Clock:
    """The clock as if it had run on while it stood still: a wait that should not have been."""
    since, until = event.since, event.until or event.at
    if since is None or since >= until:
        return clock
    ends_at = min(until, clock.fulfilled_at or until)
    spans = [*clock.spans, Span(since, ends_at)] if since < ends_at else list(clock.spans)
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.started_at):
        before = joined[-1] if joined else None
        if before is None or (before.ended_at is not None and before.ended_at < span.started_at):
            joined.append(span)
        elif before.ended_at is not None:
            ended = None if span.ended_at is None else max(before.ended_at, span.ended_at)
            joined[-1] = Span(before.started_at, ended)
    return replace(clock, spans=tuple(joined))


def _judged_anew(calendar: SupportCalendar, clock: Clock, at: datetime) -> Clock:
    """The verdict that follows from what ran; a miss that stands is never taken back."""
    deadline = due_of(calendar, clock)
    ended_at = clock.fulfilled_at or at
    if deadline is None or _whole(ended_at) <= deadline:
        return clock
    missed_at = min(deadline, clock.missed_at or deadline)
    return replace(clock, missed_at=missed_at)


def _noticed(calendar: SupportCalendar, clock: Clock, at: datetime) -> Clock:
    """Record a miss before anything later can cover it up."""
    if clock.done or clock.missed_at is not None:
        return clock
    deadline = due_of(calendar, clock)
    late = deadline is not None and _whole(at) > deadline
    return replace(clock, missed_at=deadline) if late else clock


def _retargeted(calendar: SupportCalendar, clock: Clock, event: Event) -> Clock:
    """Keep what was used and swap the target.

    A shorter target that is already over leaves the grace, yet never more than there was before.
    """
    if event.target >= clock.target:
        return replace(clock, target=event.target)
    used = consumed_of(calendar, clock, event.at)
    kept = min(clock.target, used + event.grace)
    return replace(clock, target=max(event.target, kept), raised=used >= event.target)


def _closed(spans: tuple[Span, ...], at: datetime) -> tuple[Span, ...]:
    if not spans or spans[-1].ended_at is not None:
        return spans
    if at <= spans[-1].started_at:
        return spans[:-1]
    return (*spans[:-1], replace(spans[-1], ended_at=at))


# -- what a clock says ---------------------------------------------------------------------------


def due_of(calendar: SupportCalendar, clock: Clock) -> datetime | None:
    """The clock's deadline; None while it is paused with time left."""
    return due(calendar, clock.spans, clock.target, carried=clock.carried)


def consumed_of(calendar: SupportCalendar, clock: Clock, at: datetime) -> int:
    """The open seconds the clock has used at an instant."""
    return consumed(calendar, clock.spans, at, carried=clock.carried)


def remaining(calendar: SupportCalendar, clock: Clock, at: datetime) -> int:
    """The open seconds left at an instant; below zero once the target is exceeded."""
    return clock.target - consumed_of(calendar, clock, at)


def fraction(calendar: SupportCalendar, clock: Clock, at: datetime) -> float:
    """The share of the target that is used; above one once it is exceeded."""
    return consumed_of(calendar, clock, at) / clock.target if clock.target else 1.0


def state(calendar: SupportCalendar, clock: Clock, at: datetime) -> State:
    """What the clock says at an instant."""
    if clock.stopped_at is not None:
        return State.STOPPED
    if _noticed(calendar, clock, at).missed_at is not None:
        return State.MISSED
    if clock.fulfilled_at is not None:
        return State.MET
    return State.RUNNING if clock.running else State.PAUSED


def _whole(at: datetime) -> datetime:
    return at - at.microsecond * timedelta(microseconds=1)
