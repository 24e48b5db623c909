"""What is agreed: maintenance windows, and what stands behind what."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.clients.models import Client, Device, Site
from monitoring import actions
from monitoring.forms import BehindForm, WindowForm
from monitoring.models import Dependency, MaintenanceWindow
from monitoring.pages.incidents import who
from monitoring.queries import windows
from monitoring.rules.windows import weekly
from msp.kit.refusals import Refused
from msp.kit.web import asked, attempt, go, page, refusal
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

WEEKS = 2
_PARTS = ("client", "site", "device", "check_row__device")


def _rows(*, ended: bool, at: datetime) -> list[windows.Shown]:
    rows = MaintenanceWindow.objects.select_related(*_PARTS).order_by("-starts_at")[:500]
    found = windows.shown(rows, at)
    return [one for one in found if (one.starts_at is None) is ended]


@staff(Permission.INCIDENT_VIEW)
@require_GET
def window_list(request: HttpRequest) -> HttpResponse:
    """What is on, what comes, and the next two weeks as a calendar."""
    at = datetime.now(UTC)
    ended = asked(request, "state") == "ended"
    rows = _rows(ended=ended, at=at)
    zone = ZoneInfo(request.viewer.zone or request.tenant.zone)
    today = at.astimezone(zone).date()
    days = [
        datetime.combine(today + timedelta(days=number), time(), zone)
        for number in range(WEEKS * 7 + 1)
    ]
    shown = [] if ended else windows.calendar([one.row for one in rows], days)
    return page(
        request, "monitoring/windows.html", rows=rows, ended=ended,
        days=[day for day in shown if day.parts], now=at,
    )  # fmt: skip


@staff(Permission.MONITOR_EDIT)
@require_http_methods(["GET", "POST"])
def window_new(request: HttpRequest) -> HttpResponse:
    """Agree on a window; opened from a device or a client it is for that."""
    zone = request.viewer.zone or request.tenant.zone
    first = {"zone": zone, "scope": asked(request, "for"), "for_client": True}
    form = WindowForm(request.POST or None, initial=first, scopes=_scopes())
    if request.method == "POST" and attempt(form, lambda values: _agree(request, values)):
        return go(request, "window-list", toast_text="Nobody is called in that time")
    return page(
        request, "monitoring/window_form.html", form=form, status=422 if form.errors else 200
    )


def _agree(request: HttpRequest, values: dict[str, Any]) -> MaintenanceWindow:
    starts, ends = (_instant(values, name) for name in ("starts", "ends"))
    if ends <= starts:
        raise Refused("It ends before it begins.", field="ends")
    days = [int(day) for day in values["days"]]
    local = values["starts"]
    many = {
        "schedule": weekly(days, local.hour, local.minute),
        "lasts": int((values["ends"] - values["starts"]).total_seconds()),
    }
    kind, _, pk = values["scope"].partition(":")
    models: dict[str, Any] = {"client": Client, "site": Site, "device": Device}
    scope = {kind: get_object_or_404(models[kind], pk=int(pk))} if kind in models else {}
    now = who(request)
    begins = min(starts, now["at"]) if days else starts
    try:
        return actions.agree_window(
            name=values["name"], starts_at=begins, zone=values["zone"],
            for_client=values["for_client"], flexible=60 * (values["flexible"] or 0),
            **(many if days else {"ends_at": ends}),
            **scope, **now,
        )  # fmt: skip
    except Refused as error:
        named = {"ends_at": "ends", "lasts": "ends", "schedule": "starts", "starts_at": "starts"}
        raise Refused(error.reason, field=named.get(error.field or "", error.field)) from None


def _instant(values: dict[str, Any], name: str) -> datetime:
    """What was typed, by the clock of the zone that was typed."""
    try:
        zone = ZoneInfo(values["zone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(f"There is no time zone {values['zone']!r:.60}.", field="zone") from None
    local: datetime = values[name].replace(tzinfo=zone)
    try:
        return local.astimezone(UTC)
    except OverflowError:
        raise Refused("There is no such time.", field=name) from None


def _scopes() -> list[Any]:
    clients = Client.objects.filter(archived_at__isnull=True).order_by("name")
    sites = Site.objects.filter(client__archived_at__isnull=True).select_related("client")
    devices = Device.objects.filter(retired_on__isnull=True).select_related("client")
    return [
        ("", "Every client"),
        ("Clients", [(f"client:{one.pk}", one.name) for one in clients]),
        (
            "Sites",
            [
                (f"site:{one.pk}", f"{one.client.name}, {one.name}")
                for one in sites.order_by("client__name", "name")
            ],
        ),
        (
            "Devices",
            [
                (f"device:{one.pk}", f"{one.name} ({one.client.name})")
                for one in devices.order_by("name")[:2000]
            ],
        ),
    ]


@staff(Permission.MONITOR_EDIT)
@require_POST
def window_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End it now, or take back what has not begun."""
    found = get_object_or_404(MaintenanceWindow, pk=pk)
    try:
        actions.cancel_window(window=found, **who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "window-list", toast_text=f"{found.name} is over")


# -- what stands behind what -----------------------------------------------------------------------


@staff(Permission.MONITOR_EDIT)
@require_http_methods(["GET", "POST"])
def device_behind(request: HttpRequest, pk: int) -> HttpResponse:
    """What a device is reached through; it is not called about while that is down."""
    rows = Device.objects.visible_to(request.viewer).select_related("client", "site")
    device = get_object_or_404(rows, pk=pk, retired_on__isnull=True)
    form = BehindForm(request.POST or None, device=device)

    def put(values: dict[str, Any]) -> object:
        whole = values.get("whole_site")
        place = {"site": device.site} if whole else {"device": device}
        return actions.put_behind(
            parent=values["parent"], group=values["group"], **place, **who(request)
        )

    if request.method == "POST" and attempt(form, put):
        return go(request, "device-behind", pk, toast_text="Saved")
    return page(
        request, "monitoring/behind.html", device=device, form=form,
        above=windows.behind_what(device), status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.MONITOR_EDIT)
@require_POST
def dependency_remove(request: HttpRequest, pk: int, dependency_id: int) -> HttpResponse:
    device = get_object_or_404(Device.objects.visible_to(request.viewer), pk=pk)
    rows = Dependency.objects.select_related("parent", "device", "site")
    found = get_object_or_404(rows, pk=dependency_id, parent__client_id=device.client_id)
    actions.take_from_behind(dependency=found, **who(request))
    return go(request, "device-behind", pk, toast_text="Removed")


urlpatterns = [
    path("maintenance", window_list, name="window-list"),
    path("maintenance/new", window_new, name="window-new"),
    path("maintenance/<int:pk>/end", window_end, name="window-end"),
    path("devices/<int:pk>/behind", device_behind, name="device-behind"),
    path(
        "devices/<int:pk>/behind/<int:dependency_id>/remove", dependency_remove,
        name="dependency-remove",
    ),
]  # fmt: skip
