"""Setting an MSP up: the steps the rooms declare, one by one, each for now or for later."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from msp.kit.web import go, page
from tenants.people import actions, queries
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.SETTINGS_EDIT)
@require_GET
def setup(request: HttpRequest) -> HttpResponse:
    """One step (`?step=2`), or the first that is not done: so it resumes where it was left."""
    steps = queries.setup_standing()
    left = [one for one in steps if not one.done]
    sent = request.GET.get("step", "")
    asked = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else 0
    chosen = next((one for one in steps if one.number == asked), left[0] if left else None)
    later = [one for one in left if chosen and one.number > chosen.number]
    return page(
        request, "people/setup.html", steps=steps, chosen=chosen, left=len(left),
        finished=len(steps) - len(left), following=later[0] if later else None,
    )  # fmt: skip


@staff(Permission.SETTINGS_EDIT)
@require_POST
def setup_skip(request: HttpRequest) -> HttpResponse:
    """Leave it for later: signing in leads to Today from now on, whose card leads back here."""
    actions.skip_setup(person=request.user, by=request.viewer.actor, at=datetime.now(UTC))
    return go(request, "today", toast_text="The rest of the set-up waits here on Today.")


urlpatterns = [
    path("setup", setup, name="setup"),
    path("setup/skip", setup_skip, name="setup-skip"),
]
