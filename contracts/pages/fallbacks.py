"""What holds where no agreement names a service level: for a client, or for everybody."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from contracts import actions
from contracts.clients.models import Client
from contracts.forms.levels import FallbackForm
from contracts.models import FallbackLevel
from msp.kit.web import attempt, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def fallback_set(request: HttpRequest) -> HttpResponse:
    form = FallbackForm(request.POST)
    who = {"by": request.viewer.actor, "at": datetime.now(UTC)}
    if attempt(form, lambda values: actions.set_fallback(**values, **who)):
        return go(request, "level-list", toast_text="Saved. New tickets follow it")
    return page(request, "contracts/fallback.html", form=form, status=422)


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def fallback_clear(request: HttpRequest, pk: int) -> HttpResponse:
    """One that is gone already is gone."""
    found = FallbackLevel.objects.select_related("client").filter(pk=pk).first()
    if found is not None:
        client: Client | None = found.client
        actions.clear_fallback(client=client, by=request.viewer.actor, at=datetime.now(UTC))
    return go(request, "level-list", toast_text="Removed")


urlpatterns = [
    path("levels/fallback", fallback_set, name="fallback-set"),
    path("levels/fallback/<int:pk>/clear", fallback_clear, name="fallback-clear"),
]
