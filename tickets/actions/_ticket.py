"""What every verb needs: the ticket's lock, its marks, a message on it."""

from datetime import datetime

from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tickets.models import Message, Ticket
from tickets.rules.words import LONGEST, html_of


def lock(ticket: Ticket) -> Ticket:
    """Hold the ticket until the transaction ends, and see it as it is now (S21)."""
    ticket.refresh_from_db(from_queryset=Ticket.objects.select_for_update(of=("self",)))
    return ticket


def is_human(by: Actor) -> bool:
    return by.kind != "system"


def keep(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """Save the ticket; a person's hand on it is what keeps a recovery from resolving it (K2)."""
    ticket.updated_at = max(ticket.updated_at, at)
    if is_human(by):
        ticket.touched_at = at
    ticket.save()


def words_of(body: str) -> str:
    """A message's text as it is kept, or a refusal that names the field."""
    text = body.replace("\r\n", "\n").strip()
    if not text:
        raise Refused("Write something first.", field="body")
    if "\x00" in text:
        raise Refused("The text holds a character that cannot be kept.", field="body")
    if len(text) > LONGEST:
        raise Refused(f"At most {LONGEST:,} characters fit into one message.", field="body")
    return text


def say(
    ticket: Ticket, kind: str, body: str, *, by: Actor, at: datetime, key: str | None = None
) -> tuple[Message, bool]:
    """Add a message, once per key; the second value tells whether it is new."""
    if key:
        said = Message.objects.filter(ticket=ticket, key=key).first()
        if said is not None:
            return said, False
    text = words_of(body)
    message = Message.objects.create(
        ticket=ticket,
        kind=kind,
        author_kind=by.kind,
        author_id=by.id,
        author_name=by.name[:120],
        body=text,
        html=html_of(text),
        key=key or None,
        at=at,
    )
    return message, True
