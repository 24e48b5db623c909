"""One problem of many tickets, and many problems in one ticket (S16)."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tickets import events
from tickets.actions._held import Held
from tickets.actions.opening import open_ticket
from tickets.models import Message, Ticket
from tickets.rules import states
from tickets.rules.promises import What

_TOLD = (Message.Kind.OPENING, Message.Kind.CLIENT)


@transaction.atomic
def split(*, ticket: Ticket, message: Message, subject: str, by: Actor, at: datetime) -> Ticket:
    """Make a ticket of its own from one message; asked twice it is still one.

    It began when the message was written, so its clocks count from then, and what we answered
    since was the first word on it too. The ticket it came from keeps its own clocks.
    """
    held = Held(ticket, by=by, at=at)
    if message.ticket_id != ticket.pk or message.kind not in _TOLD:
        raise Refused("Choose what the client wrote, or how it began.", field="message")
    key = f"split:{message.pk}"
    known = Ticket.objects.filter(source_key=key).first()
    if known is not None:
        return known
    own = open_ticket(
        client=ticket.client, contact=ticket.contact, device=ticket.device, site=ticket.site,
        subject=subject, body=message.body, channel=ticket.channel,
        priority=ticket.priority or Ticket.Priority.CRITICAL, source_key=key,
        opened_at=min(message.at, at), by=by, at=at,
    )  # fmt: skip
    _answered_since(own, ticket, message, by, at)
    held.save()
    held.announce(events.TicketSplit, into_id=own.pk, into_number=own.number, message_id=message.pk)
    return own


def _answered_since(own: Ticket, ticket: Ticket, message: Message, by: Actor, at: datetime) -> None:
    """The client has had an answer already where we wrote on the old ticket since."""
    replies = ticket.messages.filter(kind=Message.Kind.REPLY, at__gte=message.at)
    first = replies.exclude(author_kind="system").order_by("at", "pk").first()
    if first is None:
        return
    held = Held(own, by=by, at=at, fresh=True)
    held.clocks.tell(What.ANSWERED, first.at)
    own.responded_at = first.at
    held.save()


@transaction.atomic
def bundle(*, ticket: Ticket, parent: Ticket, by: Actor, at: datetime) -> Ticket:
    """Put a ticket under another: solving that one solves this one too, each by its own clocks."""
    Held.lock_family(ticket.pk, parent.pk)
    held = Held(ticket, by=by, at=at)
    parent.refresh_from_db()
    if ticket.parent_id == parent.pk:
        return ticket
    _demand_bundle(ticket, parent)
    ticket.parent = parent
    held.save()
    held.announce(events.TicketBundled, parent_id=parent.pk, parent_number=parent.number)
    return ticket


@transaction.atomic
def unbundle(*, ticket: Ticket, by: Actor, at: datetime) -> Ticket:
    """It goes its own way again."""
    held = Held(ticket, by=by, at=at)
    parent = ticket.parent
    if parent is None:
        return ticket
    ticket.parent = None
    held.save()
    held.announce(events.TicketUnbundled, parent_id=parent.pk, parent_number=parent.number)
    return ticket


def _demand_bundle(ticket: Ticket, parent: Ticket) -> None:
    if ticket.pk == parent.pk:
        raise Refused("A ticket cannot be put under itself.", field="parent")
    if parent.parent_id is not None:
        raise Refused(f"#{parent.number} is under another ticket itself.", field="parent")
    if ticket.children.exists():
        raise Refused(f"#{ticket.number} has tickets under it. Take them out.", field="parent")
    if parent.status in states.ENDED or ticket.status in states.ENDED:
        raise Refused("One of the two has ended. Reopen it first.", field="parent")
