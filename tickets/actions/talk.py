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
from tickets.rules.promises import What
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
def vendor_answered(
    *, ticket: Ticket, body: str, by: Actor, at: datetime, key: str | None = None
) -> Message:
    """Whom we waited for said something: kept as a note, and the wait is over (S13)."""
    message = note(ticket=ticket, body=body, by=by, at=at, key=key)
    if ticket.status == Status.WAITING_VENDOR:
        set_status(ticket=ticket, status=Status.OPEN, by=by, at=at)
    return message


@transaction.atomic
def contest_wait(*, ticket: Ticket, contact: Contact, by: Actor, at: datetime) -> Ticket:
    """The client does not agree that the clock stands still; somebody of ours has to look (S13)."""
    held = Held(ticket, by=by, at=at)
    if contact.client_id != ticket.client_id:
        raise Refused("This person belongs to another client.", field="contact")
    if not states.pauses(ticket.status):
        raise Refused("It is not waiting any more.", field="status", code="wrong_status")
    if ticket.contested_at is None:
        ticket.contested_at = at
        held.save()
        held.announce(events.WaitContested, reason=ticket.pause_reason)
    return ticket


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

    When it ended too long ago it is a new ticket that follows the old one (S14); on a ticket that
    was merged it is said on the one that goes on (S16).
    """
    held = Held(ticket, by=by, at=at)
    if contact.client_id != ticket.client_id:
        raise Refused("This person belongs to another client.", field="contact")
    if ticket.merged_into is not None:
        return client_message(
            ticket=ticket.merged_into, body=body, contact=contact, by=by, at=at, key=key
        )
    if held.ended and not held.reopenable:
        return _begin_again(held, body, contact, key)
    message, is_new = held.say(Message.Kind.CLIENT, body, key)
    if not is_new:
        return message
    ticket.client_wrote_at = ticket.client_wrote_at or at
    held.clocks.tell(What.CLIENT_WROTE, at)
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
        priority=ended.priority or Ticket.Priority.CRITICAL,
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
