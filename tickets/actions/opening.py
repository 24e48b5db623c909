"""Opening a ticket: whose it is, under which promise, and its clocks running."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from contracts import queries as contracts
from contracts.clients.models import Client, Contact, Device, Site
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.people.models import Person
from tickets import events
from tickets.actions._held import Held
from tickets.actions._weighing import Weighing
from tickets.actions.work import assign
from tickets.models import Message, Ticket, TicketNumber
from tickets.rules import states
from tickets.rules.promises import What
from tickets.rules.states import Status
from tickets.rules.words import one_line


@dataclass(frozen=True)
class About:
    """Whom and what the ticket is about; all of it the same client's."""

    client: Client
    contact: Contact | None
    device: Device | None
    site: Site | None

    @classmethod
    def of(
        cls, client: Client, contact: Contact | None, device: Device | None, site: Site | None
    ) -> "About":
        """A device or person without a place gives the ticket its own."""
        for name, row in (("contact", contact), ("device", device), ("site", site)):
            if row is not None and row.client_id != client.pk:
                raise Refused(f"This {name} belongs to another client.", field=name)
        if site is None and device is not None:
            site = device.site
        if site is None and contact is not None:
            site = contact.site
        return cls(client, contact, device, site)


@dataclass(frozen=True)
class Begins:
    """How a ticket begins, where it is not simply new (S17).

    In a status that waits its clock stands still from the start; `done` is work written down
    afterwards; `opened_at` is when the trouble began, which only some may say.
    """

    status: str = Status.NEW
    pause_reason: str = ""
    resumes_at: datetime | None = None
    done: bool = False


@transaction.atomic
def open_ticket(
    *, client: Client, subject: str, channel: str, by: Actor, at: datetime, body: str = "",
    priority: int | None = None, impact: int | None = None, urgency: int | None = None,
    may_major: bool = False, contact: Contact | None = None, device: Device | None = None,
    site: Site | None = None, owner: Person | None = None, source_key: str | None = None,
    opened_at: datetime | None = None, begins: Begins | None = None,
    follows: Ticket | None = None,
) -> Ticket:  # fmt: skip
    """Open a ticket; the same `source_key` gives the same ticket, however often and by how many.

    The promise is the one that covers the client or device when the trouble began, and stays with
    the ticket whatever is agreed later (S6, S7). Its clocks start at `opened_at`. Without a
    priority it has the one its impact and urgency give by the promise's matrix (S8).
    """
    known = _known(source_key)
    if known is not None:
        return known
    began = opened_at or at
    if began > at:
        raise Refused("A ticket cannot begin in the future.", field="opened_at")
    about = About.of(client, contact, device, site)
    if owner is not None:
        Held.demand_staff(owner)
    number = _next_number()
    known = _known(source_key)  # whoever held the numbers before may have opened it
    if known is not None:
        return known
    ticket = _row(about, number, began, at)
    ticket.subject, ticket.channel = _subject(subject, by), _channel(channel)
    ticket.source_key, ticket.follows = source_key, follows
    ticket.impact, ticket.urgency, ticket.priority = Weighing.weighed(
        ticket, impact, urgency, priority
    )
    Weighing.demand(ticket.priority, may_major or by.kind == "system")
    begins = begins or Begins()
    _stand(ticket, begins)
    ticket.save(force_insert=True)
    TicketNumber.objects.filter(pk=1).update(last=number)
    _begin(Held(ticket, by=by, at=at, fresh=True), began, body, begins)
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


def _stand(ticket: Ticket, begins: Begins) -> None:
    if begins.status not in (Status.NEW, Status.OPEN, *states.PAUSING):
        raise Refused("A ticket cannot begin in this status.", field="status")
    ticket.status = Status(begins.status).value
    ticket.pause_reason = Held.reason_to_wait(Status(begins.status), begins.pause_reason)


def _row(about: About, number: int, began: datetime, at: datetime) -> Ticket:
    """The ticket's row, with the promise that covers it and the reason why (S5)."""
    cover = contracts.promised_cover(
        client_id=about.client.pk,
        device_id=about.device.pk if about.device else None,
        at=began,
    )
    return Ticket(
        number=number,
        client=about.client,
        contact=about.contact,
        device=about.device,
        site=about.site,
        agreement_id=cover.agreement_id,
        agreement_line_id=cover.line_id,
        level_version_id=cover.level_version_id,
        covered=cover.covered,
        verdict=cover.verdict,
        policy_reason=cover.reason,
        policy_failed=list(cover.failed),
        opened_at=began,
        updated_at=at,
    )


def _begin(held: Held, began: datetime, body: str, begins: Begins) -> None:
    """Clocks, the first message, and the news. No promise, no clock."""
    ticket = held.ticket
    held.clocks.open(began)
    held.wait_from_the_start(begins.resumes_at)
    if begins.done:
        held.clocks.tell(What.RECORDED, held.at)
        ticket.status, ticket.resolved_at, ticket.closed_at = "closed", held.at, held.at
    ticket.save()
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
    if begins.done:
        held.announce(events.TicketClosed)
