"""What holding open tickets to a newer version of their level would change (S6)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from contracts.models import ServiceLevelVersion
from tenants.people.rules.viewer import Viewer
from tickets.models import Clock, Ticket
from tickets.queries.clocks import said_of, state_of, terms_of
from tickets.queries.queue import ACTIVE
from tickets.rules.clock import due_of
from tickets.rules.promises import Happening, Promises, What, advance

MOST = 200


@dataclass(frozen=True)
class Restamped:
    """One open ticket with each promise's deadline as it is, and as it would be."""

    ticket: Ticket
    changes: list[tuple[str, datetime | None, datetime | None]]

    @property
    def changed(self) -> bool:
        return any(before != after for _label, before, after in self.changes)


def outdated(viewer: Viewer, version: ServiceLevelVersion) -> QuerySet[Ticket]:
    """The open tickets held to an older version of the same level."""
    rows = Ticket.objects.visible_to(viewer).filter(ACTIVE)
    return rows.filter(
        level_version__level_id=version.level_id, level_version__number__lt=version.number
    )


def restamped(viewer: Viewer, version: ServiceLevelVersion, at: datetime) -> list[Restamped]:
    """The same with what would become of them; nothing is written."""
    rows = outdated(viewer, version).select_related("client", "level_version")
    found = rows.prefetch_related("clocks__spans").order_by("due_at", "pk")[:MOST]
    return [_restamped(ticket, version, at) for ticket in found]


def _restamped(ticket: Ticket, version: ServiceLevelVersion, at: datetime) -> Restamped:
    latest: dict[str, Clock] = {}
    for row in sorted(ticket.clocks.all(), key=lambda one: one.cycle):
        latest[row.target] = row
    terms = terms_of(ticket.level_version_id, ticket.priority)
    before = state_of(latest.values(), ticket, terms, **said_of(ticket))
    coming = terms_of(version.pk, ticket.priority)
    after = advance(before, Happening(What.MOVED, at, coming)) or before
    return Restamped(
        ticket,
        [
            (str(target.label), _due(before, target), _due(after, target))
            for target in Clock.Target
            if _open(before, target) or _open(after, target)
        ],
    )


def _open(state: Promises, target: str) -> bool:
    found = state.latest(target)
    return found is not None and not found.clock.done


def _due(state: Promises, target: str) -> datetime | None:
    found = state.latest(target)
    return due_of(found.calendar, found.clock) if found and not found.clock.done else None
