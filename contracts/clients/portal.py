"""What a client's people see first: how things stand, in one sentence, and their devices."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET

from contracts.clients import queries
from contracts.clients.forms import RegisterForm
from contracts.clients.gates import client_user
from contracts.clients.models import Client, Device
from contracts.clients.rules.words import GONE_QUIET, device_words, greeting
from contracts.rules.knowledge import Compared
from msp.kit.slots import panels
from msp.kit.web import asked, page, rows_of

# Who may read what bills are counted from.
COUNTS = ("billing", "admin")


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
        request, "clients/portal/devices.html", part="clients/portal/_devices.html", rows=rows, q=q,
        counts=request.viewer.role in COUNTS,
    )  # fmt: skip


@client_user()
@require_GET
def device(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(
        Device.objects.visible_to(request.viewer).select_related("client", "site", "owner"), pk=pk
    )
    words = _words(request, [found])[found.pk]
    return page(request, "clients/portal/device.html", device=found, words=words)


@client_user(*COUNTS)
@require_GET
def counted(request: HttpRequest) -> HttpResponse:
    """What of theirs was countable on a day, as we knew it on a day, in plain words."""
    client, now = Client.objects.get(pk=request.viewer.client_id), datetime.now(UTC)
    given = {name: value for name, value in request.GET.items() if name in ("day", "known_on")}
    form = RegisterForm.of(given, client, now)
    asked_of = form.asked(client, now)
    found = queries.register_of(client.pk, asked_of) if asked_of else []
    known = [one for one in found if one.then is not None]
    return page(
        request, "clients/portal/counted.html", part="clients/portal/_counted.html", client=client,
        form=form, asked=asked_of, groups=_groups(known), total=len(known),
        learned=[one for one in found if one.state != "same"],
        sites={one.pk: one.name for one in queries.list_sites(client)},
        status=422 if form.errors else 200,
    )  # fmt: skip


def _groups(known: list[Compared]) -> list[tuple[str, list[Compared], int]]:
    """The units by class, in the order of our lists, with how many they are together."""
    found = []
    for key, label in queries.class_labels():
        rows = [one for one in known if one.then and one.then.unit_class == key]
        if rows:
            many = sum(one.then.quantity for one in rows if one.then)
            found.append((str(label), rows, many))
    return found


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
    path("counted", counted, name="portal-counted"),
    path("devices/<int:pk>", device, name="portal-device"),
]
