"""Monitors: every check with its state, and what is expected of one, said back in words."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.clients.models import Device
from contracts.clients.queries import client_names
from monitoring import actions
from monitoring.forms.checks import CHECK_FORMS, PeriodForm, ThresholdForm
from monitoring.models import Check, Series
from monitoring.pages.incidents import who
from monitoring.queries import history, lists, standing
from monitoring.queries.definitions import of_check
from monitoring.rules import definitions
from monitoring.rules import series as names
from monitoring.rules.definitions import Definition
from msp.kit.refusals import Refused
from msp.kit.web import asked, attempt, go, page, refusal, rows_of
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

TABS = (
    ("", "All"), ("down", "Down"), ("degraded", "Over limit"), ("late", "Late"), ("up", "Up"),
    ("paused", "Paused"),
    ("new", "Not reporting"),
)  # fmt: skip
KINDS = (
    ("period", "Every so often"), ("cron", "Cron line"), ("calendar", "systemd calendar"),
    ("threshold", "A value"),
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


# -- one check -------------------------------------------------------------------------------------


def _device_of(request: HttpRequest, pk: int) -> Device:
    rows = Device.objects.visible_to(request.viewer).select_related("client")
    return get_object_or_404(rows, pk=pk, retired_on__isnull=True)


def form_of(
    kind: str, device: Device, data: Any = None, initial: dict[str, Any] | None = None
) -> PeriodForm | ThresholdForm:
    """The form of a kind of check; that of a value knows what the device measures."""
    if kind == "threshold":
        rows = Series.objects.filter(device=device).order_by("name")
        series = [(one.name, names.label_of(one.name)) for one in rows]
        return ThresholdForm(data, initial=initial, series=series)
    return CHECK_FORMS[kind](data, initial=initial)


def definition_typed(form: Any, device: Device, before: Definition | None = None) -> Definition:
    """What a form means, with what it does not ask for as it was."""
    if isinstance(form, ThresholdForm):
        series = Series.objects.filter(device=device, name=form.cleaned_data["series"]).first()
        return form.definition(before, series.unit if series else "")
    found: Definition = form.definition(before)
    return found


@staff(Permission.MONITOR_EDIT)
@require_http_methods(["GET", "POST"])
def check_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Watch one more thing of a device; the form says what it will mean before it does."""
    device = _device_of(request, pk)
    kind = asked(request, "kind")
    kind = kind if kind in CHECK_FORMS else "period"
    first = {"zone": device.client.zone, "period": 3600, "grace": 600, "side": "above"}
    form = form_of(kind, device, request.POST or None, first)
    name = request.POST.get("name", "").replace("\x00", "").strip()

    def make(_values: dict[str, Any]) -> object:
        definition = definition_typed(form, device)
        title = name or _name_of(definition)
        return actions.define_check(
            device=device, name=title, definition=definition, **who(request)
        )

    if request.method == "POST" and attempt(form, make):
        return go(request, "device", pk, toast_text="It is watched from now on")
    here = reverse("check-new", args=[pk])
    return page(
        request, "monitoring/check_new.html", device=device, form=form, kind=kind, typed=name,
        kinds=[(word, f"{here}?kind={key}", key == kind) for key, word in KINDS],
        nothing=kind == "threshold" and not form.fields["series"].choices,
        status=422 if form.errors else 200,
    )  # fmt: skip


def _name_of(definition: Definition) -> str:
    """A value needs no name of its own."""
    return names.label_of(definition.series) if definition.kind == "threshold" else ""


@staff(Permission.MONITOR_EDIT)
@require_POST
def check_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What is typed so far as a sentence, or what is wrong with it."""
    device = _device_of(request, pk)
    kind = asked(request, "kind")
    form = form_of(kind if kind in CHECK_FORMS else "period", device, request.POST)
    said, tone = "", ""
    if form.is_valid():
        definition = definition_typed(form, device)
        now = datetime.now(UTC)
        name = request.POST.get("name") or _name_of(definition) or "it"
        try:
            definitions.demand(definition, now)
            said = definitions.sentence(definition, name[:80], now)
        except definitions.BadDefinition as error:
            said, tone = error.reason, "warn"
    return page(request, "monitoring/_means.html", said=said, tone=tone)


@staff(Permission.MONITOR_EDIT)
@require_http_methods(["GET", "POST"])
def check_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Mean something else by a check. What the form does not ask for stays."""
    found = _check_of(pk)
    before = of_check(found)
    initial = CHECK_FORMS[found.kind].initial_of(before)
    form = form_of(found.kind, found.device, request.POST or None, initial)

    def change(_values: dict[str, Any]) -> object:
        definition = definition_typed(form, found.device, before)
        return actions.redefine_check(check=found, definition=definition, **who(request))

    if request.method == "POST" and attempt(form, change):
        return go(request, "device", found.device_id, toast_text="Saved")
    response = page(
        request, "monitoring/check_form.html", part="monitoring/_check_form.html", check=found,
        said=definitions.sentence(before, found.name, datetime.now(UTC)), form=form,
        status=422 if form.errors else 200,
    )  # fmt: skip
    if form.errors:
        response["HX-Retarget"] = "#dlg"
    return response


@staff(Permission.MONITOR_EDIT)
@require_POST
def check_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Watch it no more."""
    found = _check_of(pk)
    actions.remove_check(check=found, **who(request))
    return go(request, "device", found.device_id, toast_text=f"{found.name} is watched no more")


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
    path("monitors/<int:pk>/remove", check_remove, name="check-remove"),
    path("devices/<int:pk>/checks/new", check_new, name="check-new"),
    path("devices/<int:pk>/checks/preview", check_preview, name="check-preview"),
]
