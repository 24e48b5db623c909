"""The unit register of a client: what was countable on a day, as known on a day."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import path
from django.views.decorators.http import require_GET

from contracts.clients import queries
from contracts.clients.forms import RegisterForm
from contracts.clients.models import Client
from contracts.clients.pages.clients import client_of
from contracts.rules.knowledge import Compared
from msp.kit import sheets
from msp.kit.web import page, rows_of
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

Question = tuple[RegisterForm, queries.Asked | None]


@staff(Permission.CLIENT_VIEW)
@require_GET
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """A day, and two days of knowledge: every unit of both, and where they differ."""
    client = client_of(request, slug)
    form, asked = _asked(request, client)
    found = queries.register_of(client.pk, asked) if asked else []
    return page(
        request, "clients/register.html", part="clients/_register.html", client=client,
        head=queries.client_head(client), form=form, asked=asked, found=len(found),
        differ=sum(one.state != "same" for one in found), rows=rows_of(request, found),
        groups=queries.class_labels(), sites=queries.list_sites(client),
        names=_names(client), status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.CLIENT_VIEW)
@require_GET
def register_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The same rows as a file."""
    client = client_of(request, slug)
    form, asked = _asked(request, client)
    if asked is None:
        return HttpResponseBadRequest(str(form.errors.as_text()), content_type="text/plain")
    rows = _sheet(client, queries.register_of(client.pk, asked))
    return sheets.response(f"units-{client.slug}-{asked.day}.csv", rows)


def _asked(request: HttpRequest, client: Client) -> Question:
    now = datetime.now(UTC)
    form = RegisterForm.of(request.GET.dict(), client, now)
    return form, form.asked(client, now)


def _names(client: Client) -> dict[str, dict[Any, str]]:
    """The words for what a row holds by number or code."""
    return {
        "site": {one.pk: one.name for one in queries.list_sites(client)},
        "class": {key: str(label) for key, label in queries.class_labels()},
        "payer": dict(Client.objects.values_list("pk", "name")),
    }


def _sheet(client: Client, rows: Sequence[Compared]) -> Iterator[Sequence[Any]]:
    names = _names(client)
    yield (
        "Type", "Name", "Class", "Site", "Number", "First day", "Last day", "Rule", "Difference",
    )  # fmt: skip
    for one in rows:
        unit = one.shown
        yield (
            unit.unit_type, unit.name, names["class"].get(unit.unit_class, unit.unit_class),
            names["site"].get(unit.site_id, ""), unit.quantity, unit.starts_on,
            unit.ends_on - timedelta(days=1) if unit.ends_on else "", unit.marks.said,
            "" if one.state == "same" else one.state,
        )  # fmt: skip


urlpatterns = [
    path("clients/<slug:slug>/register", register, name="client-register"),
    path("clients/<slug:slug>/register.csv", register_csv, name="client-register-csv"),
]
