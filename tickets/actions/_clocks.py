"""A ticket's clocks while somebody holds the ticket: told what happened, kept as the rules say.

The holder's lock means that a clock is never moved by two at once.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from contracts.rules.calendar import NeverOpens, SupportCalendar
from msp.kit.refs import system
from tenants.journal.announce import announce
from tickets import events
from tickets.models import Clock, ClockSpan, Ticket
from tickets.queries.clocks import calendar_of, rule_of
from tickets.rules import clock as rules

# What is still granted when a raised priority's target is over already (S9).
RAISE_GRACE = 30 * 60
RESPONSE = (Clock.Target.RESPONSE,)
RESOLUTION = (Clock.Target.RESOLUTION,)
BOTH = RESPONSE + RESOLUTION


class Clocks:
    """The clocks of one held ticket. They set its next deadline; saving it is the holder's."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket

    @cached_property
    def calendar(self) -> SupportCalendar | None:
        return calendar_of(self.ticket)

    @cached_property
    def rows(self) -> list[Clock]:
        if self.calendar is None:
            return []
        found = Clock.objects.filter(ticket=self.ticket)
        return list(found.prefetch_related("spans").order_by("pk"))

    def start(self, targets: Mapping[str, int], pausing: Iterable[str], at: datetime) -> None:
        """Let promises count from an instant on; those in `pausing` stand still while we wait."""
        for target, seconds in targets.items():
            row = Clock.objects.create(
                ticket=self.ticket, target=target, seconds=seconds, pauses=target in pausing
            )
            ClockSpan.objects.create(clock=row, started_at=at)
            row.due_at = self._due(rules.Clock(seconds, (rules.Span(at),)))
            row.save(update_fields=["due_at"])
        self.__dict__.pop("rows", None)
        self._set_next_due()

    def pause(self, at: datetime) -> None:
        self.tell(rules.Kind.PAUSED, at, [row.target for row in self.rows if row.pauses])

    def resume(self, at: datetime) -> None:
        self.tell(rules.Kind.RESUMED, at, [row.target for row in self.rows if row.pauses])

    def tell(self, kind: str, at: datetime, targets: Iterable[str] = BOTH, **facts: Any) -> int:
        """Tell the clocks of these targets what happened; how many turned out to be missed."""
        missed = sum(
            self._move(row, rules.Event(kind, at, **facts))
            for row in self.rows
            if row.target in targets
        )
        self._set_next_due()
        return missed

    def _set_next_due(self) -> None:
        """The first deadline among the promises that nobody has met yet."""
        waiting = (row for row in self.rows if row.met_at is None and row.stopped_at is None)
        self.ticket.due_at = min((row.due_at for row in waiting if row.due_at), default=None)

    def _move(self, row: Clock, event: rules.Event) -> bool:
        """Advance one clock by one event and keep it; whether that first showed a miss."""
        assert self.calendar is not None  # there are no rows without one
        before = rule_of(row)
        after = rules.advance(self.calendar, before, event)
        if after is None or after == before:
            return False
        self._keep(row, before, after)
        if before.missed_at is not None or after.missed_at is None:
            return False
        self._announce_miss(row, after.missed_at, event.at)
        return True

    def _keep(self, row: Clock, before: rules.Clock, after: rules.Clock) -> None:
        """Write what changed. The deadline of a met clock stays as the promise it was."""
        row.seconds = after.target
        row.met_at, row.missed_at = after.fulfilled_at, after.missed_at
        row.stopped_at, row.raised = after.stopped_at, after.raised
        if after.stopped_at is not None:
            row.due_at = None
        elif after.fulfilled_at is None:
            row.due_at = self._due(after)
        row.save()
        if before.spans != after.spans:
            self._keep_spans(row, after.spans)

    @staticmethod
    def _keep_spans(row: Clock, spans: tuple[rules.Span, ...]) -> None:
        stored = list(row.spans.all())
        for kept, span in zip(stored, spans, strict=False):
            if kept.ended_at != span.ended_at:
                kept.ended_at = span.ended_at
                kept.save(update_fields=["ended_at"])
        for dropped in stored[len(spans) :]:
            dropped.delete()
        for span in spans[len(stored) :]:
            ClockSpan.objects.create(clock=row, started_at=span.started_at, ended_at=span.ended_at)
        row.__dict__.pop("_prefetched_objects_cache", None)

    def _due(self, clock: rules.Clock) -> datetime | None:
        """The deadline; none where the hours never open again, since it can never be missed."""
        if self.calendar is None:
            return None
        try:
            return rules.due_of(self.calendar, clock)
        except NeverOpens:
            return None

    def _announce_miss(self, row: Clock, missed_at: datetime, at: datetime) -> None:
        announce(
            events.ClockMissed(
                ticket_id=self.ticket.pk,
                client_id=self.ticket.client_id,
                number=self.ticket.number,
                clock_id=row.pk,
                target=row.target,
                promise=str(Clock.Target(row.target).label).lower(),
                due_at=missed_at.isoformat(),
            ),
            by=system("Service levels"),
            at=at,
        )
