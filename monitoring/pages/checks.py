"""Monitors: every check with its state, and what is expected of one."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.clients.queries import client_names
from monitoring import actions
from monitoring.forms import CheckForm
from monitoring.models import Check
from monitoring.pages.incidents import who
from monitoring.queries import history, lists, standing
from msp.kit.refusals import Refused
from msp.kit.web import asked, attempt, go, page, refusal, rows_of
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

TABS = (
    ("", "All"), ("down", "Down"), ("late", "Late"), ("up", "Up"), ("paused", "Paused"),
    ("new", "Not reporting"),
)  # fmt: skip


@staff(Permission.DEVICE_VIEW)
@require_GET
def check_list(request: HttpRequest) -> HttpResponse:
    """Every check, the worst first."""
    now = standing.pulse(datetime.now(UTC))
    wanted = {name: asked(request, name) for name in ("state", "q", "client")}
    rows = rows_of(request, lists.list_checks(now, **wanted))
    counts = standing.check_counts(now)
    return page(
        request, "monitoring/checks.html", part="monitoring/_checks.html", rows=rows, now=now,
        wanted=wanted, hours=history.last_hour(list(rows), now, history.IN_A_ROW),
        clients=client_names(request.viewer), ever=bool(counts), watched=None,
        tabs=[(key, word, counts.get(key, 0) if key else sum(counts.values()))
              for key, word in TABS],
    )  # fmt: skip


def _check_of(pk: int) -> Check:
    return get_object_or_404(Check.objects.select_related("device__client"), pk=pk)


@staff(Permission.MONITOR_EDIT)
@require_http_methods(["GET", "POST"])
def check_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """How often the check must be heard of. What it had of a longest run stays."""
    found = _check_of(pk)
    before = {"period": found.period_seconds, "grace": found.grace_seconds}
    form = CheckForm(request.POST or None, initial=before)

    def change(values: dict[str, Any]) -> object:
        kept = found.max_run_seconds
        return actions.change_check(check=found, max_run=kept, **values, **who(request))

    if request.method == "POST" and attempt(form, change):
        return go(request, "device", found.device_id, toast_text="Saved")
    response = page(
        request, "monitoring/check_form.html", part="monitoring/_check_form.html", check=found,
        after=found.period_seconds + found.grace_seconds, form=form,
        status=422 if form.errors else 200,
    )  # fmt: skip
    if form.errors:
        response["HX-Retarget"] = "#dlg"
    return response


@staff(Permission.MONITOR_EDIT)
@require_POST
def check_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the check aside, or expect it again."""
    found = _check_of(pk)
    paused = found.status == Check.Status.PAUSED
    act = actions.resume_check if paused else actions.pause_check
    try:
        act(check=found, **who(request))
    except Refused as error:
        return refusal(request, error)
    said = "is expected again" if paused else "is paused"
    return go(request, "device", found.device_id, toast_text=f"{found.name} {said}")


urlpatterns = [
    path("monitors", check_list, name="check-list"),
    path("monitors/<int:pk>/edit", check_edit, name="check-edit"),
    path("monitors/<int:pk>/pause", check_pause, name="check-pause"),
]
