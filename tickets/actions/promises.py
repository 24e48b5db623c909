"""Promises while work goes on: another priority, and deadlines that pass."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor, system
from msp.kit.refusals import Refused
from tickets import events
from tickets.actions._clocks import RAISE_GRACE
from tickets.actions._held import Held
from tickets.models import Clock, Ticket
from tickets.queries.clocks import over_at, pausing_of, targets_of
from tickets.rules import states
from tickets.rules.clock import Kind

BATCH = 500


@transaction.atomic
def set_priority(*, ticket: Ticket, priority: int, by: Actor, at: datetime) -> Ticket:
    """Change the priority: what was used stays used, the target is the new one's (S9)."""
    held = Held(ticket, by=by, at=at)
    if priority not in Ticket.Priority.values:
        raise Refused(f"There is no priority {priority!r}.", field="priority")
    if ticket.priority == priority:
        return ticket
    states.require(ticket.status, states.Verb.PRIORITISE)
    before, after = Ticket.Priority(ticket.priority), Ticket.Priority(priority)
    ticket.priority = after.value
    _retarget(held)
    held.save()
    held.announce(
        events.TicketPrioritised,
        before=before.value,
        after=after.value,
        before_words=str(before.label),
        after_words=str(after.label),
    )
    return ticket


def _retarget(held: Held) -> None:
    """Swap each clock's target; one no longer promised stops, one newly promised begins now."""
    ticket, clocks = held.ticket, held.clocks
    targets = targets_of(ticket, ticket.priority)
    known = {row.target for row in clocks.rows}
    for target in known:
        if target in targets:
            facts = {"target": targets[target], "grace": RAISE_GRACE}
            clocks.tell(Kind.TARGET_CHANGED, held.at, [target], **facts)
        else:
            clocks.tell(Kind.STOPPED, held.at, [target])
    added = {target: seconds for target, seconds in targets.items() if target not in known}
    if ticket.responded_at is not None:
        added.pop(Clock.Target.RESPONSE, None)
    if added:
        clocks.start(added, pausing_of(ticket), held.at)
        if states.pauses(ticket.status):
            clocks.pause(held.at)


@transaction.atomic
def breach_due(*, at: datetime) -> int:
    """Mark every promise whose time is over, each once, and tell it; how many there were.

    A promise is kept to the second, so it is missed from the second after its deadline on (S4).
    A ticket somebody holds is left to the next sweep, or to the very change that holds it.
    """
    due = over_at(at).order_by("due_at", "pk").values_list("ticket_id", "target")
    return sum(_breach(ticket_id, target, at) for ticket_id, target in list(due[:BATCH]))


def _breach(ticket_id: int, target: str, at: datetime) -> int:
    free = Ticket.objects.select_for_update(skip_locked=True, of=("self",))
    ticket = free.filter(pk=ticket_id).first()
    if ticket is None:
        return 0
    held = Held(ticket, by=system("Service levels"), at=at, fresh=True)
    return held.clocks.tell("noticed", at, [target])
