"""Promises while work goes on: another priority, a person taking notice, a deadline passing."""

from datetime import datetime, timedelta

from django.db import transaction

from contracts import queries as contracts
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce
from tickets import events
from tickets.actions import _clocks as clocks
from tickets.actions._ticket import keep, lock
from tickets.actions.opening import targets_of
from tickets.models import Clock, Ticket
from tickets.rules import states
from tickets.rules.clock import Event, Kind

BATCH = 500
_SECOND = timedelta(seconds=1)


@transaction.atomic
def set_priority(*, ticket: Ticket, priority: int, by: Actor, at: datetime) -> Ticket:
    """Change the priority: what was used stays used, the target is the new one's (S9)."""
    lock(ticket)
    if priority not in Ticket.Priority.values:
        raise Refused(f"There is no priority {priority!r}.", field="priority")
    if ticket.priority == priority:
        return ticket
    states.require(ticket.status, states.Verb.PRIORITISE)
    before, ticket.priority = Ticket.Priority(ticket.priority), priority
    if ticket.level_version_id is not None:
        _retarget(ticket, at)
    keep(ticket, by=by, at=at)
    after = Ticket.Priority(priority)
    announce(
        events.TicketPrioritised(
            ticket_id=ticket.pk,
            client_id=ticket.client_id,
            number=ticket.number,
            before=before.value,
            after=after.value,
            before_words=str(before.label),
            after_words=str(after.label),
        ),
        by=by,
        at=at,
    )
    return ticket


def _retarget(ticket: Ticket, at: datetime) -> None:
    """Swap each clock's target; one that is no longer promised stops, a new one begins now."""
    targets = targets_of(ticket, ticket.priority)
    calendar = contracts.level(ticket.level_version_id).calendar
    rows = {row.target: row for row in clocks.rows_of(ticket)}
    for target, row in rows.items():
        seconds = targets.get(target)
        told = (
            Event(Kind.TARGET_CHANGED, at, target=seconds, grace=clocks.RAISE_GRACE)
            if seconds
            else Event(Kind.STOPPED, at)
        )
        clocks.move(ticket, row, calendar, told)
    for target, seconds in targets.items():
        if target not in rows:
            _begin(ticket, target, seconds, at)
    clocks.set_next_due(ticket)


def _begin(ticket: Ticket, target: str, seconds: int, at: datetime) -> None:
    """A promise the old priority did not have; it stands still where the ticket waits."""
    if target == Clock.Target.RESPONSE and ticket.responded_at is not None:
        return
    clocks.start(ticket, target, seconds, pauses=target == Clock.Target.RESOLUTION, at=at)
    if states.pauses(ticket.status):
        clocks.tell(ticket, Kind.PAUSED, at=at, targets=[target])


@transaction.atomic
def acknowledge(*, ticket: Ticket, by: Actor, at: datetime) -> Ticket:
    """A person is on it: that answers the response promise without writing to the client (K5)."""
    lock(ticket)
    if ticket.responded_at is not None or ticket.status in states.ENDED:
        return ticket
    ticket.responded_at = at
    clocks.tell(ticket, Kind.FULFILLED, at=at, targets=[Clock.Target.RESPONSE])
    keep(ticket, by=by, at=at)
    announce(
        events.TicketAcknowledged(
            ticket_id=ticket.pk, client_id=ticket.client_id, number=ticket.number
        ),
        by=by,
        at=at,
    )
    return ticket


@transaction.atomic
def breach_due(*, at: datetime) -> int:
    """Mark every promise whose time is over, each once, and tell it.

    A promise is kept to the second, so it is missed from the second after its deadline on (S4).
    A ticket somebody holds is left to the next sweep, or to the very change that holds it.
    """
    whole = at - at.microsecond * timedelta(microseconds=1)
    due = (
        Clock.objects.filter(met_at__isnull=True, missed_at__isnull=True, due_at__lt=whole)
        .order_by("due_at", "pk")
        .values_list("pk", "ticket_id")[:BATCH]
    )
    return sum(_breach(clock_id, ticket_id, at) for clock_id, ticket_id in list(due))


def _breach(clock_id: int, ticket_id: int, at: datetime) -> int:
    held = Ticket.objects.select_for_update(skip_locked=True, of=("self",))
    ticket = held.filter(pk=ticket_id).first()
    if ticket is None or ticket.level_version_id is None:
        return 0
    calendar = contracts.level(ticket.level_version_id).calendar
    for row in clocks.rows_of(ticket):
        if row.pk == clock_id:
            return int(clocks.move(ticket, row, calendar, Event("noticed", at)))
    return 0
