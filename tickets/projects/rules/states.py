"""A project's life, and what may be done to it and to its milestones at each time of it."""

from enum import StrEnum


class State(StrEnum):
    """Planned until it is started; done or cancelled ends it, and done may be taken up again."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class Fee(StrEnum):
    """What a project is paid by: its milestones, the hours worked, or these up to a cap."""

    FIXED = "fixed"
    TIME = "time"
    CAPPED = "capped"


OPEN = (State.PLANNED, State.RUNNING)
_NEXT = {
    State.PLANNED: (State.RUNNING, State.CANCELLED),
    State.RUNNING: (State.DONE, State.CANCELLED),
    State.DONE: (State.RUNNING,),
    State.CANCELLED: (),
}
_SAID = {
    State.PLANNED: "is planned and has not begun",
    State.RUNNING: "is running",
    State.DONE: "is done",
    State.CANCELLED: "was cancelled",
}


def against(now: str, wanted: str) -> str:
    """Why a project in one state cannot come into another; empty where it can."""
    state = State(now)
    return "" if State(wanted) in _NEXT[state] else f"The project {_SAID[state]}."


def against_change(now: str) -> str:
    """Why nothing of its plan may be written any more; empty where it may."""
    state = State(now)
    return "" if state in OPEN else f"The project {_SAID[state]}; its plan stays as it is."
