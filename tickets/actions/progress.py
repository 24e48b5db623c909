"""Where a ticket stands: waiting and going on, resolved, reopened, closed."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tickets import events
from tickets.actions._held import REOPEN_DAYS, Held
from tickets.models import Message, Ticket
from tickets.rules import states
from tickets.rules.clock import Kind
from tickets.rules.states import Status, Verb


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
    held = Held(ticket, by=by, at=at)
    if ticket.status == status and ticket.pause_reason == pause_reason.strip():
        return ticket
    if held.ended:
        _demand_reopenable(held)
        held.back_to_work()
    if ticket.status != status or states.pauses(status):
        held.move(status, pause_reason)
    return ticket


@transaction.atomic
def resolve(*, ticket: Ticket, by: Actor, at: datetime, text: str = "") -> Ticket:
    """The work is done. Solving without a word before counts as the response too (S10, S12)."""
    held = Held(ticket, by=by, at=at)
    if ticket.status == Status.RESOLVED:
        return ticket
    status = states.after(ticket.status, Verb.RESOLVE)
    said = None
    if text.strip():
        kind = Message.Kind.CLIENT if by.kind == "contact" else Message.Kind.REPLY
        said, _is_new = held.say(kind, text)
    ticket.status, ticket.pause_reason = status.value, ""
    ticket.resolved_at, ticket.client_wrote_at = at, None
    ticket.responded_at = ticket.responded_at or at
    held.clocks.tell(Kind.FULFILLED, at)
    held.save()
    held.announce(
        events.TicketResolved,
        message_id=said.pk if said else None,
        device_id=ticket.device_id,
        source_key=ticket.source_key,
    )
    return ticket


@transaction.atomic
def reopen(*, ticket: Ticket, by: Actor, at: datetime) -> Ticket:
    """It was not done: what was left of the promise runs again, within a week (S14)."""
    held = Held(ticket, by=by, at=at)
    if held.ended:
        _demand_reopenable(held)
        held.back_to_work()
    return ticket


def _demand_reopenable(held: Held) -> None:
    if not held.reopenable:
        raise Refused(
            f"It was resolved more than {REOPEN_DAYS} days ago. Open a new ticket that follows it.",
            field="status",
            code="too_late",
        )


@transaction.atomic
def close(*, ticket: Ticket, by: Actor, at: datetime) -> Ticket:
    """File a resolved ticket away. No clock minds (S12)."""
    held = Held(ticket, by=by, at=at)
    if ticket.status == Status.CLOSED:
        return ticket
    ticket.status = states.after(ticket.status, Verb.CLOSE).value
    ticket.closed_at = at
    held.save()
    held.announce(events.TicketClosed)
    return ticket
