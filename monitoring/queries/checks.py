"""Checks: which one an address means, and how each stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Func, Value
from django.db.models.functions import Lower

from contracts.clients.models import Device
from monitoring.models import Check, HostAlias
from monitoring.rules import lapse
from monitoring.rules.schedules import Schedule

HEARTBEAT = "heartbeat"


@dataclass(frozen=True)
class Target:
    """What a slug may mean; without a check the device has not reported yet."""

    device_id: int
    device_name: str
    check_id: int | None


def pinged(*, site_id: int, slug: str, device_id: int | None = None) -> list[Target]:
    """The jobs of this name at a site, and the devices whose name is spelled like it.

    With a device it is looked for there alone, and no slug means the device itself.
    """
    of_site = Device.objects.filter(site_id=site_id, retired_on__isnull=True)
    if device_id is not None:
        of_site = Device.objects.filter(pk=device_id, retired_on__isnull=True)
    jobs = [
        Target(check.device_id, check.device.name, check.pk)
        for check in Check.objects.filter(device__in=of_site, slug=slug).select_related("device")
        if slug != HEARTBEAT
    ]
    if device_id is None or slug:
        spelled = Func(
            Lower("name"), Value("[^a-z0-9_-]+"), Value("-"), Value("g"), function="regexp_replace"
        )
        of_site = of_site.annotate(spelled=spelled).filter(spelled=slug)
    devices = list(of_site)
    heartbeats = dict(
        Check.objects.filter(device__in=devices, slug=HEARTBEAT).values_list("device_id", "pk")
    )
    return jobs + [Target(one.pk, one.name, heartbeats.get(one.pk)) for one in devices]


def plan_of(check: Check) -> lapse.Plan:
    """What is expected of a check, for the rules."""
    plan = lapse.Plan(
        check.period_seconds, check.grace_seconds, check.max_run_seconds, manual_resume=True
    )
    return special_plan(
        plan,
        {
            "kind": check.kind, "schedule": check.schedule, "zone": check.zone,
            "fail_threshold": check.fail_threshold,
        },
    )  # fmt: skip


def special_plan(plan: lapse.Plan, special: Mapping[str, Any]) -> lapse.Plan:
    """The plan of a check that is not the ordinary heartbeat."""
    schedule = (
        Schedule(special["kind"], special["schedule"], special["zone"])
        if special["schedule"]
        else None
    )
    return replace(plan, fail_threshold=special["fail_threshold"], schedule=schedule)


def state_of(check: Check) -> lapse.State:
    """What is known of a check, for the rules."""
    return lapse.State(
        check.status, check.last_seen_at, check.due_at, check.last_sent_at, check.last_started_at,
        check.run_id, check.fails, check.boot_id, check.sequence, check.beats, check.resumed_at,
    )  # fmt: skip


def has_heard() -> bool:
    """Whether any device was ever heard."""
    return Check.objects.filter(last_seen_at__isnull=False).exists()


def names_behind(names: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """The device's own name for each other name of it, by client and name in lower case."""
    wanted = {(client_id, name.lower()) for client_id, name in names}
    rows = HostAlias.objects.filter(
        client_id__in={client_id for client_id, _name in wanted}, device__retired_on__isnull=True
    )
    rows = rows.annotate(low=Lower("name")).filter(low__in={name for _client, name in wanted})
    found = rows.values_list("client_id", "low", "device__name")
    return {(client_id, low): own for client_id, low, own in found if (client_id, low) in wanted}
