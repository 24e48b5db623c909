"""When a ticket waited, from what happened to it: the clocks themselves keep only what ran."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tenants.journal.queries import Line, about
from tickets.models import Ticket
from tickets.rules import states

LIMIT = 2000
_ENDS = frozenset({"tickets.wait_ended", "tickets.resolved", "tickets.merged", "tickets.closed"})


@dataclass(frozen=True)
class Wait:
    """A stretch the clock stood still; `until` is None while it goes on.

    `voided` says that it counts after all.
    """

    since: datetime
    until: datetime | None
    reason: str
    voided: bool = False


def waits_of(ticket: Ticket) -> list[Wait]:
    """Every wait of a ticket, oldest first."""
    lines = about("ticket", ticket.pk, limit=LIMIT, rooms=("tickets",))
    voided = {line.facts["since"] for line in lines if line.kind == "tickets.wait_voided"}
    found, since, reason = [], None, ""
    for line in lines:
        began, ended = _turns(line)
        if ended and not began:
            if since or line.kind == "tickets.status_changed":
                first = since or ticket.opened_at  # a ticket may begin with waiting
                found.append(_wait(first, _end_of(line), reason, voided))
            since = None
        elif began and not ended:
            since, reason = line.at, str(line.facts.get("because", "")).removeprefix(": ")
    if states.pauses(ticket.status):
        found.append(_wait(since or ticket.opened_at, None, ticket.pause_reason, voided))
    return found


def wait_since(waits: Sequence[Wait], since: datetime) -> Wait | None:
    """The wait that began at an instant."""
    return next((one for one in waits if one.since == since), None)


def _turns(line: Line) -> tuple[bool, bool]:
    """Whether a wait began with it, and whether one ended."""
    if line.kind == "tickets.status_changed":
        return _pauses(line.facts.get("after")), _pauses(line.facts.get("before"))
    return False, line.kind in _ENDS


def _wait(since: datetime, until: datetime | None, reason: str, voided: set[str]) -> Wait:
    return Wait(since, until, reason, since.isoformat() in voided)


def _end_of(line: Line) -> datetime:
    """A wait that ended by itself ended when it was due, not when the sweep came."""
    resumed = line.facts.get("resumed_at")
    return datetime.fromisoformat(resumed) if resumed else line.at


def _pauses(status: object) -> bool:
    return bool(status) and states.pauses(str(status))
