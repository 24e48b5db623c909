"""Moving a ticket's clocks: told what happened, they are kept as the rules leave them.

Callers hold the ticket's lock, so a clock is never moved by two at once.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts.rules.calendar import NeverOpens, SupportCalendar
from msp.kit.refs import Actor, system
from tenants.journal.announce import announce
from tickets import events
from tickets.models import Clock, ClockSpan, Ticket
from tickets.queries.clocks import calendar_of, rule_of
from tickets.rules import clock as rules

# What is still granted when a raised priority's target is over already (S9).
RAISE_GRACE = 30 * 60
BOTH = (Clock.Target.RESPONSE, Clock.Target.RESOLUTION)


def start(ticket: Ticket, target: str, seconds: int, *, pauses: bool, at: datetime) -> Clock:
    """Let one more promise count on the ticket."""
    row = Clock.objects.create(ticket=ticket, target=target, seconds=seconds, pauses=pauses)
    ClockSpan.objects.create(clock=row, started_at=at)
    calendar = calendar_of(ticket)
    if calendar is not None:
        row.due_at = _due(calendar, rules.Clock(seconds, (rules.Span(at),)))
        row.save(update_fields=["due_at"])
    return row


def tell(
    ticket: Ticket, kind: str, *, at: datetime, targets: Iterable[str] = BOTH, **facts: Any
) -> None:
    """Tell some of the ticket's clocks what happened, and keep the ticket's next deadline true."""
    calendar = calendar_of(ticket)
    if calendar is None:
        return
    for row in rows_of(ticket):
        if row.target in targets and not (_is_pause(kind) and not row.pauses):
            move(ticket, row, calendar, rules.Event(kind, at, **facts))
    set_next_due(ticket)


def rows_of(ticket: Ticket) -> list[Clock]:
    return list(Clock.objects.filter(ticket=ticket).prefetch_related("spans").order_by("pk"))


def move(ticket: Ticket, row: Clock, calendar: SupportCalendar, event: rules.Event) -> bool:
    """Advance one clock by one event and keep it; True when that showed a miss for the first time."""
    before = rule_of(row)
    after = rules.advance(calendar, before, event)
    if after is None or after == before:
        return False
    _keep(row, before, after, calendar)
    if before.missed_at is None and after.missed_at is not None:
        _announce_miss(ticket, row, event.at)
        return True
    return False


def set_next_due(ticket: Ticket) -> None:
    """Set (not save) the next deadline of the clocks that nobody has met yet."""
    ticket.due_at = (
        Clock.objects.filter(
            ticket=ticket, met_at__isnull=True, stopped_at__isnull=True, due_at__isnull=False
        )
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )


def _is_pause(kind: str) -> bool:
    return kind in (rules.Kind.PAUSED, rules.Kind.RESUMED)


def _keep(row: Clock, before: rules.Clock, after: rules.Clock, calendar: SupportCalendar) -> None:
    """Write what changed. The deadline of a met clock stays as the promise it was."""
    row.seconds = after.target
    row.met_at, row.missed_at = after.fulfilled_at, after.missed_at
    row.stopped_at, row.raised = after.stopped_at, after.raised
    if after.stopped_at is not None:
        row.due_at = None
    elif after.fulfilled_at is None:
        row.due_at = _due(calendar, after)
    row.save()
    _keep_spans(row, before.spans, after.spans)


def _keep_spans(row: Clock, before: tuple[rules.Span, ...], after: tuple[rules.Span, ...]) -> None:
    if before == after:
        return
    stored = list(row.spans.all())
    for kept, span in zip(stored, after, strict=False):
        if kept.ended_at != span.ended_at or kept.started_at != span.started_at:
            kept.started_at, kept.ended_at = span.started_at, span.ended_at
            kept.save(update_fields=["started_at", "ended_at"])
    for dropped in stored[len(after) :]:
        dropped.delete()
    for span in after[len(stored) :]:
        ClockSpan.objects.create(clock=row, started_at=span.started_at, ended_at=span.ended_at)


def _due(calendar: SupportCalendar, clock: rules.Clock) -> datetime | None:
    """The deadline; none where the hours never open again, since then it can never be missed."""
    try:
        return rules.due_of(calendar, clock)
    except NeverOpens:
        return None


def _announce_miss(ticket: Ticket, row: Clock, at: datetime) -> None:
    announce(
        events.ClockMissed(
            ticket_id=ticket.pk,
            client_id=ticket.client_id,
            number=ticket.number,
            clock_id=row.pk,
            target=row.target,
            promise=row.get_target_display().lower(),
            due_at=row.missed_at.isoformat() if row.missed_at else "",
        ),
        by=_watch(),
        at=at,
    )


def _watch() -> Actor:
    return system("Service levels")
