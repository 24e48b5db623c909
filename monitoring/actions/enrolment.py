"""Letting devices in: what happens to a name that nobody knows."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction

from contracts.clients import actions as clients
from contracts.clients.models import Device
from monitoring import events
from monitoring.models import Check, EnrolmentKey, HostAlias, RefusedName
from monitoring.rules.words import ABOVE_CAP
from msp.kit.periods import local_date
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce

MOST_CHECKS = 50
MOST_REFUSED = 500
DEFAULT_PERIOD, DEFAULT_GRACE = 60, 60


@transaction.atomic
def enrol(
    *, key_id: int, host: str, by: Actor, at: datetime, kind: str = "", slug: str = "heartbeat",
    name: str = "", period: int | None = None, grace: int | None = None,
) -> Check:  # fmt: skip
    """The check of a name, made where it is not known: the device too, up to the key's cap.

    The key's row is locked, so that two requests never pass the cap together. A device that was
    retired under this name stays retired: whether it is back is for a person to say. The key of a
    device makes checks of that device only.
    """
    key = (
        EnrolmentKey.objects.select_for_update(of=("self",))
        .select_related("site__client", "device")
        .get(pk=key_id)
    )
    device, enrolled_by = _device_for(key, host), None
    if device is None:
        _may_enrol(key, host)
        client = key.site.client
        device = clients.add_device(
            client=client, name=host, kind=kind or key.default_kind, site=key.site,
            counts_from_on=local_date(at, client.zone), source="agent", by=by, at=at,
        )  # fmt: skip
        enrolled_by = key
    pace = (
        DEFAULT_PERIOD if period is None else period,
        DEFAULT_GRACE if grace is None else grace,
    )
    return _ensure_check(device, slug, name, pace, enrolled_by, by, at)


def _device_for(key: EnrolmentKey, host: str) -> Device | None:
    """The device a report of this key is about, where it is known."""
    if key.device is not None:
        if key.device.retired_on:
            raise Refused(f"The key's device was retired on {key.device.retired_on}.", field="host")
        return key.device
    return Device.objects.filter(client=key.site.client, name__iexact=host, retired_on=None).first()


@transaction.atomic
def add_check(
    *, device: Device, name: str, slug: str, period: int, grace: int, by: Actor, at: datetime,
    max_run: int | None = None,
) -> Check:  # fmt: skip
    """Wait for one more signal of a device: its heartbeat, or a job with a slug of its own."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", slug):
        raise Refused("A slug has lower case letters, digits, - and _ only.", field="slug")
    if Check.objects.filter(device=device, slug=slug).exists():
        raise Refused(f"{device.name} has a check {slug} already.", field="slug")
    check = _ensure_check(device, slug, name, (period, grace), None, by, at)
    check.name, check.max_run_seconds = name.strip()[:80] or check.name, max_run
    check.save(update_fields=["name", "max_run_seconds"])
    return check


@transaction.atomic
def refuse(*, key_id: int, name: str, reason: str, by: Actor, at: datetime) -> None:
    """Keep a name that was not let in, and tell it once; it may report a thousand times."""
    key = EnrolmentKey.objects.select_related("site").get(pk=key_id)
    if RefusedName.objects.filter(key=key).count() >= MOST_REFUSED:
        return
    row, created = RefusedName.objects.get_or_create(
        key=key, name=name[:200],
        defaults={"reason": reason[:160], "first_at": at, "last_at": at},
    )  # fmt: skip
    if created:
        announce(events.NameRefused(key.pk, key.site.client_id, row.name, row.reason), by=by, at=at)
        return
    row.times, row.last_at, row.reason = row.times + 1, max(at, row.last_at), reason[:160]
    row.save(update_fields=["times", "last_at", "reason"])


@transaction.atomic
def admit(*, refusal: RefusedName, by: Actor, at: datetime) -> Device:
    """Let a refused name in, whatever the key's cap says: it is a device of the key's site now.

    Its checks are made by what it reports next.
    """
    key = EnrolmentKey.objects.select_related("site__client").get(pk=refusal.key_id)
    client = key.site.client
    if not refusal.may_enter:
        raise Refused("Only a name that is above the cap can be let in.", field="name")
    device = Device.objects.filter(
        client=client, name__iexact=refusal.name, retired_on=None
    ).first() or clients.add_device(
        client=client, name=refusal.name[:80], kind=key.default_kind, site=key.site,
        counts_from_on=local_date(at, client.zone), source="agent", by=by, at=at,
    )  # fmt: skip
    announce(events.NameAdmitted(key.pk, device.pk, client.pk, refusal.name), by=by, at=at)
    refusal.delete()
    return device


@transaction.atomic
def add_alias(*, device: Device, name: str, by: Actor, at: datetime) -> HostAlias:
    """Take what is reported under another name as this device's; nothing new enrols for it."""
    name = " ".join(name.split())[:200]
    if not name:
        raise Refused("Say under which name it reports.", field="name")
    known = Device.objects.filter(client=device.client_id, name__iexact=name, retired_on=None)
    if known.filter(pk=device.pk).exists():
        raise Refused("It is called so already.", field="name")
    if known.exists():
        raise Refused(
            f"{name} is a device of its own. Retire it first, then it is this one's name.",
            field="name",
        )
    try:
        with transaction.atomic():
            alias = HostAlias.objects.create(client_id=device.client_id, device=device, name=name)
    except IntegrityError:
        raise Refused("Another device reports under this name already.", field="name") from None
    announce(events.AliasAdded(device.pk, device.client_id, device.name, name), by=by, at=at)
    return alias


@transaction.atomic
def drop_alias(*, alias: HostAlias, by: Actor, at: datetime) -> None:
    """What is reported under this name is not this device's any more."""
    device = alias.device
    said = events.AliasDropped(device.pk, device.client_id, device.name, alias.name)
    announce(said, by=by, at=at)
    alias.delete()


@transaction.atomic
def attach(*, refusal: RefusedName, device: Device, by: Actor, at: datetime) -> None:
    """A refused name is a device we know: what comes under it next is that one's."""
    if device.client_id != refusal.key.site.client_id:
        raise Refused("This device belongs to another client.", field="device")
    add_alias(device=device, name=refusal.name, by=by, at=at)
    refusal.delete()


@transaction.atomic
def dismiss(*, refusal: RefusedName, by: Actor, at: datetime) -> None:
    """Drop a refused name from the list; it comes back when it reports again."""
    key = refusal.key
    announce(events.RefusalDismissed(key.pk, key.site.client_id, refusal.name), by=by, at=at)
    refusal.delete()


def _may_enrol(key: EnrolmentKey, host: str) -> None:
    gone = Device.objects.filter(client=key.site.client, name__iexact=host).first()
    if gone is not None:
        raise Refused(f"A device of this name was retired on {gone.retired_on}.", field="host")
    if key.checks.count() >= key.cap:
        raise Refused(f"{ABOVE_CAP} {key.cap} devices.", field="host", code="cap")


def _ensure_check(
    device: Device, slug: str, name: str, pace: tuple[int, int],
    enrolled_by: EnrolmentKey | None, by: Actor, at: datetime,
) -> Check:  # fmt: skip
    found = Check.objects.filter(device=device, slug=slug).first()
    if found is not None:
        return found
    if Check.objects.filter(device=device).count() >= MOST_CHECKS:
        raise Refused(f"{device.name} has {MOST_CHECKS} checks already.", field="check")
    period, grace = pace
    check = Check(
        device=device, slug=slug, name=(name.strip() or _words_of(slug))[:80],
        period_seconds=period, grace_seconds=grace, enrolled_by=enrolled_by, created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            check.save()
    except IntegrityError:
        return Check.objects.get(device=device, slug=slug)
    announce(events.CheckAdded(check.pk, device.pk, device.client_id, check.name), by=by, at=at)
    return check


def _words_of(slug: str) -> str:
    return "Heartbeat" if slug == "heartbeat" else slug.replace("-", " ").replace("_", " ").title()
