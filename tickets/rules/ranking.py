"""What to do next: first what is nearly too late, then who waits for an answer, then the rest."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

URGENT = timedelta(minutes=60)
_NEVER = datetime.max.replace(tzinfo=UTC)


class Why(StrEnum):
    """Why a ticket stands where it does in the list."""

    MISSED = "missed"
    URGENT = "urgent"
    WROTE = "wrote"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Task:
    """What ranking needs to know of a ticket."""

    number: int
    priority: int
    opened_at: datetime
    due_at: datetime | None = None
    client_wrote_at: datetime | None = None


def why(task: Task, at: datetime) -> Why:
    """The reason to do it now, the gravest there is."""
    if task.due_at is not None and task.due_at < at:
        return Why.MISSED
    if task.due_at is not None and task.due_at <= at + URGENT:
        return Why.URGENT
    return Why.WROTE if task.client_wrote_at is not None else Why.OPEN


def rank(task: Task, at: datetime) -> tuple[int, datetime, int, datetime]:
    """A key to sort by: urgency, then the deadline or the client's patience, then priority."""
    reason = why(task, at)
    if reason in (Why.MISSED, Why.URGENT):
        return 0, task.due_at or _NEVER, task.priority, task.opened_at
    if reason is Why.WROTE:
        return 1, task.client_wrote_at or _NEVER, task.priority, task.opened_at
    return 2, task.due_at or _NEVER, task.priority, task.opened_at


class Group(StrEnum):
    """The parts of a queue that is sorted by time left."""

    BREACHING = "breaching"
    TODAY = "today"
    LATER = "later"
    NONE = "none"


SOON = timedelta(minutes=30)


def group_of(due_at: datetime | None, at: datetime, day_ends_at: datetime) -> Group:
    """The part a deadline belongs to; a paused or unpromised ticket has none."""
    if due_at is None:
        return Group.NONE
    if due_at <= at + SOON:
        return Group.BREACHING
    return Group.TODAY if due_at < day_ends_at else Group.LATER
