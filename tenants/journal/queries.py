"""Reading what happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.journal.models import Delivery, Entry
from tenants.journal.registry import sentence_of


@dataclass(frozen=True)
class Line:
    """One line of a timeline."""

    id: int
    at: datetime
    kind: str
    actor_kind: str
    actor_name: str
    sentence: str
    facts: dict[str, Any]


def about(noun: str, pk: int, *, limit: int = 200) -> list[Line]:
    """What happened to one thing, oldest first, at most `limit` of the newest."""
    return recent([f"{noun}:{pk}"], limit=limit)


def recent(refs: list[str] | None = None, *, limit: int = 50, kinds: str = "") -> list[Line]:
    """The newest entries, oldest first; `refs` narrows to entries about any of them."""
    rows = Entry.objects.all()
    if refs:
        rows = rows.filter(refs__overlap=refs)
    if kinds:
        rows = rows.filter(kind__startswith=kinds)
    return [_line(row) for row in reversed(rows.order_by("-at", "-pk")[:limit])]


def _line(row: Entry) -> Line:
    return Line(
        row.pk,
        row.at,
        row.kind,
        row.actor_kind,
        row.actor_name,
        sentence_of(row.kind, row.facts),
        row.facts,
    )


def failing() -> list[Delivery]:
    """Reactions that raised and are not done, worst first."""
    rows = Delivery.objects.filter(done_at__isnull=True, tries__gt=0).select_related("entry")
    return list(rows.order_by("-tries", "pk")[:100])
