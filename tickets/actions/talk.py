"""What is said on a ticket."""

from datetime import datetime

from django.db import transaction

from contracts.clients.models import Contact
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce
from tickets import events
from tickets.actions import _clocks as clocks
from tickets.actions._ticket import is_human, keep, lock, say
from tickets.actions.opening import open_ticket
from tickets.actions.progress import back_to_work, move, reopenable, set_status
from tickets.models import Clock, Message, Ticket
from tickets.rules import states
from tickets.rules.clock import Kind
from tickets.rules.states import Status, Verb
from tickets.rules.words import one_line


@transaction.atomic
def reply(
    *, ticket: Ticket, body: str, by: Actor, at: datetime, status: str | None = None,
    pause_reason: str = "", key: str | None = None,
) -> Message:  # fmt: skip
    """Answer the client, and put the ticket into a status where one is given.

    The first answer a person gives meets the response promise (S10). Waiting for the client needs
    no other reason than the question asked.
    """
    lock(ticket)
    states.require(ticket.status, Verb.REPLY)
    message, is_new = say(ticket, Message.Kind.REPLY, body, by=by, at=at, key=key)
    if not is_new:
        return message
    first = is_human(by) and ticket.responded_at is None
    if first:
        ticket.responded_at = at
        clocks.tell(ticket, Kind.FULFILLED, at=at, targets=[Clock.Target.RESPONSE])
    ticket.client_wrote_at = None
    keep(ticket, by=by, at=at)
    announce(
        events.TicketReplied(
            ticket_id=ticket.pk,
            client_id=ticket.client_id,
            number=ticket.number,
            message_id=message.pk,
            first=first,
        ),
        by=by,
        at=at,
    )
    _follow_up(ticket, status, pause_reason, by=by, at=at)
    return message


def _follow_up(
    ticket: Ticket, status: str | None, pause_reason: str, *, by: Actor, at: datetime
) -> None:
    """The status after an answer: the one given; a new ticket that a person answered is open."""
    if status is None and ticket.status == Status.NEW and is_human(by):
        status = Status.OPEN
    if status is None or status == ticket.status:
        return
    if status == Status.WAITING_CLIENT and not pause_reason.strip():
        pause_reason = "We asked and wait for the answer"
    set_status(ticket=ticket, status=status, pause_reason=pause_reason, by=by, at=at)


@transaction.atomic
def note(*, ticket: Ticket, body: str, by: Actor, at: datetime, key: str | None = None) -> Message:
    """Write something down for ourselves. The client never sees it and no clock minds."""
    lock(ticket)
    states.require(ticket.status, Verb.NOTE)
    message, is_new = say(ticket, Message.Kind.NOTE, body, by=by, at=at, key=key)
    if is_new:
        keep(ticket, by=by, at=at)
        announce(
            events.TicketNoted(
                ticket_id=ticket.pk,
                client_id=ticket.client_id,
                number=ticket.number,
                message_id=message.pk,
            ),
            by=by,
            at=at,
        )
    return message


@transaction.atomic
def client_message(
    *, ticket: Ticket, body: str, contact: Contact, by: Actor, at: datetime,
    key: str | None = None,
) -> Message:  # fmt: skip
    """The client wrote: what waited for them goes on, what was resolved opens again.

    Later than a week after the end it is a new ticket that follows the old one (S14).
    """
    lock(ticket)
    if contact.client_id != ticket.client_id:
        raise Refused("This person belongs to another client.", field="contact")
    ended = Status(ticket.status) in states.ENDED
    if ended and not reopenable(ticket, at):
        return _begin_again(ticket, body, contact=contact, by=by, at=at, key=key)
    message, is_new = say(ticket, Message.Kind.CLIENT, body, by=by, at=at, key=key)
    if not is_new:
        return message
    ticket.client_wrote_at = ticket.client_wrote_at or at
    if ended:
        back_to_work(ticket, at)
    keep(ticket, by=by, at=at)
    _announce_words(ticket, message, contact, reopened=ended, by=by, at=at)
    if not ended and states.after_client_reply(ticket.status) != ticket.status:
        move(ticket, Status.OPEN, pause_reason="", by=by, at=at)
    return message


def _begin_again(
    ticket: Ticket, body: str, *, contact: Contact, by: Actor, at: datetime, key: str | None
) -> Message:
    """The first message of the ticket that follows; sent twice, it is still one ticket."""
    again = open_ticket(
        client=ticket.client,
        subject=one_line(f"Again: {ticket.subject}"),
        body=body,
        channel=Ticket.Channel.PORTAL,
        priority=ticket.priority,
        contact=contact,
        device=ticket.device,
        site=ticket.site,
        source_key=f"follows:{ticket.pk}:{key or at.isoformat()}",
        follows=ticket,
        by=by,
        at=at,
    )
    message = again.messages.order_by("at", "pk").first()
    if message is None:
        raise Refused("Write something first.", field="body")
    return message


def _announce_words(
    ticket: Ticket, message: Message, contact: Contact, *, reopened: bool, by: Actor, at: datetime
) -> None:
    announce(
        events.ClientWrote(
            ticket_id=ticket.pk,
            client_id=ticket.client_id,
            number=ticket.number,
            message_id=message.pk,
            contact_id=contact.pk,
        ),
        by=by,
        at=at,
    )
    if reopened:
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
