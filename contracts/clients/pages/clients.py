"""Clients: the list, one client, and its form."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.clients import actions, queries
from contracts.clients.forms import ClientForm, initial_of
from contracts.clients.models import Client
from msp.kit.refusals import Refused
from msp.kit.slots import panels
from msp.kit.web import asked, attempt, go, page, refusal, rows_of
from tenants.journal.queries import Line, about
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

TIMELINE = 12


@staff(Permission.CLIENT_VIEW)
@require_GET
def client_list(request: HttpRequest) -> HttpResponse:
    """Every client, found by name and narrowed by segment."""
    wanted = {name: asked(request, name) for name in ("q", "segment", "state", "sort")}
    rows = rows_of(request, queries.list_clients(request.viewer, **wanted))
    return page(
        request, "clients/list.html", part="clients/_list.html", rows=rows, wanted=wanted,
        segments=Client.Segment.choices,
        columns=list(panels("client-columns", request, clients=list(rows))),
        ever=bool(rows) or Client.objects.visible_to(request.viewer).exists(),
    )  # fmt: skip


@staff(Permission.CLIENT_VIEW)
@require_GET
def client(request: HttpRequest, slug: str) -> HttpResponse:
    """One client at a glance; higher rooms add what they know of it."""
    found = client_of(request, slug)
    return page(
        request, "clients/client.html", part="clients/_overview.html", client=found,
        head=queries.client_head(found), contacts=queries.people_to_know(found),
        sites=list(found.sites.all()),
        timeline=_changes(found),
    )  # fmt: skip


@staff(Permission.CLIENT_EDIT)
@require_http_methods(["GET", "POST"])
def client_new(request: HttpRequest) -> HttpResponse:
    fresh = {"zone": request.tenant.zone, "currency": request.tenant.currency}
    form = ClientForm(request.POST or None, initial=fresh | {"tax_rate": 0, "payment_days": 30})
    if request.method == "POST":
        made = attempt(form, lambda values: actions.add_client(**values, **_who(request)))
        if made:
            return go(request, "client", made.slug, toast_text=f"{made.name} is a client now")
    return page(
        request, "clients/form.html", form=form, title="New client",
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.CLIENT_EDIT)
@require_http_methods(["GET", "POST"])
def client_edit(request: HttpRequest, slug: str) -> HttpResponse:
    found = client_of(request, slug)
    form = ClientForm(request.POST or None, initial=initial_of(found, ClientForm))
    if request.method == "POST" and attempt(
        form, lambda values: actions.change_client(client=found, **values, **_who(request))
    ):
        return go(request, "client", slug, toast_text="Saved")
    return page(
        request, "clients/form.html", form=form, client=found, title=f"Edit {found.name}",
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.CLIENT_EDIT)
@require_POST
def client_archive(request: HttpRequest, slug: str) -> HttpResponse:
    found = client_of(request, slug)
    ties = list(panels("client-ties", request, client=found))
    if ties:
        return refusal(request, Refused(ties[0]["reason"]))
    try:
        actions.archive_client(client=found, **_who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "client-list", toast_text=f"{found.name} is archived")


def _changes(found: Client) -> list[Line]:
    """What was changed about the client, the newest first; its tickets and bills have cards."""
    lines = about("client", found.pk, limit=TIMELINE, rooms=("clients", "contracts"))
    return lines[::-1]


def client_of(request: HttpRequest, slug: str) -> Client:
    """The client of the address, or 404 for one the viewer may not see."""
    return get_object_or_404(Client.objects.visible_to(request.viewer), slug=slug)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


urlpatterns = [
    path("clients", client_list, name="client-list"),
    path("clients/new", client_new, name="client-new"),
    path("clients/<slug:slug>", client, name="client"),
    path("clients/<slug:slug>/edit", client_edit, name="client-edit"),
    path("clients/<slug:slug>/archive", client_archive, name="client-archive"),
]
