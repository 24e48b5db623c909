"""Promises while work goes on: how urgent it is, and what comes due."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor, system
from tickets import events
from tickets.actions._held import Held
from tickets.actions._weighing import Weighing
from tickets.models import Ticket
from tickets.queries.clocks import over_at, resuming_at, warned_at
from tickets.rules import states
from tickets.rules.promises import What

BATCH = 500
HOUSE = "Service levels"


@transaction.atomic
def set_priority(
    *, ticket: Ticket, priority: int, by: Actor, at: datetime, may_major: bool = False
) -> Ticket:
    """Change the priority: what was used stays used, the target is the new one's (S9)."""
    held = Held(ticket, by=by, at=at)
    Weighing.demand(priority, may_major or by.kind == "system")
    _prioritise(held, priority)
    return ticket


@transaction.atomic
def assess(*, ticket: Ticket, impact: int, urgency: int, by: Actor, at: datetime) -> Ticket:
    """Weigh how many are held up and how much it presses; the matrix gives the priority (S8)."""
    held = Held(ticket, by=by, at=at)
    if (ticket.impact, ticket.urgency) == (impact, urgency):
        return ticket
    states.require(ticket.status, states.Verb.PRIORITISE)
    priority = Weighing.by_matrix(ticket, impact, urgency)
    ticket.impact, ticket.urgency = impact, urgency
    held.save()
    held.announce(events.TicketAssessed, impact=impact, urgency=urgency)
    _prioritise(held, priority)
    return ticket


def _prioritise(held: Held, priority: int) -> None:
    ticket = held.ticket
    if ticket.priority == priority:
        return
    states.require(ticket.status, states.Verb.PRIORITISE)
    before, after = Ticket.Priority(ticket.priority), Ticket.Priority(priority)
    ticket.priority = after.value
    held.clocks.change_terms(What.TERMS_CHANGED, held.at)
    held.save()
    held.announce(
        events.TicketPrioritised,
        before=before.value,
        after=after.value,
        before_words=str(before.label),
        after_words=str(after.label),
    )


# -- what comes due ------------------------------------------------------------------------------


@transaction.atomic
def breach_due(*, at: datetime) -> int:
    """Mark every promise whose time is over, each once, and tell it; how many there were.

    A promise is kept to the second, so it is missed from the second after its deadline on (S4).
    A ticket somebody holds is left to the next sweep, or to the very change that holds it.
    """
    due = over_at(at).order_by("due_at", "pk").values_list("ticket_id", flat=True)[:BATCH]
    return sum(
        held.clocks.tell(What.NOTICED, at)
        for ticket_id in dict.fromkeys(due)
        if (held := _free(ticket_id, at)) is not None
    )


@transaction.atomic
def warn_due(*, at: datetime) -> int:
    """Tell of every share of a target that is used by now, each once (S15); how many there were.

    What was met or paused since the row was written is looked at again and left alone.
    """
    due = warned_at(at).order_by("warn_at", "pk").values_list("ticket_id", flat=True)[:BATCH]
    return sum(
        held.clocks.warn(at)
        for ticket_id in dict.fromkeys(due)
        if (held := _free(ticket_id, at)) is not None
    )


@transaction.atomic
def resume_due(*, at: datetime) -> int:
    """End every wait whose time has come, at the instant it came (S13); how many there were."""
    due = resuming_at(at).order_by("resumes_at", "pk").values_list("pk", flat=True)
    return sum(
        held.catch_up()
        for ticket_id in list(due[:BATCH])
        if (held := _free(ticket_id, at)) is not None
    )


def _free(ticket_id: int, at: datetime) -> Held | None:
    """Hold a ticket that nobody else holds."""
    free = Ticket.objects.select_for_update(skip_locked=True, of=("self",))
    ticket = free.filter(pk=ticket_id).first()
    return Held(ticket, by=system(HOUSE), at=at, fresh=True) if ticket else None
