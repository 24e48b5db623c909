"""Promises that were missed, as the tickets say it now: who gives something back asks this.

Asked and not remembered: a miss that is none any more, because its ticket was merged, moved, or a
wait was voided, is not there the next time somebody asks.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tickets.models import Clock


@dataclass(frozen=True)
class Missed:
    """One promise that was missed. `missed_at` is when it was due, `met_at` when it was done."""

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
    for row in rows:
        found.setdefault((row.ticket_id, row.target), _missed(row))
    return list(found.values())


def _missed(row: Clock) -> Missed:
    spans = row.spans.all()
    assert row.missed_at is not None
    assert row.ticket.agreement_id is not None
    return Missed(
        row.ticket_id, row.ticket.number, row.ticket.agreement_id, row.target,
        row.ticket.priority, row.seconds, spans[0].started_at if spans else None, row.missed_at,
        row.met_at, row.raised,
    )  # fmt: skip
