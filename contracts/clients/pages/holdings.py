"""A client's licences and meters: what they hold, how many, and since when."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.clients import actions, queries
from contracts.clients.forms import EndForm, LicenceForm, MeterForm, SeatsForm, first_day
from contracts.clients.models import Client, Holding
from contracts.clients.pages.clients import client_of
from msp.kit.periods import local_date
from msp.kit.refusals import Refused
from msp.kit.web import attempt, go, page, refusal
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.CLIENT_VIEW)
@require_GET
def client_holdings(request: HttpRequest, slug: str) -> HttpResponse:
    return _list(request, client_of(request, slug))


@staff(Permission.DEVICE_EDIT)
@require_http_methods(["GET", "POST"])
def licence_new(request: HttpRequest, slug: str) -> HttpResponse:
    client = client_of(request, slug)
    form = LicenceForm(request.POST or None, initial=first_day(_today(client)))
    if request.method == "POST" and attempt(
        form, lambda values: actions.add_licence(client=client, **values, **_who(request))
    ):
        return go(request, "client-holdings", slug, toast_text="Licence added")
    return _form(request, form, client, "New licence")


@staff(Permission.DEVICE_EDIT)
@require_http_methods(["GET", "POST"])
def meter_new(request: HttpRequest, slug: str) -> HttpResponse:
    client = client_of(request, slug)
    form = MeterForm(request.POST or None, client=client, initial=first_day(_today(client)))
    if request.method == "POST" and attempt(
        form, lambda _values: actions.add_meter(client=client, **form.said(), **_who(request))
    ):
        return go(request, "client-holdings", slug, toast_text="Meter added")
    return _form(request, form, client, "New meter")


@staff(Permission.DEVICE_EDIT)
@require_POST
def licence_seats(request: HttpRequest, pk: int) -> HttpResponse:
    """From a day on there are more or fewer seats."""
    found = held_of(request, Holding.Kind.LICENCE, pk)
    form = SeatsForm(request.POST, auto_id=f"id_licence_{pk}_%s")
    if attempt(form, lambda values: actions.change_seats(licence=found, **values, **_who(request))):
        return go(request, "client-holdings", found.client.slug, toast_text="The register knows")
    return _list(request, found.client, seats={pk: form})


@staff(Permission.DEVICE_EDIT)
@require_POST
def licence_end(request: HttpRequest, pk: int) -> HttpResponse:
    return end_held(request, held_of(request, Holding.Kind.LICENCE, pk))


def end_held(request: HttpRequest, found: Holding) -> HttpResponse:
    form = EndForm(request.POST)
    if not form.is_valid():
        return refusal(request, Refused(" ".join(form.errors["on"]), field="on"))
    try:
        actions.end_holding(holding=found, on=form.cleaned_data["on"], **_who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "client-holdings", found.client.slug, toast_text=f"{found} ended")


def held_of(request: HttpRequest, kind: str, pk: int) -> Holding:
    rows = Holding.objects.visible_to(request.viewer).select_related("client")
    return get_object_or_404(rows, pk=pk, kind=kind)


def _list(
    request: HttpRequest, client: Client, seats: dict[int, SeatsForm] | None = None
) -> HttpResponse:
    licences, meters = queries.held(client)
    today = _today(client)
    changing = seats or {}
    rows = [
        (
            one,
            many,
            changing.get(one.pk)
            or SeatsForm(initial={"seats": many, "on": today}, auto_id=f"id_licence_{one.pk}_%s"),
        )
        for one, many in licences
    ]
    return page(
        request, "clients/holdings.html", client=client, head=queries.client_head(client),
        licences=rows, meters=meters, readings=queries.last_readings(meters), today=today,
        status=422 if seats else 200,
    )  # fmt: skip


def _form(request: HttpRequest, form: forms.Form, client: Client, title: str) -> HttpResponse:
    return page(
        request, "clients/holding_form.html", form=form, client=client, title=title,
        status=422 if form.errors else 200,
    )  # fmt: skip


def _today(client: Client) -> Any:
    return local_date(datetime.now(UTC), client.zone)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


urlpatterns = [
    path("clients/<slug:slug>/holdings", client_holdings, name="client-holdings"),
    path("clients/<slug:slug>/licences/new", licence_new, name="licence-new"),
    path("clients/<slug:slug>/meters/new", meter_new, name="meter-new"),
    path("licences/<int:pk>/seats", licence_seats, name="licence-seats"),
    path("licences/<int:pk>/end", licence_end, name="licence-end"),
]
