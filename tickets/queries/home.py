"""What Today, a client, a device and the palette show of the tickets."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from tenants.people.rules.viewer import Viewer
from tickets.models import Ticket
from tickets.queries.clocks import Shown
from tickets.queries.queue import ACTIVE, WAITING, Wanted, for_rows, queue, row_of
from tickets.rules.face import Face
from tickets.rules.ranking import SOON, Task, Why, rank, why

NEXT = 8
_LOOKED_AT = 100


@dataclass(frozen=True)
class Figures:
    """The numbers that say whether somebody must do something now."""

    at_risk: int
    missed: int
    unassigned: int
    oldest_unassigned_at: datetime | None
    mine: int
    mine_waiting: int


def figures(viewer: Viewer, at: datetime) -> Figures:
    """All of them in one question over the open tickets."""
    mine, nobodys = Q(owner_id=viewer.person_id), Q(owner__isnull=True)
    counted = (
        Ticket.objects.visible_to(viewer)
        .filter(ACTIVE)
        .aggregate(
            at_risk=Count("pk", filter=Q(due_at__lte=at + SOON)),
            missed=Count("pk", filter=Q(due_at__lt=at)),
            unassigned=Count("pk", filter=nobodys),
            oldest_unassigned_at=Min("opened_at", filter=nobodys),
            mine=Count("pk", filter=mine),
            mine_waiting=Count("pk", filter=mine & WAITING),
        )
    )
    return Figures(**counted)


@dataclass(frozen=True)
class Next:
    """A ticket to do next, with the reason in one word."""

    ticket: Ticket
    clock: Shown | None
    why: Why

    @property
    def face(self) -> Face | None:
        return self.clock.face if self.clock else None


def do_next(viewer: Viewer, at: datetime) -> list[Next]:
    """The viewer's own tickets and nobody's, ranked by time left and by who waits (design 5.3)."""
    rows = Ticket.objects.visible_to(viewer).filter(
        ACTIVE, Q(owner_id=viewer.person_id) | Q(owner__isnull=True)
    )
    rows = rows.exclude(WAITING & Q(client_wrote_at__isnull=True))
    urgent = rows.order_by("due_at", "pk")[:_LOOKED_AT]
    wrote = rows.filter(client_wrote_at__isnull=False).order_by("client_wrote_at")[:_LOOKED_AT]
    tasks = {ticket.pk: ticket for ticket in [*urgent, *wrote]}
    first = sorted(tasks.values(), key=lambda one: rank(_task(one), at))[:NEXT]
    shown = {one.pk: one for one in for_rows(Ticket.objects.filter(pk__in=[t.pk for t in first]))}
    return [
        Next(row.ticket, row.clock, why(_task(one), at))
        for one in first
        if (row := row_of(shown[one.pk], at))
    ]


def _task(ticket: Ticket) -> Task:
    return Task(
        ticket.number, ticket.priority, ticket.opened_at, ticket.due_at, ticket.client_wrote_at
    )


def open_tickets(viewer: Viewer, *, limit: int, **of: int) -> QuerySet[Ticket]:
    """The open tickets of a client or a device, the most urgent first."""
    rows = Ticket.objects.visible_to(viewer).filter(ACTIVE, **of)
    return for_rows(rows).order_by("due_at", "pk")[:limit]


def found(viewer: Viewer, text: str, at: datetime) -> list[Ticket]:
    """Tickets for the palette: a number, or words of the subject, open ones first."""
    rows = queue(Wanted(view="all", q=text), viewer, at).select_related("client")
    return list(rows.order_by("-resolved_at", "-updated_at")[:6])
