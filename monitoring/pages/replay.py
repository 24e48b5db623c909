"""Rule time-travel: what another rule would have raised, before it is one."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET

from contracts.clients.models import Device
from monitoring.forms.checks import CHECK_FORMS
from monitoring.models import Check
from monitoring.pages.checks import definition_typed, form_of
from monitoring.queries import replay as queries
from monitoring.queries.definitions import of_check
from monitoring.rules import definitions
from msp.kit.web import asked, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.MONITOR_EDIT)
@require_GET
def check_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """The check's form, and beside what was what it would have been. Nothing is changed."""
    found = get_object_or_404(Check.objects.select_related("device__client", "series"), pk=pk)
    meant, at = of_check(found), datetime.now(UTC)
    initial = CHECK_FORMS[found.kind].initial_of(meant)
    form = form_of(found.kind, found.device, request.GET if request.GET else None, initial)
    others = Device.objects.filter(client=found.device.client_id, retired_on__isnull=True).exclude(
        pk=found.device_id
    )
    wanted, wrong = meant, ""
    if form.is_bound and form.is_valid():
        wanted = definition_typed(form, found.device, meant)
        try:
            definitions.demand(wanted, at)
        except definitions.BadDefinition as error:
            wanted, wrong = meant, error.reason
    behind = asked(request, "parent")
    known = behind.isascii() and behind.isdigit() and len(behind) < 19
    parent = others.filter(pk=int(behind)).first() if known else None
    return page(
        request, "monitoring/replay.html", check=found, form=form, wrong=wrong, parent=parent,
        others=others.order_by("name")[:500], found=queries.replay(found, wanted, at, parent),
        said=definitions.sentence(wanted, found.name, at),
        status=422 if form.errors else 200,
    )  # fmt: skip


urlpatterns = [path("monitors/<int:pk>/replay", check_replay, name="check-replay")]
