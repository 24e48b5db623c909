"""What monitoring shows of one device: figures, a chart, its past, its checks."""

import json
import shlex
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from contracts.clients.models import Device
from monitoring import actions
from monitoring.models import Check, HostAlias, Series
from monitoring.pages.incidents import who
from monitoring.queries import charts, forecasts, history, standing, views, windows
from monitoring.queries.lists import aliases_of, checks_of
from monitoring.rules import series as names
from monitoring.rules.skew import wrong_by
from msp.kit.refusals import Refused
from msp.kit.web import asked, go, page, refusal
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

MOST_TABS = 4
AHEAD = ("30d", "90d")  # the ranges that show what comes
FIRST = ("cpu", "memory", "disk")


def series_of(device_id: int) -> list[Series]:
    """What is measured of a device: processor, memory and disks first."""
    rows = list(Series.objects.filter(device_id=device_id)[: names.MOST_SERIES])

    def place(one: Series) -> tuple[int, str]:
        root = one.name.partition(":")[0].partition(".")[0].lower()
        return (FIRST.index(root) if root in FIRST else len(FIRST), one.name)

    return sorted(rows, key=place)


def on_device_page(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """Nothing until the first signal: the rail says what is waited for."""
    now = standing.pulse(datetime.now(UTC))
    checks = checks_of(device.pk, now)
    series = series_of(device.pk)
    if not series and not any(check.last_seen_at for check in checks):
        return None
    return {
        "template": "monitoring/_device.html",
        "device": device,
        **_now(request, device, checks, series, now),
        **_chart(request, device, series),
        "outlooks": forecasts.outlooks(series, now.at),
    }


@staff(Permission.DEVICE_VIEW)
@require_GET
def device_signals(request: HttpRequest, pk: int) -> HttpResponse:
    """Figures and past of a page that is open; the chart refreshes itself."""
    device = _device_of(request, pk)
    now = standing.pulse(datetime.now(UTC))
    checks, series = checks_of(pk, now), series_of(pk)
    return page(
        request, "monitoring/_device_signals.html", device=device,
        **_now(request, device, checks, series, now),
    )  # fmt: skip


def _now(
    request: HttpRequest, device: Device, checks: list[Any], series: list[Series],
    now: standing.Pulse,
) -> dict[str, Any]:  # fmt: skip
    lines = charts.sparks(series[:MOST_TABS], now.at)
    heartbeat = checks[0] if checks else None
    return {
        "figures": [(one, names.label_of(one.name), lines[one.pk]) for one in series[:MOST_TABS]],
        "checks": checks,
        "heartbeat": heartbeat,
        "now": now,
        "hour": history.device_hour(checks, now) if checks else None,
        "half": history.device_hour(checks[:1], now, history.IN_A_ROW) if checks else None,
        "days": history.availability(checks, now) if checks else None,
        "incidents": views.recent_incidents(request.viewer, device.pk)
        if request.viewer.may(Permission.INCIDENT_VIEW)
        else [],
    }


def _chart(request: HttpRequest, device: Device, series: list[Series]) -> dict[str, Any]:
    """The series and the range the address asks for, and the addresses of the others."""
    if not series:
        return {"chosen": None}
    wanted = asked(request, "series")
    chosen = next((one for one in series if str(one.pk) == wanted), series[0])
    span = _span(request)
    here = reverse("device", args=[device.pk])

    def link(one: Series, of: str) -> str:
        return f"{here}?{urlencode({'series': one.pk, 'range': of})}#readings"

    tabs = [(names.label_of(one.name), link(one, span), one == chosen) for one in series]
    return {
        "chosen": chosen,
        "chosen_name": names.label_of(chosen.name),
        "span": span,
        "tabs": tabs[:MOST_TABS],
        "others": tabs[MOST_TABS:],
        "spans": [(name, link(chosen, name), name == span) for name in charts.RANGES],
        "query": urlencode({"range": span}),
    }


def _span(request: HttpRequest) -> str:
    span = asked(request, "range")
    return span if span in charts.RANGES else "24h"


def _device_of(request: HttpRequest, pk: int) -> Device:
    rows = Device.objects.visible_to(request.viewer).select_related("client")
    return get_object_or_404(rows, pk=pk)


def _series_of(request: HttpRequest, pk: int, series_id: int) -> tuple[Device, Series]:
    device = _device_of(request, pk)
    series = Series.objects.filter(pk=series_id, device_id=pk).first()
    if series is None:
        raise Http404
    return device, series


@staff(Permission.DEVICE_VIEW)
@require_GET
def device_series(request: HttpRequest, pk: int, series_id: int) -> HttpResponse:
    """The points of a chart; 304 as long as nothing was measured and no slice has ended."""
    _device, series = _series_of(request, pk, series_id)
    span = _span(request)
    frame = charts.window(span, datetime.now(UTC))
    last = series.last_at.timestamp() if series.last_at else 0
    zone = timezone.get_current_timezone_name()
    etag = f'"{series.pk}-{span}-{frame.end.timestamp():.0f}-{last:.3f}-{zone}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        drawing = charts.drawing(series, frame, names.label_of(series.name))
        if span in AHEAD:
            drawing = forecasts.drawn(drawing, series, datetime.now(UTC))
        response = JsonResponse(drawing | {"zone": zone})
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    return response


@staff(Permission.DEVICE_VIEW)
@require_GET
def device_readings(request: HttpRequest, pk: int, series_id: int) -> HttpResponse:
    """The chart as a table: lowest, mean and highest of each stretch, the newest first."""
    device, series = _series_of(request, pk, series_id)
    span = _span(request)
    frame = charts.window(span, datetime.now(UTC), charts.ROWS[span])
    here = request.path
    return page(
        request, "monitoring/readings.html", device=device, series=series, span=span,
        name=names.label_of(series.name), rows=list(reversed(charts.buckets(series, frame))),
        spans=[(one, f"{here}?range={one}", one == span) for one in charts.RANGES],
    )  # fmt: skip


# -- beside the device -----------------------------------------------------------------------------


def on_device_rail(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """When it was last heard of and what is expected; how to begin, where it never was."""
    if device.retired_on:
        return None
    now = standing.pulse(datetime.now(UTC))
    checks = checks_of(device.pk, now)
    skew = next(filter(None, (wrong_by(one.facts, one.last_seen_at) for one in checks)), None)
    return {
        "template": "monitoring/_device_rail.html",
        "device": device,
        "checks": checks,
        "now": now,
        "windows": windows.of_device(device, now.at),
        "above": windows.behind_what(device),
        "aliases": aliases_of(device.pk),
        "skew": skew,
        "ahead": abs(skew) if skew else None,
        "waiting": not any(check.last_seen_at for check in checks),
        "command": beat_command(request, host=device.name),
    }


def on_device_badges(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    now = standing.pulse(datetime.now(UTC))
    found = standing.standings([device.pk], now).get(device.pk)
    if found is None or device.retired_on:
        return None
    return {"template": "monitoring/_device_badge.html", "standing": found, "device": device}


def beat_command(request: HttpRequest, *, host: str, key: str = "KEY") -> str:
    """One line that sends a beat. A name from a device is quoted: people paste this in a shell."""
    said = shlex.quote(json.dumps({"host": host}))
    address = shlex.quote(request.build_absolute_uri("/hb"))
    return f"curl -fsS -H 'Authorization: Bearer {key}' -d {said} {address}"


@staff(Permission.DEVICE_VIEW)
@require_GET
def device_waiting(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked by a page that waits for the first signal: it is loaded anew when that has come."""
    device = _device_of(request, pk)
    response = HttpResponse(status=204)
    if Check.objects.filter(device=device, last_seen_at__isnull=False).exists():
        response["HX-Refresh"] = "true"
    return response


@staff(Permission.MONITOR_EDIT)
@require_POST
def device_alias(request: HttpRequest, pk: int) -> HttpResponse:
    """Say under which other name it reports too, or that it does so no more."""
    device, name = _device_of(request, pk), request.POST.get("name", "").replace("\x00", "")
    held = HostAlias.objects.filter(device=device, name__iexact=name).first()
    try:
        if request.POST.get("do") == "drop" and held is not None:
            actions.drop_alias(alias=held, **who(request))
        else:
            actions.add_alias(device=device, name=name, **who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "device", pk, toast_text="Saved")


urlpatterns = [
    path("devices/<int:pk>/alias", device_alias, name="device-alias"),
    path("devices/<int:pk>/waiting", device_waiting, name="device-waiting"),
    path("devices/<int:pk>/signals", device_signals, name="device-signals"),
    path("devices/<int:pk>/series/<int:series_id>.json", device_series, name="device-series"),
    path("devices/<int:pk>/series/<int:series_id>", device_readings, name="device-readings"),
]
