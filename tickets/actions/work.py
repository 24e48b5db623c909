"""Who does the work."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from tenants.people.models import Person, Team
from tickets import events
from tickets.actions._held import Held
from tickets.models import Ticket
from tickets.rules import states


@transaction.atomic
def assign(*, ticket: Ticket, owner: Person | None, by: Actor, at: datetime) -> Ticket:
    """Give the ticket to somebody, or back to everybody. The same owner again changes nothing."""
    held = Held(ticket, by=by, at=at)
    if ticket.owner_id == (owner.pk if owner else None):
        return ticket
    states.require(ticket.status, states.Verb.ASSIGN)
    if owner is not None:
        Held.demand_staff(owner)
    ticket.owner = owner
    held.save()
    held.announce(
        events.TicketAssigned,
        person_id=owner.pk if owner else None,
        name=owner.name if owner else "nobody",
    )
    return ticket


@transaction.atomic
def hand(*, ticket: Ticket, team: Team | None, by: Actor, at: datetime) -> Ticket:
    """Put the ticket into a team's queue, or into nobody's. Its owner keeps it."""
    held = Held(ticket, by=by, at=at)
    if ticket.team_id == (team.pk if team else None):
        return ticket
    states.require(ticket.status, states.Verb.ASSIGN)
    ticket.team = team
    held.save()
    held.announce(
        events.TicketHanded,
        team_id=team.pk if team else None,
        name=team.name if team else "no team",
    )
    return ticket


@transaction.atomic
def acknowledge(*, ticket: Ticket, by: Actor, at: datetime) -> Ticket:
    """A person is on it: that meets the response promise without a word to the client (K5)."""
    held = Held(ticket, by=by, at=at)
    if not held.ended and held.respond(in_words=False):
        held.save()
        held.announce(events.TicketAcknowledged)
    return ticket
