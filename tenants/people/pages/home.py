"""The first page of the day; higher rooms fill it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from msp.kit.web import page
from tenants.people import queries
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff()
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    return page(request, "people/today.html")


def on_today(request: HttpRequest) -> dict[str, Any] | None:
    """What is left of setting the MSP up, for those who can do it."""
    if not request.viewer.may(Permission.SETTINGS_EDIT):
        return None
    steps = queries.setup_standing()
    left = sum(not one.done for one in steps)
    return {"template": "people/_setup.html", "steps": steps, "left": left} if left else None


urlpatterns = [path("", today, name="today")]
