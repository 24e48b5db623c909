"""Requests as a client sees them: in plain words, and nothing of what we say among ourselves."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tenants.people.rules.viewer import Viewer
from tickets.models import Clock, Ticket
from tickets.queries.clocks import Shown, clocks_of
from tickets.queries.queue import ACTIVE
from tickets.rules.plain import Asked, words

# Not every wish that presses is a problem: a standstill is, and what monitoring found.
GRAVE = Q(priority__lte=1) | Q(channel=Ticket.Channel.MONITORING, priority=2)


@dataclass(frozen=True)
class Request:
    """A ticket in the client's words, with what was promised for it."""

    ticket: Ticket
    words: str
    answer: Shown | None
    fix: Shown | None
    update: Shown | None = None


def requests(viewer: Viewer, *, mine: bool) -> QuerySet[Ticket]:
    """The requests a client's person may see; only their own where they ask for that."""
    rows = Ticket.objects.visible_to(viewer)
    if mine:
        rows = rows.filter(contact_id=viewer.contact_id)
    return rows.select_related("owner", "contact").order_by("-updated_at", "-pk")


def open_requests(viewer: Viewer, *, mine: bool) -> QuerySet[Ticket]:
    """Those that somebody still works on or waits for."""
    return requests(viewer, mine=mine).filter(ACTIVE)


def ended_requests(viewer: Viewer, *, mine: bool) -> QuerySet[Ticket]:
    """Those that were resolved, filed away or not."""
    return requests(viewer, mine=mine).filter(resolved_at__isnull=False)


def in_words(ticket: Ticket) -> str:
    """Where a request stands, as its client reads it."""
    helper = ticket.owner.name if ticket.owner else ""
    return words(Asked(ticket.status, helper, ticket.pause_reason))


def as_request(ticket: Ticket, at: datetime) -> Request:
    """A ticket as its client reads it, with the promises that still count."""
    clocks = {one.target: one for one in clocks_of(ticket, at)}
    return Request(
        ticket,
        in_words(ticket),
        clocks.get(Clock.Target.RESPONSE),
        clocks.get(Clock.Target.RESOLUTION),
        clocks.get(Clock.Target.UPDATE),
    )


def problem(viewer: Viewer, at: datetime) -> Request | None:
    """The gravest thing being worked on for this client, to be shown on top."""
    rows = Ticket.objects.visible_to(viewer).filter(ACTIVE & GRAVE)
    found = (
        rows.select_related("owner", "client")
        .prefetch_related("clocks__spans")
        .order_by("priority", "due_at", "pk")
        .first()
    )
    return as_request(found, at) if found else None


def problem_count(viewer: Viewer) -> int:
    """How many grave things are open for this client."""
    return Ticket.objects.visible_to(viewer).filter(ACTIVE & GRAVE).count()
