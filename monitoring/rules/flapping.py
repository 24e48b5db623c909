"""Something that goes down and up again and again is one story, not twelve.

The last twenty results are looked at; a change among them weighs more the newer it is. Above one
share of change a check flaps, and it does so until the share is under another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LOOK_BACK = 20


@dataclass(frozen=True, slots=True)
class Formula:
    """How much the oldest and the newest change weigh, and between which shares it flaps."""

    oldest: float
    newest: float
    starts: float
    stops: float


ICINGA = Formula(oldest=0.8, newest=1.18, starts=30.0, stops=25.0)
NAGIOS = Formula(oldest=0.75, newest=1.25, starts=30.0, stops=20.0)


def share(changes: Sequence[bool], formula: Formula = ICINGA) -> float:
    """The weighed percentage of change among the last results, the newest last."""
    last = changes[-LOOK_BACK:]
    step = (formula.newest - formula.oldest) / (LOOK_BACK - 1)
    first = LOOK_BACK - len(last)
    weights = (formula.oldest + step * (first + at) for at, changed in enumerate(last) if changed)
    return 100 * sum(weights) / LOOK_BACK


def flaps(was: bool, changes: Sequence[bool], formula: Formula = ICINGA) -> bool:
    """Whether it flaps after these results, given that it did or did not before."""
    value = share(changes, formula)
    return value > formula.stops if was else value > formula.starts


def results(
    changed_at: Iterable[datetime], period: int, now: datetime
) -> tuple[list[bool], datetime]:
    """A check's last results, rebuilt from the instants it changed; and when the last one was.

    Between two changes a result comes with every period, be it a beat or a missed one (F3): so a
    check that fell silent for good leaves this state as one that reports again does.
    """
    pace = timedelta(seconds=period)
    seen: list[bool] = []
    previous: datetime | None = None
    for at in sorted(changed_at):
        if previous is not None:
            seen += [False] * min(LOOK_BACK, max(0, -(-(at - previous) // pace) - 1))
        seen.append(True)
        previous = at
    if previous is None:
        return [False] * LOOK_BACK, now
    since = max(0, (now - previous) // pace)
    seen += [False] * min(LOOK_BACK, since)
    return seen[-LOOK_BACK:], previous + since * pace


def is_flapping(changed_at: Iterable[datetime], period: int, now: datetime, was: bool) -> bool:
    """Whether a check flaps now, from the instants it changed."""
    changes, _last = results(changed_at, period, now)
    return flaps(was, changes)


def calm_at(changed_at: Iterable[datetime], period: int, now: datetime) -> datetime:
    """When it will have stopped flapping, if nothing changes any more."""
    changes, last = results(changed_at, period, now)
    for steady in range(LOOK_BACK + 1):
        if not flaps(True, [*changes, *[False] * steady]):
            return last + timedelta(seconds=steady * period)
    return last + timedelta(seconds=LOOK_BACK * period)
