"""Agreements that come to their last day: who has to decide by when, going on, and notice."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from contracts import actions, queries
from contracts.forms.agreements import RenewForm
from contracts.pages.agreements import agreement_of, agreement_page
from msp.kit.refusals import Refused
from msp.kit.web import asked, attempt, go, page, refusal, rows_of
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

WINDOWS = (("30", "30 days"), ("90", "90 days"), ("365", "a year"))


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def agreement_renewals(request: HttpRequest) -> HttpResponse:
    """The queue: nearest decision first, with what happens if nobody does anything."""
    wanted = {"q": asked(request, "q"), "days": asked(request, "days") or "90"}
    days = int(wanted["days"]) if wanted["days"] in dict(WINDOWS) else 90
    rows = queries.renewal_queue(request.viewer, datetime.now(UTC), q=wanted["q"], days=days)
    return page(
        request, "contracts/renewals.html", part="contracts/_renewals.html",
        rows=rows_of(request, rows), wanted=wanted, windows=WINDOWS,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def agreement_renew(request: HttpRequest, pk: int) -> HttpResponse:
    found = agreement_of(request, pk)
    form = RenewForm(request.POST)
    if attempt(form, lambda values: actions.renew(agreement=found, **values, **_who(request))):
        return go(request, "agreement", pk, toast_text="Renewed")
    return agreement_page(request, found, renew_form=form)


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def agreement_notice(request: HttpRequest, pk: int) -> HttpResponse:
    found = agreement_of(request, pk)
    try:
        actions.give_notice(agreement=found, **_who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "agreement", pk, toast_text="Notice noted")


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


urlpatterns = [
    path("agreements/renewals", agreement_renewals, name="agreement-renewals"),
    path("agreements/<int:pk>/renew", agreement_renew, name="agreement-renew"),
    path("agreements/<int:pk>/notice", agreement_notice, name="agreement-notice"),
]
