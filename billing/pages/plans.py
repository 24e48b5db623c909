"""The decision aid: what a client's real months would have cost under each plan."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from billing.forms import PlansForm
from billing.papers import plans_pdf
from billing.queries import plans
from contracts.clients import queries as clients
from contracts.clients.models import Client
from msp.kit.web import page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.BILLING_VIEW)
@require_GET
def client_plans(request: HttpRequest, slug: str) -> HttpResponse:
    """Every plan month by month, with what was assumed."""
    client, at = _client_of(request, slug), datetime.now(UTC)
    form = _form(request, client, at)
    found = _compared(form, client, at)
    return page(
        request, "billing/plans.html", part="billing/_plans.html", client=client,
        head=clients.client_head(client), form=form, found=found,
        asked=urlencode(request.GET), status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.BILLING_VIEW)
@require_GET
def client_plans_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The same on paper; the assumptions are those of the address."""
    client, at = _client_of(request, slug), datetime.now(UTC)
    form = _form(request, client, at)
    found = _compared(form, client, at)
    if found is None:
        return HttpResponse("The assumptions cannot be read.", status=422)
    answer = HttpResponse(plans_pdf.render(found, at), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="plans-{client.slug}.pdf"'
    return answer


def on_client_tabs(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    if not request.viewer.may(Permission.BILLING_VIEW):
        return None
    return {"template": "billing/_plans_tab.html", "client": client}


def _client_of(request: HttpRequest, slug: str) -> Client:
    return get_object_or_404(Client.objects.visible_to(request.viewer), slug=slug)


def _form(request: HttpRequest, client: Client, at: datetime) -> PlansForm:
    """What the address says over what is usual; an unticked box leaves no trace in it."""
    return PlansForm(_usual(client, at) | request.GET.dict())


def _usual(client: Client, at: datetime) -> dict[str, Any]:
    labour = plans.usual_labour(client)
    hours, months = 20, plans.usual_months(client, at)
    return {
        "start": f"{months[0].start:%Y-%m}",
        "months": len(months),
        "rate": f"{labour.rate:.2f}",
        "minimum": labour.minimum,
        "step": labour.step,
        "after": labour.after,
        "block_hours": hours,
        "block_price": f"{labour.rate * hours * 9 / 10:.2f}",
        "own_rate": "0.00",
    }


def _compared(form: PlansForm, client: Client, at: datetime) -> plans.Comparison | None:
    if not form.is_valid():
        return None
    return plans.compare(client, form.periods, form.assumed, at)


urlpatterns = [
    path("clients/<slug:slug>/plans", client_plans, name="client-plans"),
    path("clients/<slug:slug>/plans.pdf", client_plans_pdf, name="client-plans-pdf"),
]
