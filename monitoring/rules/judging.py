"""Whether somebody is told of a problem now, later, or not at all.

What happens is always written down; only the telling is held back, and the end of a problem is
told to those who heard of its beginning. When the quiet is over, what counts is what was told
before it: a problem that is still the same is nothing new.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SEVERITIES = ("warning", "major", "critical")
_RANK = {severity: rank for rank, severity in enumerate(SEVERITIES, 1)}


class Reason(StrEnum):
    """Why it is quiet, the weightiest first."""

    MAINTENANCE = "maintenance"
    FLAPPING = "flapping"
    BEHIND = "behind"  # what it stands behind is down
    SETTLING = "settling"  # what it stands behind may be about to be


class Verdict(StrEnum):
    """What follows for an incident."""

    TELL = "tell"
    WORSE = "worse"
    OVER = "over"
    WAIT = "wait"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nobody is called before an instant. Without one it lasts until what it waits for happens."""

    reason: Reason
    until: datetime | None = None

    @property
    def keeps_the_end(self) -> bool:
        """Whether an end is told only afterwards: it may not be one (H3, F4)."""
        return self.reason in (Reason.MAINTENANCE, Reason.FLAPPING)


@dataclass(frozen=True, slots=True)
class Problem:
    """How it stands, and how grave it was when somebody was last told; `told` is empty before."""

    bad: bool
    severity: str
    told: str = ""


def judge(problem: Problem, quiet: Quiet | None) -> Verdict:
    """What follows now."""
    if not problem.bad:
        return Verdict.WAIT if problem.told and quiet and quiet.keeps_the_end else Verdict.OVER
    if quiet:
        return Verdict.WAIT
    if not problem.told:
        return Verdict.TELL
    return Verdict.WORSE if worse(problem.severity, problem.told) else Verdict.STAY


def worse(severity: str, than: str) -> bool:
    """Whether one severity is graver than another; anything is graver than none."""
    return _RANK.get(severity, 0) > _RANK.get(than, 0)


def gravest(*severities: str) -> str:
    """The gravest of some severities."""
    return max(severities, key=lambda one: _RANK.get(one, 0))
