"""What is said on a ticket."""

from datetime import datetime

from django.db import transaction

from contracts.clients.models import Contact
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tickets import events
from tickets.actions._held import Held
from tickets.actions.opening import open_ticket
from tickets.actions.progress import set_status
from tickets.models import Message, Ticket
from tickets.rules import states
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
    held = Held(ticket, by=by, at=at)
    states.require(ticket.status, Verb.REPLY)
    message, is_new = held.say(Message.Kind.REPLY, body, key)
    if not is_new:
        return message
    first = held.respond()
    ticket.client_wrote_at = None
    held.save()
    held.announce(events.TicketReplied, message_id=message.pk, first=first)
    if status is None and ticket.status == Status.NEW and held.human:
        status = Status.OPEN
    if status is not None and status != ticket.status:
        if status == Status.WAITING_CLIENT and not pause_reason.strip():
            pause_reason = "We asked and wait for the answer"
        set_status(ticket=ticket, status=status, pause_reason=pause_reason, by=by, at=at)
    return message


@transaction.atomic
def note(*, ticket: Ticket, body: str, by: Actor, at: datetime, key: str | None = None) -> Message:
    """Write something down for ourselves. The client never sees it and no clock minds."""
    held = Held(ticket, by=by, at=at)
    states.require(ticket.status, Verb.NOTE)
    message, is_new = held.say(Message.Kind.NOTE, body, key)
    if is_new:
        held.save()
        held.announce(events.TicketNoted, message_id=message.pk)
    return message


@transaction.atomic
def client_message(
    *, ticket: Ticket, body: str, contact: Contact, by: Actor, at: datetime, key: str | None = None
) -> Message:
    """The client wrote: what waited for them goes on, what was resolved opens again.

    Later than a week after the end it is a new ticket that follows the old one (S14).
    """
    held = Held(ticket, by=by, at=at)
    if contact.client_id != ticket.client_id:
        raise Refused("This person belongs to another client.", field="contact")
    if held.ended and not held.reopenable:
        return _begin_again(held, body, contact, key)
    message, is_new = held.say(Message.Kind.CLIENT, body, key)
    if not is_new:
        return message
    ticket.client_wrote_at = ticket.client_wrote_at or at
    held.save()
    held.announce(events.ClientWrote, message_id=message.pk, contact_id=contact.pk)
    if held.ended:
        held.back_to_work()
    elif states.after_client_reply(ticket.status) != ticket.status:
        held.move(Status.OPEN)
    return message


def _begin_again(held: Held, body: str, contact: Contact, key: str | None) -> Message:
    """The first message of the ticket that follows; sent twice, it is still one ticket."""
    ended = held.ticket
    again = open_ticket(
        client=ended.client,
        subject=one_line(f"Again: {ended.subject}"),
        body=body,
        channel=Ticket.Channel.PORTAL,
        priority=ended.priority,
        contact=contact,
        device=ended.device,
        site=ended.site,
        source_key=f"follows:{ended.pk}:{key or held.at.isoformat()}",
        follows=ended,
        by=held.by,
        at=held.at,
    )
    message = again.messages.order_by("at", "pk").first()
    if message is None:
        raise Refused("Write something first.", field="body")
    return message
