"""What the last weeks would have raised under another rule, beside what they did raise.

Silence is replayed from its ends: an outage under the rule of then tells when the last sign came
before it, and another patience puts the deadline elsewhere. A shorter one may also find pauses that
were none before; they are looked for among the instants values arrived at. Values are replayed one
by one through the very rule that judged them. So the same rule gives the same past, exactly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise, takewhile, zip_longest

from monitoring.rules.judging import worse
from monitoring.rules.lapse import expected_after
from monitoring.rules.schedules import Schedule, next_tick, ticks
from monitoring.rules.thresholds import CRITICAL, OK, Limits, Watch, advance

SETTLE = timedelta(seconds=60)  # what stands behind something waits that long for it (G4)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something raised: since when, until when (None: it lasts), and how grave it became.

    `told_at` is when somebody was called; None where nobody was, because something it stands behind
    was the cause all the time. `fixed` marks one that no rule of this kind moves: it said itself
    that it failed.
    """

    began_at: datetime
    ended_at: datetime | None
    severity: str = ""
    told_at: datetime | None = None
    fixed: bool = False

    def overlaps(self, other: "Problem") -> bool:
        """Whether both are about the same time."""
        first, second = sorted((self, other), key=lambda one: one.began_at)
        return first.ended_at is None or second.began_at <= first.ended_at


def silences(
    problems: Sequence[Problem], before: timedelta, after: timedelta, now: datetime,
    signs: Sequence[datetime] = (),
) -> list[Problem]:  # fmt: skip
    """Outages under another patience; from the last sign to the deadline was `before`, is `after`.

    `signs` are instants something was heard at, as far as they are kept.
    """
    found = []
    for one in problems:
        began = one.began_at if one.fixed else one.began_at - before + after
        if (one.ended_at is None and began <= now) or (one.ended_at and began <= one.ended_at):
            found.append(replace(one, began_at=began, told_at=began))
    if after < before:
        found += _new_ones(signs, after, [_whole(one, before) for one in problems])
    return sorted(found, key=lambda one: one.began_at)


def _whole(problem: Problem, patience: timedelta) -> Problem:
    """The outage with the silence before its deadline."""
    return problem if problem.fixed else replace(problem, began_at=problem.began_at - patience)


def _new_ones(
    signs: Sequence[datetime], patience: timedelta, known: Sequence[Problem]
) -> list[Problem]:
    """Pauses longer than the patience that lie in no outage that is known."""
    found = []
    for last, following in pairwise(sorted(signs)):
        inside = any(
            one.began_at < following and (one.ended_at is None or one.ended_at > last)
            for one in known
        )
        if following - last >= patience and not inside:
            found.append(Problem(last + patience, following, told_at=last + patience))
    return found


def kept_ticks(
    schedule: Schedule,
    grace: timedelta,
    problems: Sequence[Problem],
    since: datetime,
    now: datetime,
) -> list[datetime]:
    """When a job was heard of as far as its outages tell: at each tick that no outage missed, and
    where one ended."""
    missed = [one for one in problems if not one.fixed]
    ends = [one.ended_at for one in missed if one.ended_at]
    kept = []
    for tick in takewhile(lambda tick: tick <= now, ticks(schedule, since)):
        due = tick + grace
        gone = any(
            one.began_at <= due and (one.ended_at is None or due < one.ended_at) for one in missed
        )
        if not gone:
            kept.append(tick)
    return sorted({*kept, *ends})


def scheduled(
    signs: Sequence[datetime], schedule: Schedule, grace: timedelta, now: datetime,
    problems: Sequence[Problem] = (),
) -> list[Problem]:  # fmt: skip
    """What another schedule would have raised, the job running when it did; said failures stay."""
    found = [one for one in problems if one.fixed]
    tick = partial(next_tick, schedule)
    for last, following in zip_longest(signs, signs[1:]):
        expected = expected_after(last, tick, grace)
        due = expected + grace if expected else None
        if due is not None and due <= (following or now):
            found.append(Problem(due, following, told_at=due))
    return sorted(found, key=lambda one: one.began_at)


def values(
    samples: Iterable[tuple[datetime, float]], limits: Limits, severe: str = "critical"
) -> list[Problem]:
    """What some limits make of samples in their order; `severe` is how grave the worse level is."""
    watch, since, gravest = Watch(), None, ""
    found: list[Problem] = []
    for at, value in samples:
        was = watch.level
        watch = advance(limits, watch, at, value)
        if watch.level == OK:
            if since is not None:
                found.append(Problem(since, at, gravest, told_at=since))
            since, gravest = None, ""
            continue
        severity = severe if watch.level == CRITICAL else "warning"
        if since is None:
            since = at
        if was != watch.level and worse(severity, gravest):
            gravest = severity
    if since is not None:
        found.append(Problem(since, None, gravest, told_at=since))
    return found


def behind(
    problems: Sequence[Problem], parents: Sequence[Problem], interval: timedelta
) -> list[Problem]:
    """The same problems of something that stands behind another: who was called, and when (G4, G5).

    One that begins while the parent is down, or up to a minute before, waits for it. What lasts
    longer than the parent's trouble and one interval of its own is told then.
    """
    return [replace(one, told_at=_told(one, parents, interval)) for one in problems]


def _told(one: Problem, parents: Sequence[Problem], interval: timedelta) -> datetime | None:
    causes = [
        cause
        for cause in parents
        if cause.began_at - SETTLE <= one.began_at
        and (cause.ended_at is None or one.began_at < cause.ended_at)
    ]
    if not causes:
        return one.began_at
    if any(cause.ended_at is None for cause in causes):
        return None
    over = max(cause.ended_at for cause in causes if cause.ended_at) + interval
    return over if one.ended_at is None or over < one.ended_at else None


@dataclass(frozen=True, slots=True)
class Pair:
    """What was beside what would have been; one of them may be missing."""

    was: Problem | None
    would: Problem | None

    @property
    def same(self) -> bool:
        """Whether the other rule changes nothing about it."""
        return (
            self.was is not None
            and self.would is not None
            and (self.was.began_at, self.was.ended_at, self.was.told_at)
            == (self.would.began_at, self.would.ended_at, self.would.told_at)
        )

    @property
    def later(self) -> timedelta | None:
        """How much later somebody would have been called; before it is below zero."""
        if not (self.was and self.would and self.was.told_at and self.would.told_at):
            return None
        return self.would.told_at - self.was.told_at


def compared(was: Sequence[Problem], would: Sequence[Problem]) -> list[Pair]:
    """Both pasts side by side, the newest first; what overlaps is the same problem."""
    left = list(would)
    pairs = []
    for one in was:
        match = next((other for other in left if one.overlaps(other)), None)
        if match is not None:
            left.remove(match)
        pairs.append(Pair(one, match))
    pairs += [Pair(None, other) for other in left]

    def began(pair: Pair) -> datetime:
        found = pair.was or pair.would
        assert found is not None
        return found.began_at

    return sorted(pairs, key=began, reverse=True)


def in_words(pairs: Sequence[Pair]) -> str:
    """`3 calls become 1; 1 comes 4 minutes later.`"""
    was = sum(pair.was is not None and pair.was.told_at is not None for pair in pairs)
    would = sum(pair.would is not None and pair.would.told_at is not None for pair in pairs)
    if all(pair.same for pair in pairs):
        return f"Nothing changes: {_calls(was)}, the same to the second."
    later = [pair.later for pair in pairs if pair.later]
    moved = ""
    if later:
        worst = max(later, key=abs)
        minutes = round(abs(worst) / timedelta(minutes=1), 1)
        word = "later" if worst > timedelta() else "earlier"
        moved = f" {len(later)} would come at another time, by up to {minutes:g} minutes {word}."
    return f"{_calls(was).capitalize()} would be {_calls(would)}.{moved}"


def _calls(count: int) -> str:
    return "no call" if not count else f"{count} call{'s' if count > 1 else ''}"
