"""The catalogue: the services we sell, one of them, and writing it."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts import actions, queries
from contracts.clients.forms import initial_of
from contracts.forms.catalogue import ServiceForm
from contracts.models import Service
from msp.kit.web import asked, attempt, go, page, rows_of
from tenants.context import current
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def service_list(request: HttpRequest) -> HttpResponse:
    """Everything we sell, by domain, with filters that stand in the address."""
    wanted = {name: asked(request, name) for name in ("q", "domain", "nature", "state")}
    rows = queries.list_services(**wanted)
    narrowed = any(wanted[key] for key in ("q", "domain", "nature"))
    return page(
        request, "contracts/services.html", part="contracts/_services.html",
        rows=rows_of(request, rows), wanted=wanted, domains=queries.domain_counts(),
        natures=Service.Nature.choices, narrowed=narrowed,
    )  # fmt: skip


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def service(request: HttpRequest, pk: int) -> HttpResponse:
    """One service: what is in and out, what it costs where, and who has it."""
    found = get_object_or_404(Service, pk=pk)
    return page(
        request, "contracts/service.html", service=found,
        includes=_lines(found.includes), excludes=_lines(found.excludes),
        prices=queries.prices_of(service=found), used_by=queries.users_of(found),
        offers=found.offered_in.select_related("offer"), house_currency=current().currency,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def service_new(request: HttpRequest) -> HttpResponse:
    form = ServiceForm(request.POST or None)
    if request.method == "POST":
        made = attempt(form, lambda values: actions.add_service(**values, **_who(request)))
        if made:
            return go(request, "service", made.pk, toast_text="Service added")
    return page(
        request, "contracts/service_form.html", form=form, title="New service",
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def service_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Service, pk=pk)
    form = ServiceForm(request.POST or None, initial=initial_of(found, ServiceForm))
    if request.method == "POST" and attempt(
        form, lambda values: actions.change_service(service=found, **values, **_who(request))
    ):
        return go(request, "service", pk, toast_text="Saved")
    return page(
        request, "contracts/service_form.html", form=form, service=found,
        title=f"Edit {found.name}", status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def service_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """No new line may name it; lines that do keep it. Asked again, it is offered again."""
    found = get_object_or_404(Service, pk=pk)
    who = _who(request)
    retired_at = None if found.retired_at else who["at"]
    actions.change_service(service=found, retired_at=retired_at, **who)
    return go(request, "service", pk, toast_text="Saved")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


urlpatterns = [
    path("services", service_list, name="service-list"),
    path("services/new", service_new, name="service-new"),
    path("services/<int:pk>", service, name="service"),
    path("services/<int:pk>/edit", service_edit, name="service-edit"),
    path("services/<int:pk>/retire", service_retire, name="service-retire"),
]
