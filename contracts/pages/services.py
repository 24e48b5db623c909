"""The services we sell."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts import actions
from contracts.clients.forms import initial_of
from contracts.forms.promises import ServiceForm
from contracts.models import Service
from msp.kit.web import asked, attempt, go, page, rows_of
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def service_list(request: HttpRequest) -> HttpResponse:
    q, state = asked(request, "q"), asked(request, "state")
    rows = Service.objects.filter(retired_at__isnull=state != "retired", name__icontains=q)
    return page(
        request, "contracts/services.html", part="contracts/_services.html",
        rows=rows_of(request, rows), q=q, state=state,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def service_new(request: HttpRequest) -> HttpResponse:
    form = ServiceForm(request.POST or None)
    who = {"by": request.viewer.actor, "at": datetime.now(UTC)}
    if request.method == "POST" and attempt(
        form, lambda values: actions.add_service(**values, **who)
    ):
        return go(request, "service-list", toast_text="Service added")
    return page(
        request, "contracts/service_form.html", form=form, title="New service",
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def service_edit(request: HttpRequest, pk: int) -> HttpResponse:
    service = get_object_or_404(Service, pk=pk)
    form = ServiceForm(request.POST or None, initial=initial_of(service, ServiceForm))
    who = {"by": request.viewer.actor, "at": datetime.now(UTC)}
    if request.method == "POST" and attempt(
        form, lambda values: actions.change_service(service=service, **values, **who)
    ):
        return go(request, "service-list", toast_text="Saved")
    return page(
        request, "contracts/service_form.html", form=form, service=service,
        title=f"Edit {service.name}", status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def service_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """No new line may name it; lines that do keep it. Asked again, it is offered again."""
    service = get_object_or_404(Service, pk=pk)
    now = datetime.now(UTC)
    retired_at = None if service.retired_at else now
    actions.change_service(service=service, retired_at=retired_at, by=request.viewer.actor, at=now)
    return go(request, "service-list", toast_text="Saved")


urlpatterns = [
    path("services", service_list, name="service-list"),
    path("services/new", service_new, name="service-new"),
    path("services/<int:pk>/edit", service_edit, name="service-edit"),
    path("services/<int:pk>/retire", service_retire, name="service-retire"),
]
