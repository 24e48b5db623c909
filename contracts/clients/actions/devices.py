"""Devices: taking them on, changing what they are, retiring them. The register follows."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from contracts.clients import events
from contracts.clients.actions import register
from contracts.clients.models import Client, Contact, Device, Site
from msp.kit import edits
from msp.kit.periods import local_date
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce

UNIT = "device"
_FIELDS = {
    "name", "kind", "site", "owner", "maker", "model", "serial", "system", "address",
    "warranty_until_on", "counts_from_on",
}  # fmt: skip
_WORDS = {
    "kind": "the class", "counts_from_on": "the day it counts from",
    "warranty_until_on": "the warranty", "system": "the operating system",
}  # fmt: skip


@transaction.atomic
def add_device(
    *, client: Client, name: str, kind: str, counts_from_on: date, site: Site | None = None,
    owner: Contact | None = None, maker: str = "", model: str = "", serial: str = "",
    system: str = "", address: str = "", warranty_until_on: date | None = None,
    source: str = "manual", by: Actor, at: datetime,
) -> Device:  # fmt: skip
    """Look after one more device; it is countable from a date on.

    `source` says who knows of it: manual, agent or import.
    """
    if client.archived_at is not None:
        raise Conflict(f"{client.name} is archived.", field="client")
    device = Device(
        client=client, name=name.strip(), kind=kind, counts_from_on=counts_from_on, site=site,
        owner=owner, maker=maker, model=model, serial=serial, system=system, address=address,
        warranty_until_on=warranty_until_on, created_at=at,
    )  # fmt: skip
    _save(device)
    register.begin(
        unit_type=UNIT, unit_id=device.pk, unit_class=kind, name=device.name,
        client_id=client.pk, site_id=device.site_id, starts_on=counts_from_on, source=source, at=at,
    )  # fmt: skip
    announce(
        events.DeviceAdded(
            device.pk, client.pk, device.name, counts_from_on.isoformat(), source
        ),
        by=by, at=at,
    )  # fmt: skip
    return device


@transaction.atomic
def change_device(*, device: Device, by: Actor, at: datetime, **fields: Any) -> Device:
    """Change what is known of a device.

    A new class or site counts from today on the client's calendar; a new first day corrects the
    past, which the next bill shows as a difference.
    """
    device = _locked(device)
    changed = edits.apply(device, fields, _FIELDS)
    if not changed:
        return device
    _save(device)
    _follow(device, changed, at)
    announce(
        events.DeviceChanged(
            device.pk, device.client_id, device.name, edits.said(changed, _WORDS)
        ),
        by=by, at=at,
    )  # fmt: skip
    return device


@transaction.atomic
def retire_device(*, device: Device, on: date, by: Actor, at: datetime) -> None:
    """From this date the device is gone and no longer counts."""
    device = _locked(device)
    if device.retired_on is not None:
        raise Conflict(f"{device.name} is retired already.")
    if on < device.counts_from_on:
        raise Refused(
            f"{device.name} counts from {device.counts_from_on}; it cannot end before.", field="on"
        )
    device.retired_on = on
    device.save(update_fields=["retired_on"])
    register.cut(unit_type=UNIT, unit_id=device.pk, on=on, source="manual", at=at)
    announce(
        events.DeviceRetired(device.pk, device.client_id, device.name, on.isoformat()),
        by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def return_device(*, device: Device, on: date, by: Actor, at: datetime) -> None:
    """Put a retired device back into service; the time between stays uncounted."""
    device = _locked(device)
    if device.retired_on is None:
        raise Conflict(f"{device.name} is in service.")
    if on < device.retired_on:
        raise Refused(f"{device.name} was retired on {device.retired_on}.", field="on")
    device.retired_on = None
    _save(device)
    register.begin(
        unit_type=UNIT, unit_id=device.pk, unit_class=device.kind, name=device.name,
        client_id=device.client_id, site_id=device.site_id, starts_on=on, source="manual", at=at,
    )  # fmt: skip
    announce(
        events.DeviceReturned(device.pk, device.client_id, device.name, on.isoformat()),
        by=by, at=at,
    )  # fmt: skip


def _follow(device: Device, changed: list[str], at: datetime) -> None:
    """Tell the register what of the change concerns counting."""
    unit: dict[str, Any] = {
        "unit_type": UNIT, "unit_id": device.pk, "source": "manual", "at": at,
    }  # fmt: skip
    if "counts_from_on" in changed and not register.move_start(
        starts_on=device.counts_from_on, **unit
    ):
        raise Refused("It would begin to count after it ended.", field="counts_from_on")
    if "name" in changed:
        register.rename(name=device.name, **unit)
    if {"kind", "site"} & set(changed):
        today = local_date(at, device.client.zone)
        register.reclass(unit_class=device.kind, site_id=device.site_id, on=today, **unit)


def _locked(device: Device) -> Device:
    return Device.objects.select_for_update(of=("self",)).select_related("client").get(pk=device.pk)


def _save(device: Device) -> None:
    if not device.name:
        raise Refused("A device needs a name.", field="name")
    if device.kind not in Device.Kind.values:
        raise Refused(f"There is no device class {device.kind!r:.80}.", field="kind")
    for field, row in (("site", device.site), ("owner", device.owner)):
        if row is not None and row.client_id != device.client_id:
            raise Refused(f"That {field} belongs to another client.", field=field)
    try:
        with transaction.atomic():
            device.save()
    except IntegrityError as error:
        raise Refused(
            f"{device.client.name} has a device called {device.name} already.", field="name"
        ) from error
