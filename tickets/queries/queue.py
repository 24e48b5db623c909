"""The queue: which tickets a list shows, in which order, and how many there are."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from msp.kit.periods import day_start, local_date
from tenants.people.models import Team
from tenants.people.rules.viewer import Viewer
from tickets.models import Ticket
from tickets.queries.clocks import Shown, clocks_of, next_of
from tickets.queries.paging import Order, Page, page_of
from tickets.rules import states
from tickets.rules.face import Face
from tickets.rules.ranking import SOON, Group, group_of

ACTIVE = Q(resolved_at__isnull=True)
WAITING = Q(status__in=[str(status) for status in states.PAUSING])


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for; everything of it stands in the address."""

    view: str = "open"
    q: str = ""
    client: str = ""
    status: str = ""
    priority: str = ""
    owner: str = ""
    team: str = ""
    device: str = ""
    sort: str = ""

    @property
    def params(self) -> dict[str, str]:
        """The address of exactly this list, without what it has by default."""
        return {
            field.name: value
            for field in fields(self)
            if (value := getattr(self, field.name)) and value != field.default
        }

    def but(self, **changes: str) -> "Wanted":
        return replace(self, **changes)


def _at_risk(at: datetime) -> Q:
    return ACTIVE & Q(due_at__lte=at + SOON)


VIEWS: dict[str, tuple[str, Callable[[Viewer, datetime], Q]]] = {
    "open": ("Open", lambda viewer, at: ACTIVE),
    "mine": ("Mine", lambda viewer, at: ACTIVE & Q(owner_id=viewer.person_id)),
    "unassigned": ("Unassigned", lambda viewer, at: ACTIVE & Q(owner__isnull=True)),
    "risk": ("SLA at risk", lambda viewer, at: _at_risk(at)),
    "waiting": ("Waiting", lambda viewer, at: ACTIVE & WAITING),
    "resolved": ("Resolved", lambda viewer, at: Q(resolved_at__isnull=False)),
    "all": ("All", lambda viewer, at: Q()),
}
_ORDERS = {
    "due": Order("due_at", read=datetime.fromisoformat),
    "updated": Order("updated_at", read=datetime.fromisoformat),
    "number": Order("number"),
    "priority": Order("priority"),
}


def queue(wanted: Wanted, viewer: Viewer, at: datetime) -> QuerySet[Ticket]:
    """The tickets of a list that the viewer may see."""
    rows = Ticket.objects.visible_to(viewer)
    if wanted.view in VIEWS:
        rows = rows.filter(VIEWS[wanted.view][1](viewer, at))
    return rows.filter(_filters(wanted, viewer)).filter(_text(wanted.q))


def _filters(wanted: Wanted, viewer: Viewer) -> Q:
    found = Q()
    if wanted.client:
        found &= Q(client__slug=wanted.client)
    if wanted.status:
        found &= Q(status=wanted.status)
    if wanted.priority.isdecimal():
        found &= Q(priority=int(wanted.priority[:4]))
    if wanted.device.isdecimal():
        found &= Q(device_id=int(wanted.device[:15]))
    return found & _owner(wanted.owner, viewer) & _team(wanted.team, viewer)


def _owner(owner: str, viewer: Viewer) -> Q:
    if owner == "me":
        return Q(owner_id=viewer.person_id)
    if owner == "none":
        return Q(owner__isnull=True)
    return Q(owner_id=int(owner[:15])) if owner.isdecimal() else Q()


def _team(team: str, viewer: Viewer) -> Q:
    """`mine` are the teams the viewer is in."""
    if team == "mine":
        return Q(team_id__in=Team.objects.filter(members=viewer.person_id).values("pk"))
    if team == "none":
        return Q(team__isnull=True)
    return Q(team_id=int(team[:15])) if team.isdecimal() else Q()


def _text(words: str) -> Q:
    """A number finds its ticket; words must all stand in the subject."""
    number = words.strip().removeprefix("#")
    if number.isdecimal() and len(number) < 16:
        return Q(number=int(number)) | Q(subject__icontains=number)
    found = Q()
    for word in words.split()[:8]:
        found &= Q(subject__icontains=word)
    return found


def order_of(wanted: Wanted) -> Order:
    """By time left while work goes on, by the last change once it is history."""
    name, down = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
    if name in _ORDERS:
        return replace(_ORDERS[name], down=down)
    if wanted.view in ("resolved", "all"):
        return replace(_ORDERS["updated"], down=True)
    return _ORDERS["due"]


@dataclass(frozen=True)
class Row:
    """One ticket of a list with the clock to watch."""

    ticket: Ticket
    clock: Shown | None
    group: Group | None = None

    @property
    def face(self) -> Face | None:
        return self.clock.face if self.clock else None


@dataclass(frozen=True)
class Listed:
    """One page of the queue: rows under their groups, and the size of everything."""

    rows: list[Row]
    groups: dict[Group, int]
    total: int
    page: Page


def listed(
    wanted: Wanted, viewer: Viewer, at: datetime, *, zone: str, after: str = "", before: str = ""
) -> Listed:
    """One page of a list, grouped by time left where it is sorted so."""
    rows, order = queue(wanted, viewer, at), order_of(wanted)
    page = page_of(for_rows(rows), order, after=after, before=before)
    ends_at = day_start(local_date(at, zone) + timedelta(days=1), zone)
    grouped = order.column == "due_at" and not order.down
    counts = _group_counts(rows, at, ends_at)
    shown = [
        row_of(one, at, group_of(one.due_at, at, ends_at) if grouped else None) for one in page.rows
    ]
    return Listed(shown, counts if grouped else {}, sum(counts.values()), page)


def for_rows(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With all that a row shows, whatever the number of rows."""
    return rows.select_related("client", "owner", "team", "device", "agreement").prefetch_related(
        "clocks__spans"
    )


def row_of(ticket: Ticket, at: datetime, group: Group | None = None) -> Row:
    """A ticket and the one clock its row shows: the next that counts, else the last there was."""
    clocks = clocks_of(ticket, at)
    last = clocks[-1] if clocks else None
    return Row(ticket, next_of(clocks) or last, group)


def _group_counts(rows: QuerySet[Ticket], at: datetime, ends_at: datetime) -> dict[Group, int]:
    soon = at + SOON
    ends_at = max(ends_at, soon)
    counted = rows.aggregate(
        breaching=Count("pk", filter=Q(due_at__lte=soon)),
        today=Count("pk", filter=Q(due_at__gt=soon, due_at__lt=ends_at)),
        later=Count("pk", filter=Q(due_at__gt=soon, due_at__gte=ends_at)),
        none=Count("pk", filter=Q(due_at__isnull=True)),
    )
    return {group: counted[group.value] for group in Group}


def view_counts(viewer: Viewer, at: datetime) -> dict[str, int]:
    """How many tickets each view holds, in two questions."""
    rows = Ticket.objects.visible_to(viewer)
    active = {name: view for name, (_label, view) in VIEWS.items() if name not in _WHOLE}
    counts = rows.filter(ACTIVE).aggregate(
        **{name: Count("pk", filter=view(viewer, at)) for name, view in active.items()}
    )
    total = rows.count()
    return counts | {"resolved": total - counts["open"], "all": total}


_WHOLE = ("resolved", "all")


def open_of_viewer(viewer: Viewer) -> int | None:
    """What the sidebar counts: the viewer's own open tickets."""
    rows = Ticket.objects.filter(ACTIVE, owner_id=viewer.person_id)
    return rows.count() or None


def open_count(client_id: int) -> int:
    """How many tickets of a client are open."""
    return Ticket.objects.filter(ACTIVE, client_id=client_id).count()


def neighbours(
    wanted: Wanted, viewer: Viewer, at: datetime, ticket: Ticket
) -> tuple[Ticket | None, Ticket | None]:
    """The tickets before and after one in the list it was opened from."""
    rows, order = queue(wanted, viewer, at), order_of(wanted)
    value = getattr(ticket, order.column)
    before, after = (
        rows.filter(order.beyond(value, ticket.pk, back=back))
        .order_by(*order.by(back=back))
        .first()
        for back in (True, False)
    )
    return before, after
