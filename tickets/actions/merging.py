"""Two tickets about one thing become one (S16)."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tickets import events
from tickets.actions._held import Held
from tickets.models import Ticket
from tickets.rules import states
from tickets.rules.promises import What
from tickets.rules.states import Status


@transaction.atomic
def merge(
    *, ticket: Ticket, into: Ticket, by: Actor, at: datetime, same_incident: bool = False
) -> Ticket:
    """End a ticket in another of the same client; its clocks are judged neither way.

    What was said stays where it was said, one click away. With `same_incident` the one that goes
    on began when the first of them was told, and its clocks count from then.
    """
    _hold_both(ticket, into)
    gone, kept = (Held(one, by=by, at=at, fresh=True) for one in (ticket, into))
    for held in (gone, kept):
        held.catch_up()
    if ticket.merged_into_id == into.pk:
        return into
    _demand_mergeable(ticket, into)
    gone.clocks.tell(What.MERGED, at)
    ticket.merged_into, ticket.pause_reason = into, ""
    ticket.resumes_at, ticket.resume_cause, ticket.client_wrote_at = None, "", None
    ticket.status = Status.CLOSED.value
    ticket.resolved_at, ticket.closed_at = ticket.resolved_at or at, at
    gone.save()
    gone.announce(events.TicketMerged, into_id=into.pk, into_number=into.number)
    earlier = same_incident and ticket.opened_at < into.opened_at
    if earlier:
        into.opened_at = ticket.opened_at
        kept.clocks.tell(What.BEGAN_EARLIER, at, since=ticket.opened_at)
    kept.save()
    since = ", which told of it first" if earlier else ""
    kept.announce(events.TicketTookOver, merged_number=ticket.number, since=since)
    return into


def _hold_both(ticket: Ticket, into: Ticket) -> None:
    """Always in the same order, so that two merges the other way round cannot wait for each other.

    Both are read again once both are held.
    """
    pks = sorted({ticket.pk, into.pk})
    list(Ticket.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
    for one in (ticket, into):
        one.refresh_from_db()


def _demand_mergeable(ticket: Ticket, into: Ticket) -> None:
    if ticket.pk == into.pk:
        raise Refused("A ticket cannot be merged into itself.", field="into")
    if ticket.client_id != into.client_id:
        raise Refused("That ticket belongs to another client.", field="into")
    if into.status in states.ENDED:
        raise Refused(f"#{into.number} has ended. Reopen it first.", field="into")
    if ticket.merged_into_id is not None:
        raise Refused(f"#{ticket.number} was merged already.", field="into")
