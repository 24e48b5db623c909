"""What pays for work on a ticket, where that is not the time it took."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from tenants.journal.announce import announce
from tickets import events
from tickets.models import Ticket, TimeEntry


@transaction.atomic
def pay_by(*, ticket: Ticket, paid_by: str, by: Actor, at: datetime) -> Ticket:
    """Name what pays for work on it, such as a project's fixed fee; empty: its time again.

    Time that stands on an approved bill stays there; what is billed from now on follows, and a
    draft that was counted with its time has to be counted again.
    """
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
    TimeEntry.objects.filter(ticket=ticket, billed_ref="").update(updated_at=at)
    if ticket.paid_by == paid_by[:160]:
        return ticket
    ticket.paid_by, ticket.updated_at = paid_by[:160], at
    ticket.save(update_fields=["paid_by", "updated_at"])
    announce(
        events.TicketPaidBy(ticket.pk, ticket.client_id, ticket.paid_by or "the time it takes"),
        by=by, at=at,
    )  # fmt: skip
    return ticket
