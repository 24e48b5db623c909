"""Giving back what is left of hours bought ahead."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from contracts import actions
from contracts.forms.agreements import GiveBackForm
from contracts.pages.agreements import agreement_of, agreement_page
from msp.kit.web import attempt, go
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def block_back(request: HttpRequest, pk: int) -> HttpResponse:
    """From a day on nothing is drawn, and the bill of that month gives the rest back."""
    found = agreement_of(request, pk)
    form = GiveBackForm(request.POST)
    who = {"by": request.viewer.actor, "at": datetime.now(UTC)}
    if attempt(form, lambda said: actions.give_back(agreement=found, **said, **who)):
        return go(request, "agreement", pk, toast_text="The rest is given back with that bill")
    return agreement_page(request, found, back_form=form)


urlpatterns = [path("agreements/<int:pk>/give-back", block_back, name="block-back")]
