"""Time that waits for approval, and taking back what was billed wrongly."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from msp.kit.refusals import Refused
from msp.kit.web import go, page, refusal, rows_of
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission
from tickets import actions, queries
from tickets.models import TimeEntry
from tickets.pages.ticket import ticket_of

LONGEST_ID = 18  # digits of a row's number


@staff(Permission.BILLING_APPROVE)
@require_http_methods(["GET", "POST"])
def time_waiting(request: HttpRequest) -> HttpResponse:
    """Work of clients whose time is approved before it is billed, the oldest first."""
    if request.method == "POST":
        said = request.POST.getlist("entry")[:500]
        picked = [int(pk) for pk in said if pk.isdecimal() and len(pk) <= LONGEST_ID]
        known = queries.to_approve(request.viewer).filter(pk__in=picked)
        many = actions.approve_time(
            entry_ids=list(known.values_list("pk", flat=True)), by=request.viewer.actor,
            at=datetime.now(UTC),
        )  # fmt: skip
        told = "Nothing was chosen" if not many else f"{many} approved"
        return go(request, "time-waiting", toast_text=told)
    rows = rows_of(request, queries.to_approve(request.viewer))
    logged = [queries.logged(one) for one in rows]
    return page(request, "tickets/waiting.html", rows=rows, logged=logged)


@staff(Permission.BILLING_APPROVE)
@require_POST
def time_void(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Billed time was wrong: the next bill gives back what it was charged."""
    found = ticket_of(request, number)
    rows = TimeEntry.objects.visible_to(request.viewer).filter(ticket=found)
    entry = get_object_or_404(rows, pk=pk)
    try:
        actions.void_time(
            entry=entry, why=request.POST.get("why", ""), by=request.viewer.actor,
            at=datetime.now(UTC),
        )  # fmt: skip
    except Refused as error:
        return refusal(request, error)
    return go(request, "ticket", number, toast_text="The next bill gives it back")


urlpatterns = [
    path("time/waiting", time_waiting, name="time-waiting"),
    path("tickets/<int:number>/time/<int:pk>/void", time_void, name="ticket-time-void"),
]
