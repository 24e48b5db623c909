"""Open tickets and a newer version of their level: looked at first, then held to it on purpose."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_http_methods

from contracts.models import ServiceLevel, ServiceLevelVersion
from msp.kit.web import go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission
from tickets import actions, queries


@staff(Permission.TICKET_MAJOR)
@require_http_methods(["GET", "POST"])
def level_restamp(request: HttpRequest, pk: int) -> HttpResponse:
    """Each open ticket with its deadlines as they are and as they would be; chosen ones change."""
    found = get_object_or_404(ServiceLevel, pk=pk)
    newest = found.versions.order_by("-number")[0]
    if request.method == "POST":
        count = _restamp(request, newest)
        said = "1 ticket is" if count == 1 else f"{count} tickets are"
        return go(request, "level", pk, toast_text=f"{said} held to version {newest.number}")
    rows = queries.restamped(request.viewer, newest, datetime.now(UTC))
    return page(request, "tickets/restamp.html", level=found, newest=newest, rows=rows)


def _restamp(request: HttpRequest, newest: ServiceLevelVersion) -> int:
    chosen = {int(one) for one in request.POST.getlist("id") if one.isdecimal() and len(one) < 16}
    who = {"by": request.viewer.actor, "at": datetime.now(UTC)}
    rows = queries.outdated(request.viewer, newest).filter(number__in=chosen).order_by("pk")
    return sum(actions.restamp(ticket=ticket, level_version=newest, **who) for ticket in rows)


def on_level_page(request: HttpRequest, level: ServiceLevel) -> dict[str, Any] | None:
    """How many open tickets were opened under older versions, and the way to look at them."""
    newest = level.versions.order_by("-number").first()
    if newest is None or not request.viewer.may(Permission.TICKET_VIEW):
        return None
    count = queries.outdated(request.viewer, newest).count()
    if not count:
        return None
    return {
        "template": "tickets/_outdated.html", "level": level, "count": count,
        "may": request.viewer.may(Permission.TICKET_MAJOR),
    }  # fmt: skip


urlpatterns = [path("levels/<int:pk>/restamp", level_restamp, name="level-restamp")]
