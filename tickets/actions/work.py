"""Who does the work."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce
from tenants.people.models import Person
from tickets import events
from tickets.actions._ticket import keep, lock
from tickets.models import Ticket
from tickets.rules import states


@transaction.atomic
def assign(*, ticket: Ticket, owner: Person | None, by: Actor, at: datetime) -> Ticket:
    """Give the ticket to somebody, or back to everybody. The same owner again changes nothing."""
    lock(ticket)
    if ticket.owner_id == (owner.pk if owner else None):
        return ticket
    states.require(ticket.status, states.Verb.ASSIGN)
    if owner is not None:
        require_staff(owner)
    ticket.owner = owner
    keep(ticket, by=by, at=at)
    announce(
        events.TicketAssigned(
            ticket_id=ticket.pk,
            client_id=ticket.client_id,
            number=ticket.number,
            person_id=owner.pk if owner else None,
            name=owner.name if owner else "nobody",
        ),
        by=by,
        at=at,
    )
    return ticket


def require_staff(person: Person) -> None:
    """Only an active person of the MSP can own work."""
    if person.kind != Person.Kind.STAFF or not person.is_active:
        raise Refused(f"{person.name} cannot be given tickets.", field="owner")
