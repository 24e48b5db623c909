"""What a client's people see first: how things stand, in one sentence, and their devices."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET

from contracts.clients import queries
from contracts.clients.gates import client_user
from contracts.clients.models import Client, Device
from contracts.clients.rules.words import GONE_QUIET, device_words, greeting
from msp.kit.slots import panels
from msp.kit.web import asked, page, rows_of


@client_user()
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everything a client needs on one page; rooms above fill it."""
    client = Client.objects.get(pk=request.viewer.client_id)
    hour = datetime.now(UTC).astimezone(ZoneInfo(client.zone)).hour
    devices = list(Device.objects.visible_to(request.viewer).filter(retired_on__isnull=True))
    return page(
        request, "clients/portal/home.html", part="clients/portal/_home.html", client=client,
        hello=greeting(hour), first_name=request.viewer.name.split(" ")[0],
        state=_state(request, client, len(devices)), parts=_parts(request, devices),
        device_count=len(devices),
    )  # fmt: skip


@client_user()
@require_GET
def device_list(request: HttpRequest) -> HttpResponse:
    """Their devices by the names they know them by; everybody's for an administrator."""
    q = asked(request, "q")
    rows = rows_of(request, queries.list_devices(request.viewer, q=q))
    words = _words(request, list(rows))
    for device in rows:
        device.words = words[device.pk]
    return page(
        request, "clients/portal/devices.html", part="clients/portal/_devices.html", rows=rows, q=q
    )


@client_user()
@require_GET
def device(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(
        Device.objects.visible_to(request.viewer).select_related("client", "site", "owner"), pk=pk
    )
    words = _words(request, [found])[found.pk]
    return page(request, "clients/portal/device.html", device=found, words=words)


def _state(request: HttpRequest, client: Client, devices: int) -> dict[str, Any]:
    """The most pressing sentence any room has to say; otherwise what we look after."""
    said = sorted(
        panels("portal-state", request, client=client), key=lambda one: one["rank"], reverse=True
    )
    noun = "device" if devices == 1 else "devices"
    calm = f"We look after {devices} {noun} of yours." if devices else "Nothing is set up yet."
    return said[0] if said else {"sentence": calm, "tone": "idle", "shape": "ring"}


def _states(request: HttpRequest, devices: list[Device]) -> dict[int, str]:
    known: dict[int, str] = {}
    for panel in panels("device-states", request, devices=devices):
        known.update(panel.get("states", {}))
    return known


def _words(request: HttpRequest, devices: list[Device]) -> dict[int, Any]:
    states = _states(request, devices)
    return {device.pk: device_words(states.get(device.pk, "")) for device in devices}


def _parts(request: HttpRequest, devices: list[Device]) -> list[tuple[str, int, Any]]:
    """How many devices are in each plain state, the calm ones first; nothing unless watched."""
    states = _states(request, devices)
    counted: dict[Any, int] = {}
    for device in devices:
        words = device_words(states.get(device.pk, ""))
        counted[words] = counted.get(words, 0) + 1
    if set(counted) <= {GONE_QUIET}:
        return []
    return [(words.part, counted[words], words) for words in sorted(counted, key=_calm)]


def _calm(words: Any) -> int:
    return int(words.rank)


urlpatterns = [
    path("", home, name="portal-home"),
    path("devices", device_list, name="portal-device-list"),
    path("devices/<int:pk>", device, name="portal-device"),
]
