"""Devices: the list of all and of one client, one device, its form, retirement and return."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.clients import actions, queries
from contracts.clients.forms import DayForm, DeviceForm, first_day, initial_of
from contracts.clients.models import Client, Device
from contracts.clients.pages.clients import client_of
from msp.kit.periods import local_date
from msp.kit.slots import panels
from msp.kit.web import asked, attempt, go, page, rows_of
from tenants.journal.queries import about
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

FILTERS = ("q", "kind", "client", "site", "state", "sort")
TIMELINE = 20


@staff(Permission.DEVICE_VIEW)
@require_GET
def device_list(request: HttpRequest) -> HttpResponse:
    """Every device we look after, by name, class, client and state."""
    wanted = {name: asked(request, name) for name in FILTERS}
    rows = rows_of(request, queries.list_devices(request.viewer, **wanted))
    return page(
        request, "clients/devices.html", part="clients/_devices.html", rows=rows, wanted=wanted,
        kinds=Device.Kind.choices, clients=queries.client_names(request.viewer),
        ever=bool(rows) or Device.objects.visible_to(request.viewer).exists(),
        **_known_states(request, list(rows)),
    )  # fmt: skip


@staff(Permission.DEVICE_VIEW)
@require_GET
def device_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row again, with the columns its list has, after something happened to the device."""
    found = device_of(request, pk)
    _known_states(request, [found])
    return page(
        request, "clients/_device_row.html", device=found,
        watched=bool(asked(request, "watched")), client=asked(request, "of"),
    )  # fmt: skip


@staff(Permission.DEVICE_VIEW)
@require_GET
def client_devices(request: HttpRequest, slug: str) -> HttpResponse:
    client = client_of(request, slug)
    wanted = {name: asked(request, name) for name in FILTERS} | {"client": slug}
    rows = rows_of(request, queries.list_devices(request.viewer, **wanted))
    return page(
        request, "clients/client_devices.html", part="clients/_devices.html", client=client,
        head=queries.client_head(client), rows=rows, wanted=wanted, kinds=Device.Kind.choices,
        ever=bool(rows) or client.devices.exists(), **_known_states(request, list(rows)),
    )  # fmt: skip


@staff(Permission.DEVICE_VIEW)
@require_GET
def device(request: HttpRequest, pk: int) -> HttpResponse:
    return _device_page(request, device_of(request, pk))


@staff(Permission.DEVICE_EDIT)
@require_http_methods(["GET", "POST"])
def device_new(request: HttpRequest) -> HttpResponse:
    """First the client, then the device: sites and owners are the client's."""
    slug = asked(request, "client")
    if not slug:
        clients = queries.client_names(request.viewer)
        return page(request, "clients/device_client.html", clients=clients)
    client = client_of(request, slug)
    today = local_date(datetime.now(UTC), client.zone)
    form = DeviceForm(request.POST or None, client=client, initial=first_day(today))
    if request.method == "POST":
        made = attempt(
            form, lambda values: actions.add_device(client=client, **values, **_who(request))
        )
        if made:
            return go(request, "device", made.pk, toast_text=f"{made.name} added")
    return _form_page(request, form, client, "New device")


@staff(Permission.DEVICE_EDIT)
@require_http_methods(["GET", "POST"])
def device_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = device_of(request, pk)
    form = DeviceForm(
        request.POST or None, client=found.client, initial=initial_of(found, DeviceForm)
    )
    if request.method == "POST" and attempt(
        form, lambda values: actions.change_device(device=found, **values, **_who(request))
    ):
        return go(request, "device", pk, toast_text="Saved")
    return _form_page(request, form, found.client, f"Edit {found.name}", device=found)


@staff(Permission.DEVICE_EDIT)
@require_POST
def device_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire the device from a date on, or put a retired one back into service."""
    found = device_of(request, pk)
    retired = found.retired_on is not None
    act = actions.return_device if retired else actions.retire_device
    form = DayForm(request.POST)
    if attempt(form, lambda values: act(device=found, on=values["on"], **_who(request))):
        said = "is back in service" if retired else "is retired"
        return go(request, "device", pk, toast_text=f"{found.name} {said}")
    return _device_page(request, found, retire_form=form)


def device_of(request: HttpRequest, pk: int) -> Device:
    """The device of the address, or 404 for one the viewer may not see."""
    rows = Device.objects.visible_to(request.viewer).select_related("client", "site", "owner")
    return get_object_or_404(rows, pk=pk)


def _device_page(request: HttpRequest, found: Device, **given: forms.Form) -> HttpResponse:
    today = local_date(datetime.now(UTC), found.client.zone)
    form = given.get("retire_form") or DayForm(initial={"on": today})
    return page(
        request, "clients/device.html", client=found.client, device=found, retire_form=form,
        history=queries.known_intervals(unit_type="device", unit_id=found.pk),
        timeline=list(reversed(about("device", found.pk, limit=TIMELINE))),
        status=422 if form.errors else 200,
    )  # fmt: skip


def _form_page(
    request: HttpRequest, form: DeviceForm, client: Client, title: str,
    device: Device | None = None,
) -> HttpResponse:  # fmt: skip
    return page(
        request, "clients/device_form.html", form=form, client=client, device=device, title=title,
        status=422 if form.errors else 200,
    )  # fmt: skip


def _known_states(request: HttpRequest, devices: list[Device]) -> dict[str, Any]:
    """What a higher room knows of each device's state; nothing while no room watches."""
    known: dict[str, dict[int, Any]] = {"states": {}, "seen": {}}
    for panel in panels("device-states", request, devices=devices):
        for name, values in known.items():
            values.update(panel.get(name, {}))
    for device in devices:
        device.state = known["states"].get(device.pk, "")
        device.seen_at = known["seen"].get(device.pk)
    return {"watched": any(known["states"].values())}


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


urlpatterns = [
    path("devices", device_list, name="device-list"),
    path("devices/new", device_new, name="device-new"),
    path("devices/<int:pk>", device, name="device"),
    path("devices/<int:pk>/row", device_row, name="device-row"),
    path("devices/<int:pk>/edit", device_edit, name="device-edit"),
    path("devices/<int:pk>/retire", device_retire, name="device-retire"),
    path("clients/<slug:slug>/devices", client_devices, name="client-devices"),
]
