"""A ticket that is about somebody or something else, or held to another promise."""

from datetime import datetime

from django.db import transaction

from contracts import queries as contracts
from contracts.clients.models import Client, Contact, Device, Site
from contracts.models import ServiceLevelVersion
from contracts.rules.coverage import Offer, promise
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tickets import events
from tickets.actions._answers import Answers
from tickets.actions._held import Held
from tickets.actions.opening import About
from tickets.models import Ticket
from tickets.rules import states
from tickets.rules.promises import What


@transaction.atomic
def move(
    *, ticket: Ticket, client: Client, by: Actor, at: datetime, contact: Contact | None = None,
    device: Device | None = None, site: Site | None = None,
) -> Ticket:  # fmt: skip
    """Give the ticket to the client and device it is really about.

    The promise is looked up anew for when the trouble began; used time is carried over and what
    was judged stays judged (S7). What was said before is not the new client's to read.
    """
    held = Held(ticket, by=by, at=at)
    states.require(ticket.status, states.Verb.PRIORITISE)
    about = About.of(client, contact, device, site)
    before, before_client = _named(ticket), ticket.client_id
    ticket.client, ticket.contact = about.client, about.contact
    ticket.device, ticket.site = about.device, about.site
    if before_client != client.pk:
        ticket.level_chosen, ticket.client_since = False, at
    _look_up(ticket)
    Answers.move_along(ticket, at)
    held.clocks.change_terms(What.MOVED, at)
    held.save()
    held.announce(
        events.TicketMoved, before=before, after=_named(ticket), before_client_id=before_client
    )
    return ticket


def _named(ticket: Ticket) -> str:
    device = f" ({ticket.device.name})" if ticket.device else ""
    return f"{ticket.client.name}{device}"


def _look_up(ticket: Ticket) -> None:
    """Whose promise covers it; one that was chosen by hand stays."""
    cover = contracts.promised_cover(
        client_id=ticket.client_id, device_id=ticket.device_id, at=ticket.opened_at
    )
    ticket.agreement_id, ticket.agreement_line_id = cover.agreement_id, cover.line_id
    ticket.covered, ticket.verdict = cover.covered, cover.verdict
    if not ticket.level_chosen:
        ticket.level_version_id = cover.level_version_id
        ticket.policy_reason, ticket.policy_failed = cover.reason, list(cover.failed)


@transaction.atomic
def hold_to(
    *, ticket: Ticket, level_version: ServiceLevelVersion | None, because: str, by: Actor,
    at: datetime,
) -> Ticket:  # fmt: skip
    """Hold this one ticket to a level chosen by hand, or with None to no promise at all (S5)."""
    held = Held(ticket, by=by, at=at)
    states.require(ticket.status, states.Verb.PRIORITISE)
    why = " ".join(because.replace("\x00", " ").split())
    if not why:
        raise Refused("Say why this ticket is held to another promise.", field="because")
    if ticket.level_chosen and ticket.level_version_id == (level_version and level_version.pk):
        return ticket
    name = str(level_version) if level_version else "no service level"
    offer = Offer("ticket", level_version.pk if level_version else None, name)
    ticket.level_chosen, ticket.level_version = True, level_version
    ticket.policy_reason = f"{promise([offer]).reason} {by.name}: {why[:200]}"
    held.clocks.change_terms(What.MOVED, at)
    held.save()
    held.announce(events.TicketHeldTo, level=name, because=why[:200])
    return ticket


@transaction.atomic
def restamp(*, ticket: Ticket, level_version: ServiceLevelVersion, by: Actor, at: datetime) -> bool:
    """Hold an open ticket to a newer version of its own level, on purpose (S6); True if changed."""
    held = Held(ticket, by=by, at=at)
    pinned = ticket.level_version
    if held.ended or pinned is None or pinned.level_id != level_version.level_id:
        return False
    if pinned.number >= level_version.number:
        return False
    ticket.level_version = level_version
    held.clocks.change_terms(What.MOVED, at)
    held.save()
    held.announce(events.TicketHeldTo, level=str(level_version), because="the level was revised")
    return True
