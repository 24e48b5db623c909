"""Promises that were missed, as the tickets say it now: who gives something back asks this.

Asked and not remembered: a miss that is none any more, because its ticket was merged, moved, or a
wait was voided, is not there the next time somebody asks.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from tenants.journal.queries import facts_of
from tickets.events import TicketPrioritised
from tickets.models import Clock


@dataclass(frozen=True)
class Missed:
    """One promise that was missed. `missed_at` is when it was due, `met_at` when it was done;
    `priority` is what it was then."""

    ticket_id: int
    number: int
    agreement_id: int
    target: str
    priority: int
    promised_seconds: int
    began_at: datetime | None
    missed_at: datetime
    met_at: datetime | None
    raised: bool


def missed_promises(
    *, client_id: int, agreement_ids: Collection[int], before: datetime
) -> list[Missed]:
    """What was missed under some agreements of a client before an instant, oldest first.

    Judged as everywhere (`rules/attainment`): stopped clocks and merged tickets are in neither way.
    """
    rows = (
        Clock.objects.filter(
            ticket__client_id=client_id, ticket__agreement_id__in=agreement_ids,
            ticket__merged_into__isnull=True, stopped_at__isnull=True, missed_at__lt=before,
        )
        .select_related("ticket")
        .prefetch_related("spans")
        .order_by("missed_at", "pk")
    )  # fmt: skip
    found: dict[tuple[int, str], Missed] = {}
    changes = _prioritised([row.ticket_id for row in rows])
    for row in rows:
        found.setdefault((row.ticket_id, row.target), _missed(row, changes[row.ticket_id]))
    return list(found.values())


def _prioritised(ticket_ids: Collection[int]) -> dict[int, list[tuple[datetime, int]]]:
    """When the priority of tickets was changed, and what it was before, the first change first."""
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    kind = TicketPrioritised.kind
    for told in facts_of(kind, [f"ticket:{pk}" for pk in ticket_ids]):
        found[told.facts["ticket_id"]].append((told.at, int(told.facts["before"])))
    return found


def _then(row: Clock, changes: Iterable[tuple[datetime, int]]) -> int:
    """The priority a promise was missed at: lowering it afterwards takes nothing back."""
    assert row.missed_at is not None
    now = row.ticket.priority
    return min(now, next((before for at, before in changes if at > row.missed_at), now))


def _missed(row: Clock, changes: Iterable[tuple[datetime, int]]) -> Missed:
    spans = row.spans.all()
    assert row.missed_at is not None
    assert row.ticket.agreement_id is not None
    return Missed(
        row.ticket_id, row.ticket.number, row.ticket.agreement_id, row.target,
        _then(row, changes), row.seconds, spans[0].started_at if spans else None, row.missed_at,
        row.met_at, row.raised,
    )  # fmt: skip
