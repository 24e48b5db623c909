"""How a clock looks on a page: one state, one time, one share."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.rules.calendar import SupportCalendar
from tickets.rules.clock import Clock, State, consumed_of, due_of, state

_RISK_SHARE, _RISK_SECONDS = 15, 20 * 60
_SOON_SHARE, _SOON_SECONDS = 30, 60 * 60


class Look(StrEnum):
    """The states a person sees, from done to far away."""

    MET = "met"
    LATE = "late"
    PAUSED = "paused"
    RISK = "risk"
    SOON = "soon"
    OK = "ok"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Face:
    """What to draw: the look, the open seconds used and left (below zero: over), the deadline."""

    look: Look
    used: int
    left: int
    target: int
    due_at: datetime | None

    @property
    def share(self) -> float:
        """How much of the ring is filled, from nothing to one."""
        return min(1.0, self.used / self.target) if self.target else 1.0


def face(calendar: SupportCalendar, clock: Clock, at: datetime) -> Face:
    """The clock as it looks at an instant."""
    used = consumed_of(calendar, clock, at)
    left = clock.target - used
    look = _look(state(calendar, clock, at), left, clock.target)
    return Face(look, used, left, clock.target, due_of(calendar, clock))


def _look(judged: State, left: int, target: int) -> Look:
    if judged is State.MISSED:
        return Look.LATE
    if judged is not State.RUNNING:
        return Look(judged)
    if left <= _RISK_SECONDS or left * 100 <= target * _RISK_SHARE:
        return Look.RISK
    if left <= _SOON_SECONDS or left * 100 <= target * _SOON_SHARE:
        return Look.SOON
    return Look.OK
