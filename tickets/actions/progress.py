"""Where a ticket stands: waiting and going on, resolved, reopened, closed."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce
from tickets import events
from tickets.actions import _clocks as clocks
from tickets.actions._ticket import keep, lock, say
from tickets.models import Clock, Message, Ticket
from tickets.rules import states
from tickets.rules.clock import Kind, may_reopen
from tickets.rules.states import Status, Verb

REOPEN_DAYS = 7
_VERBS = {
    Status.OPEN: Verb.OPEN,
    Status.IN_PROGRESS: Verb.START,
    Status.SCHEDULED: Verb.SCHEDULE,
    Status.WAITING_CLIENT: Verb.WAIT_CLIENT,
    Status.WAITING_VENDOR: Verb.WAIT_VENDOR,
}


@transaction.atomic
def set_status(
    *, ticket: Ticket, status: str, by: Actor, at: datetime, pause_reason: str = ""
) -> Ticket:
    """Put the ticket into a status. One that stops the clock needs the reason (S13)."""
    if status not in set(Status):
        raise Refused(f"There is no status {status!r}.", field="status")
    if status == Status.RESOLVED:
        return resolve(ticket=ticket, by=by, at=at)
    if status == Status.CLOSED:
        return close(ticket=ticket, by=by, at=at)
    lock(ticket)
    if ticket.status == status and ticket.pause_reason == pause_reason.strip():
        return ticket
    if Status(ticket.status) in states.ENDED:
        reopen(ticket=ticket, by=by, at=at)
        if status == Status.OPEN:
            return ticket
    return move(ticket, status, pause_reason=pause_reason, by=by, at=at)


def move(ticket: Ticket, status: str, *, pause_reason: str, by: Actor, at: datetime) -> Ticket:
    """Between statuses in which the work goes on; the caller holds the lock."""
    before = Status(ticket.status)
    verb = _VERBS.get(Status(status))
    if verb is None:
        raise Refused("A ticket is new only once.", field="status", code="wrong_status")
    after = states.after(before, verb)
    reason = _reason(after, pause_reason)
    ticket.status, ticket.pause_reason = after, reason
    if states.pauses(after) and not states.pauses(before):
        clocks.tell(ticket, Kind.PAUSED, at=at)
    elif states.pauses(before) and not states.pauses(after):
        clocks.tell(ticket, Kind.RESUMED, at=at)
    keep(ticket, by=by, at=at)
    announce(
        events.TicketStatusChanged(
            ticket_id=ticket.pk,
            client_id=ticket.client_id,
            number=ticket.number,
            before=before.value,
            after=after.value,
            before_words=before.words.lower(),
            after_words=after.words.lower(),
            because=f": {reason}" if reason else "",
        ),
        by=by,
        at=at,
    )
    return ticket


def _reason(after: Status, given: str) -> str:
    reason = " ".join(given.replace("\x00", " ").split())
    if not states.pauses(after):
        return ""
    if not reason:
        raise Refused(
            f'Say what "{after.words.lower()}" is for: it stops the clock and the client sees it.',
            field="pause_reason",
        )
    if len(reason) > 200:
        raise Refused("The reason has at most 200 characters.", field="pause_reason")
    return reason


@transaction.atomic
def resolve(*, ticket: Ticket, by: Actor, at: datetime, text: str = "") -> Ticket:
    """The work is done. Solving without a word before counts as the response too (S10, S12)."""
    lock(ticket)
    if ticket.status == Status.RESOLVED:
        return ticket
    status = states.after(ticket.status, Verb.RESOLVE)
    if text.strip():
        kind = Message.Kind.CLIENT if by.kind == "contact" else Message.Kind.REPLY
        say(ticket, kind, text, by=by, at=at)
    ticket.status, ticket.pause_reason = status, ""
    ticket.resolved_at, ticket.client_wrote_at = at, None
    ticket.responded_at = ticket.responded_at or at
    clocks.tell(ticket, Kind.FULFILLED, at=at)
    keep(ticket, by=by, at=at)
    announce(
        events.TicketResolved(
            ticket_id=ticket.pk,
            client_id=ticket.client_id,
            number=ticket.number,
            device_id=ticket.device_id,
            source_key=ticket.source_key,
        ),
        by=by,
        at=at,
    )
    return ticket


@transaction.atomic
def reopen(*, ticket: Ticket, by: Actor, at: datetime) -> Ticket:
    """It was not done: what was left of the promise runs again, within a week (S14)."""
    lock(ticket)
    if Status(ticket.status) not in states.ENDED:
        return ticket
    if not reopenable(ticket, at):
        raise Refused(
            f"It was resolved more than {REOPEN_DAYS} days ago. Open a new ticket that follows it.",
            field="status",
            code="too_late",
        )
    back_to_work(ticket, at)
    keep(ticket, by=by, at=at)
    announce(
        events.TicketReopened(
            ticket_id=ticket.pk,
            client_id=ticket.client_id,
            number=ticket.number,
            device_id=ticket.device_id,
            source_key=ticket.source_key,
        ),
        by=by,
        at=at,
    )
    return ticket


def reopenable(ticket: Ticket, at: datetime) -> bool:
    return ticket.resolved_at is None or may_reopen(ticket.resolved_at, at, REOPEN_DAYS)


def back_to_work(ticket: Ticket, at: datetime) -> None:
    """Set (not save) an ended ticket to open again."""
    ticket.status = states.after(ticket.status, Verb.REOPEN)
    ticket.resolved_at = ticket.closed_at = None
    ticket.reopens += 1
    clocks.tell(ticket, Kind.REOPENED, at=at, targets=[Clock.Target.RESOLUTION])


@transaction.atomic
def close(*, ticket: Ticket, by: Actor, at: datetime) -> Ticket:
    """File a resolved ticket away. No clock minds (S12)."""
    lock(ticket)
    if ticket.status == Status.CLOSED:
        return ticket
    ticket.status = states.after(ticket.status, Verb.CLOSE)
    ticket.closed_at = at
    keep(ticket, by=by, at=at)
    announce(
        events.TicketClosed(ticket_id=ticket.pk, client_id=ticket.client_id, number=ticket.number),
        by=by,
        at=at,
    )
    return ticket
