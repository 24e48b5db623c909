"""A ticket's clocks while somebody holds the ticket: told what happened, kept as the rules say.

The holder's lock means that a clock is never moved by two at once.
"""

from datetime import datetime
from functools import cached_property
from typing import Any

from msp.kit.refs import system
from tenants.journal.announce import announce
from tickets import events
from tickets.models import Clock, ClockSpan, Ticket
from tickets.queries.clocks import policy_of, said_of, state_of, terms_of
from tickets.rules import clock as rules
from tickets.rules import promises, states
from tickets.rules.promises import Counting, Happening, Promises, What


class Clocks:
    """The clocks of one held ticket. They set its next deadline; saving it is the holder's.

    What the ticket says is taken down at the beginning, because its holder changes it before the
    clocks are told.
    """

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self._terms_of = (ticket.level_version_id, ticket.priority)
        self._said = said_of(ticket)
        self._rows: dict[tuple[str, int], Clock] = {}

    @cached_property
    def state(self) -> Promises:
        """Where the promises stand; of each only the clock that counts is read."""
        rows = Clock.objects.filter(ticket=self.ticket).order_by("target", "-cycle")
        for row in rows.distinct("target").prefetch_related("spans"):
            self._rows[row.target, row.cycle] = row
        terms = terms_of(*self._terms_of)
        return state_of(self._rows.values(), self.ticket, terms, **self._said)

    def open(self, at: datetime) -> None:
        """Let what is promised to a new ticket count from an instant on."""
        terms = terms_of(self.ticket.level_version_id, self.ticket.priority)
        waiting = states.pauses(self.ticket.status)
        begun = promises.advance(None, Happening(What.OPENED, at, terms, waiting=waiting))
        if begun is not None:
            self._keep(Promises(terms), begun, at)

    def tell(self, what: str, at: datetime, **facts: Any) -> int:
        """Tell the clocks what happened; how many turned out to be missed."""
        before = self.state
        after = promises.advance(before, Happening(what, at, **facts))
        return self._keep(before, after, at) if after is not None else 0

    def change_terms(self, what: str, at: datetime) -> int:
        """Tell them that the ticket is held to what it says now: a priority, another promise."""
        terms = terms_of(self.ticket.level_version_id, self.ticket.priority)
        missed = self.tell(what, at, terms=terms)
        self._adopt()
        return missed

    def _adopt(self) -> None:
        """A promise of the same terms takes over without a new clock; its warnings are its own."""
        for one in self.state.clocks:
            row = self._rows[one.target, one.cycle]
            if one.clock.done or row.level_version_id == self.ticket.level_version_id:
                continue
            row.level_version_id = self.ticket.level_version_id
            self._fill(row, one)
            row.save()

    @property
    def waiting_since(self) -> datetime:
        """When the wait that goes on began."""
        found = self.state.latest(promises.RESOLUTION)
        spans = found.clock.spans if found else ()
        return (spans[-1].ended_at if spans else None) or self.ticket.opened_at

    def warn(self, at: datetime) -> int:
        """Tell of every share of a target that is used by now, each once (S15); how many."""
        return sum(self._warn(one, at) for one in self.state.clocks)

    def _keep(self, before: Promises, after: Promises, at: datetime) -> int:
        self.__dict__["state"] = after
        known = {(one.target, one.cycle): one for one in before.clocks}
        missed = 0
        for one in after.clocks:
            old = known.get((one.target, one.cycle))
            if one != old:
                missed += self._write(one, old, at)
        self._set_next_due(after)
        return missed

    def _set_next_due(self, state: Promises) -> None:
        """The first deadline among the promises that nobody has met yet."""
        rows = [self._rows.get((one.target, one.cycle)) for one in state.clocks]
        waiting = (row for row in rows if row and row.met_at is None and row.stopped_at is None)
        self.ticket.due_at = min((row.due_at for row in waiting if row.due_at), default=None)

    def _write(self, one: Counting, old: Counting | None, at: datetime) -> bool:
        """Write a clock as it is now; whether that first showed a miss."""
        row = self._rows.get((one.target, one.cycle)) or self._new(one)
        stored = list(row.spans.all()) if row.pk else []
        self._fill(row, one)
        row.save()
        self._write_spans(row, stored, one.clock.spans)
        was_missed = old is not None and old.clock.missed_at is not None
        if was_missed or one.clock.missed_at is None:
            return False
        self._announce_miss(row, one.clock.missed_at, at)
        return True

    def _new(self, one: Counting) -> Clock:
        row = Clock(
            ticket=self.ticket, target=one.target, cycle=one.cycle, pauses=one.pauses,
            carried=one.clock.carried, level_version_id=self.ticket.level_version_id,
        )  # fmt: skip
        self._rows[one.target, one.cycle] = row
        return row

    def _fill(self, row: Clock, one: Counting) -> None:
        """The deadline of a met clock stays as the promise it was."""
        clock = one.clock
        row.seconds = clock.target
        row.met_at, row.missed_at = clock.fulfilled_at, clock.missed_at
        row.stopped_at, row.raised = clock.stopped_at, clock.raised
        if clock.stopped_at is not None:
            row.due_at = None
        elif clock.fulfilled_at is None:
            row.due_at = rules.due_of(one.calendar, clock)
        coming = self._next_share(row, one)
        row.warn_at = coming[1] if coming else None

    def _next_share(self, row: Clock, one: Counting) -> tuple[int, datetime] | None:
        fired = {int(share): target for share, target in row.warned.items()}
        shares = policy_of(row.level_version_id).warn_at
        return rules.next_threshold(one.calendar, one.clock, shares, fired)

    def _warn(self, one: Counting, at: datetime) -> int:
        row, told = self._rows[one.target, one.cycle], 0
        while (coming := self._next_share(row, one)) and coming[1] <= at:
            row.warned[str(coming[0])] = one.clock.target
            self._announce_share(row, coming[0], at)
            told += 1
        next_at = coming[1] if coming else None
        if row.warn_at != next_at:
            row.warn_at = next_at
            row.save(update_fields=["warned", "warn_at"])
        return told

    @staticmethod
    def _write_spans(row: Clock, stored: list[ClockSpan], spans: tuple[rules.Span, ...]) -> None:
        for dropped in stored[len(spans) :]:  # first, because only one may be running
            dropped.delete()
        for kept, span in zip(stored, spans, strict=False):
            if (kept.started_at, kept.ended_at) != (span.started_at, span.ended_at):
                kept.started_at, kept.ended_at = span.started_at, span.ended_at
                kept.save(update_fields=["started_at", "ended_at"])
        for span in spans[len(stored) :]:
            ClockSpan.objects.create(clock=row, started_at=span.started_at, ended_at=span.ended_at)
        row.__dict__.pop("_prefetched_objects_cache", None)

    def _announce_miss(self, row: Clock, missed_at: datetime, at: datetime) -> None:
        announce(
            events.ClockMissed(**self._facts(row), due_at=missed_at.isoformat(),
                               cause=row.breach_cause),
            by=system("Service levels"),
            at=at,
        )  # fmt: skip

    def _announce_share(self, row: Clock, share: int, at: datetime) -> None:
        announce(
            events.ClockWarned(
                **self._facts(row), share=share, due_at=row.due_at.isoformat() if row.due_at else ""
            ),
            by=system("Service levels"),
            at=at,
        )

    def _facts(self, row: Clock) -> dict[str, Any]:
        return {
            "ticket_id": self.ticket.pk,
            "client_id": self.ticket.client_id,
            "number": self.ticket.number,
            "clock_id": row.pk,
            "target": row.target,
            "promise": str(Clock.Target(row.target).label).lower(),
        }
