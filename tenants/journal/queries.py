"""Reading what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.journal.models import Delivery, Entry
from tenants.journal.registry import EVENTS, sentence_of


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


def about(noun: str, pk: int, *, limit: int = 200, rooms: tuple[str, ...] = ()) -> list[Line]:
    """What happened to one thing, oldest first, at most `limit` of the newest of these rooms."""
    rows = Entry.objects.filter(refs__overlap=[f"{noun}:{pk}"])
    if rooms:
        rows = rows.filter(kind__regex=rf"^({'|'.join(rooms)})\.")
    return [_line(row) for row in reversed(rows.order_by("-at", "-pk")[:limit])]


def facts_of(kind: str, refs: Sequence[str]) -> list[Line]:
    """Everything of one kind that happened to some things, in one question, oldest first."""
    rows = Entry.objects.filter(refs__overlap=list(refs), kind=kind).order_by("at", "pk")
    return [_line(row) for row in rows] if refs else []


def browse(
    *, room: str = "", who: str = "", before: int | None = None, limit: int = 50
) -> tuple[list[Line], int | None]:
    """One page of entries, newest first, and where the next page begins."""
    rows = Entry.objects.order_by("-pk")
    if room:
        rows = rows.filter(kind__startswith=f"{room}.")
    if who:
        rows = rows.filter(actor_name__icontains=who)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: limit + 1])
    older = found[limit - 1].pk if len(found) > limit else None
    return [_line(row) for row in found[:limit]], older


def rooms() -> list[str]:
    """The first words of all kinds of events."""
    return sorted({kind.partition(".")[0] for kind in EVENTS})


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
