"""The queue: every ticket one may see, by view and filter, one by one or many at once."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from contracts.clients.models import Client
from msp.kit.refusals import Refused
from msp.kit.web import page, refusal, toast
from tenants.people.gates import staff
from tenants.people.models import Team
from tenants.people.rules.roles import Permission
from tickets import actions, queries
from tickets.forms import read_scope, sign_scope, staff_people, teams, wanted_from
from tickets.models import Ticket
from tickets.queries import VIEWS, Wanted
from tickets.rules.ranking import Group
from tickets.rules.states import PAUSING, Status

GROUPS = {
    Group.BREACHING: "Missed, or due within 30 min",
    Group.TODAY: "Due today",
    Group.LATER: "Later",
    Group.NONE: "No clock running",
}


@staff(Permission.TICKET_VIEW)
@require_GET
def ticket_queue(request: HttpRequest) -> HttpResponse:
    """One view of the queue, grouped by time left."""
    return page(
        request, "tickets/queue.html", part="tickets/_queue.html",
        **_list(request, wanted_from(request.GET)),
        clients=Client.objects.filter(archived_at__isnull=True).only("name", "slug"),
    )  # fmt: skip


def _list(request: HttpRequest, wanted: Wanted) -> dict[str, Any]:
    at = datetime.now(UTC)
    zone = request.viewer.zone or request.tenant.zone
    marks = {name: request.GET.get(name, "")[:80] for name in ("after", "before")}
    asked = wanted.params | {name: mark for name, mark in marks.items() if mark}
    found = queries.listed(wanted, request.viewer, at, zone=zone, **marks)
    counts = queries.view_counts(request.viewer, at)
    here = reverse("ticket-queue")
    return {
        "wanted": wanted,
        "here": f"{here}?{urlencode(wanted.params)}",
        "here_exactly": f"{here}?{urlencode(asked)}",
        "groups": _grouped(found),
        "found": found,
        "views": [
            (label, f"{here}?{urlencode(wanted.but(view=name).params)}", counts[name], name)
            for name, (label, _filter) in VIEWS.items()
        ],
        "scope": sign_scope(wanted, found.total),
        "chips": _chips(wanted, here),
        "people": list(staff_people()),
        "teams": list(teams()),
        "statuses": _statuses(),
        "priorities": Ticket.Priority.choices,
        "from_list": urlencode({"list": urlencode(wanted.params)}) if wanted.params else "",
    }


def _grouped(found: queries.Listed) -> list[tuple[str, int, list[queries.Row]]]:
    """Rows under the head of their group; one headless group where the order is another."""
    if not found.groups:
        return [("", 0, found.rows)] if found.rows else []
    shown = [(one, [row for row in found.rows if row.group is one]) for one in Group]
    return [(GROUPS[one], found.groups[one], rows) for one, rows in shown if rows]


def _chips(wanted: Wanted, here: str) -> list[tuple[str, str, str]]:
    """The filters in force, each with the address of the list without it."""
    named = {
        "client": wanted.client,
        "status": Status(wanted.status).words if wanted.status else "",
        "priority": Ticket.Priority(int(wanted.priority)).label if wanted.priority else "",
        "owner": {"me": "me", "none": "nobody"}.get(wanted.owner, wanted.owner),
        "team": _team_words(wanted.team),
        "device": wanted.device,
        "q": wanted.q,
    }
    names = {
        "client": "Client",
        "status": "Status",
        "priority": "Priority",
        "owner": "Owner",
        "team": "Team",
    }
    return [
        (names.get(name, "Text" if name == "q" else "Device"), str(value),
         f"{here}?{urlencode(wanted.but(**{name: ''}).params)}")
        for name, value in named.items()
        if value
    ]  # fmt: skip


def _team_words(team: str) -> str:
    if not team.isdecimal():
        return {"mine": "one of mine", "none": "none"}.get(team, "")
    found = Team.objects.filter(pk=int(team[:15])).first()
    return found.name if found else team


def _statuses() -> list[tuple[str, str, bool]]:
    """Each status with its words and whether it needs a reason."""
    return [(one.value, one.words, one in PAUSING) for one in Status]


@staff(Permission.TICKET_VIEW)
@require_GET
def ticket_row(request: HttpRequest, number: int) -> HttpResponse:
    """One row, for a list that is open when the ticket changes."""
    rows = queries.for_rows(Ticket.objects.visible_to(request.viewer))
    ticket = get_object_or_404(rows, number=number)
    row = queries.row_of(ticket, datetime.now(UTC))
    return page(request, "tickets/_row.html", row=row, ticket=ticket)


@staff(Permission.TICKET_EDIT)
@require_POST
def ticket_bulk(request: HttpRequest) -> HttpResponse:
    """Change many tickets at once, or none of them: 409 when the list is no longer the same."""
    try:
        wanted, total = read_scope(request.POST.get("scope", ""))
        change = _change(request)
        numbers = None if request.POST.get("all") else _numbers(request)
        count = actions.change_many(
            wanted=wanted, total=total, numbers=numbers, change=change, viewer=request.viewer,
            by=request.viewer.actor, at=datetime.now(UTC),
        )  # fmt: skip
    except Refused as error:
        return refusal(request, error)
    answer = page(
        request, "tickets/queue.html", part="tickets/_queue.html", **_list(request, wanted),
        clients=Client.objects.filter(archived_at__isnull=True).only("name", "slug"),
    )  # fmt: skip
    return toast(answer, "1 ticket changed" if count == 1 else f"{count} tickets changed")


def _numbers(request: HttpRequest) -> list[int]:
    chosen = [int(one) for one in request.POST.getlist("id") if one.isdecimal() and len(one) < 16]
    if not chosen:
        raise Refused("Select at least one ticket.", field="id")
    return chosen


def _change(request: HttpRequest) -> actions.Change:
    """Which button was pressed: an owner, a priority, a status, or a wait with its reason."""
    sent = request.POST
    if "owner" in sent:
        return actions.Change("owner", sent["owner"][:20])
    if "priority" in sent:
        major = request.viewer.may(Permission.TICKET_MAJOR)
        return actions.Change("priority", sent["priority"][:2], may_major=major)
    if "status" in sent:
        return actions.Change("status", sent["status"][:20])
    if "wait" in sent:
        return actions.Change("status", sent.get("wait_status", "")[:20], sent.get("reason", ""))
    raise Refused("Choose what to change.")


urlpatterns = [
    path("tickets", ticket_queue, name="ticket-queue"),
    path("tickets/bulk", ticket_bulk, name="ticket-bulk"),
    path("tickets/<int:number>/row", ticket_row, name="ticket-row"),
]
