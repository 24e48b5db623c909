"""Opening a ticket: whose it is, under which promise, and its clocks running."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts import queries as contracts
from contracts.clients.models import Client, Contact, Device, Site
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.people.models import Person
from tickets import events
from tickets.actions._held import Held
from tickets.actions.work import assign
from tickets.models import Message, Ticket, TicketNumber
from tickets.queries.clocks import pausing_of, targets_of
from tickets.rules.words import one_line


@dataclass(frozen=True)
class _About:
    """Whom and what the ticket is about; all of it the same client's."""

    client: Client
    contact: Contact | None
    device: Device | None
    site: Site | None


@transaction.atomic
def open_ticket(
    *, client: Client, subject: str, channel: str, by: Actor, at: datetime, body: str = "",
    priority: int = Ticket.Priority.MEDIUM, contact: Contact | None = None,
    device: Device | None = None, site: Site | None = None, owner: Person | None = None,
    source_key: str | None = None, opened_at: datetime | None = None,
    follows: Ticket | None = None,
) -> Ticket:  # fmt: skip
    """Open a ticket; the same `source_key` gives the same ticket, however often and by how many.

    The promise is the one that covers the client or device when the trouble began, and stays with
    the ticket whatever is agreed later (S6, S7). Its clocks start at `opened_at`.
    """
    known = _known(source_key)
    if known is not None:
        return known
    began = opened_at or at
    if began > at:
        raise Refused("A ticket cannot begin in the future.", field="opened_at")
    about = _checked(client, contact, device, site)
    if owner is not None:
        Held.demand_staff(owner)
    number = _next_number()
    known = _known(source_key)  # whoever held the numbers before may have opened it
    if known is not None:
        return known
    ticket = _write(
        about, number, began, at,
        subject=_subject(subject, by), channel=_channel(channel), priority=_priority(priority),
        source_key=source_key, follows=follows,
    )  # fmt: skip
    TicketNumber.objects.filter(pk=1).update(last=number)
    _begin(Held(ticket, by=by, at=at, fresh=True), began, body)
    if owner is not None:
        assign(ticket=ticket, owner=owner, by=by, at=at)
    return ticket


def _known(source_key: str | None) -> Ticket | None:
    return Ticket.objects.filter(source_key=source_key).first() if source_key else None


def _next_number() -> int:
    """Hold the counter until the transaction ends: numbers are given in the order tickets are."""
    held = TicketNumber.objects.select_for_update()
    row = held.filter(pk=1).first()
    if row is None:
        TicketNumber.objects.bulk_create([TicketNumber(pk=1)], ignore_conflicts=True)
        row = held.get(pk=1)
    return row.last + 1


def _checked(
    client: Client, contact: Contact | None, device: Device | None, site: Site | None
) -> _About:
    for name, row in (("contact", contact), ("device", device), ("site", site)):
        if row is not None and row.client_id != client.pk:
            raise Refused(f"This {name} belongs to another client.", field=name)
    if site is None and device is not None:
        site = device.site
    if site is None and contact is not None:
        site = contact.site
    return _About(client, contact, device, site)


def _subject(subject: str, by: Actor) -> str:
    line = " ".join(subject.replace("\x00", " ").split())
    if not line:
        raise Refused("Say in a few words what it is about.", field="subject")
    if len(line) > 200 and by.kind != "system":
        raise Refused("The subject has at most 200 characters.", field="subject")
    return one_line(line)


def _channel(channel: str) -> str:
    if channel not in Ticket.Channel.values:
        raise Refused(f"There is no channel {channel!r}.", field="channel")
    return channel


def _priority(priority: int) -> int:
    if priority not in Ticket.Priority.values:
        raise Refused(f"There is no priority {priority!r}.", field="priority")
    return int(priority)


def _write(about: _About, number: int, began: datetime, at: datetime, **fields: Any) -> Ticket:
    """The ticket's row, with the promise that covers it and the reason why (S5)."""
    cover = contracts.coverage(
        client_id=about.client.pk,
        device_id=about.device.pk if about.device else None,
        at=began,
    )
    return Ticket.objects.create(
        number=number,
        client=about.client,
        contact=about.contact,
        device=about.device,
        site=about.site,
        agreement_id=cover.agreement_id,
        agreement_line_id=cover.line_id,
        level_version_id=cover.level_version_id,
        covered=cover.covered,
        policy_reason=cover.reason,
        policy_failed=list(cover.failed),
        opened_at=began,
        updated_at=at,
        **fields,
    )


def _begin(held: Held, began: datetime, body: str) -> None:
    """Clocks, the first message, and the news. No promise, no clock."""
    ticket = held.ticket
    targets = targets_of(ticket, ticket.priority)
    if targets:
        held.clocks.start(targets, pausing_of(ticket), began)
        ticket.save(update_fields=["due_at"])
    if body.strip():
        by_client = held.by.kind == "contact"
        held.say(Message.Kind.CLIENT if by_client else Message.Kind.OPENING, body)
    held.announce(
        events.TicketOpened,
        subject=ticket.subject,
        channel=ticket.channel,
        priority=ticket.priority,
        device_id=ticket.device_id,
        contact_id=ticket.contact_id,
        source_key=ticket.source_key,
    )
