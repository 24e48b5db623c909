"""What has reported with a key: which tools, from which hosts, with which figures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models.functions import Lower

from contracts.clients.models import Device
from monitoring.models import Check, EnrolmentKey, Series
from monitoring.rules.offers import OFFERS, ROOTS, Offer, root_of, said
from monitoring.rules.recipes import title_of
from monitoring.rules.series import label_of


@dataclass(frozen=True, slots=True)
class Host:
    """A host as it was reported, with the device it is where there is one."""

    name: str
    device_id: int | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One tool behind a key: what it was taken for, and what came with it last."""

    tool: str
    title: str
    agent: str
    at: datetime
    first_at: datetime
    hosts: list[Host]
    series: list[str]
    checks: list[str]
    period: int | None


@dataclass(frozen=True, slots=True)
class Offered:
    """Limits that could be set on what the key's devices measure, and on which series."""

    offer: Offer
    said: str
    series: list[Series]
    devices: int


def offers(key: EnrolmentKey) -> list[Offered]:
    """The limits worth having on the figures that came with the key and that nobody watches."""
    names = {name for told in key.seen.values() for name in told.get("hosts", [])}
    rows = Series.objects.filter(device_id__in=list(_devices(key, names).values()), checks=None)
    by_root: dict[str, list[Series]] = {}
    for series in rows.select_related("device").order_by("device__name", "name"):
        root = root_of(series.name)
        if root in ROOTS:
            by_root.setdefault(root, []).append(series)
    return [
        Offered(offer, said(offer), found, len({one.device_id for one in found}))
        for offer in OFFERS
        if (found := by_root.get(offer.slug))
    ]


def arrivals(key: EnrolmentKey) -> list[Arrival]:
    """The tools that reported with the key, the newest first."""
    names = {name for told in key.seen.values() for name in told.get("hosts", [])}
    devices = _devices(key, names)
    checks = _checks(list(devices.values()))
    found = [_arrival(tool, told, devices, checks) for tool, told in key.seen.items()]
    return sorted(found, key=lambda one: one.first_at, reverse=True)


def _arrival(
    tool: str, told: dict[str, Any], devices: dict[str, int], checks: dict[str, str]
) -> Arrival:
    hosts = [Host(name, devices.get(name.lower())) for name in told.get("hosts", [])]
    slugs = told.get("checks", [])
    return Arrival(
        tool, title_of(tool), told.get("agent", ""), datetime.fromisoformat(told["at"]),
        datetime.fromisoformat(told["first_at"]), hosts,
        [label_of(name) for name in told.get("series", [])],
        [checks.get(slug, slug) for slug in slugs], told.get("period"),
    )  # fmt: skip


def _devices(key: EnrolmentKey, names: set[str]) -> dict[str, int]:
    rows = Device.objects.filter(client_id=key.site.client_id, retired_on__isnull=True)
    lowered = rows.annotate(lowered=Lower("name")).filter(lowered__in=[n.lower() for n in names])
    return dict(lowered.values_list("lowered", "pk"))


def _checks(device_ids: list[int]) -> dict[str, str]:
    return dict(Check.objects.filter(device_id__in=device_ids).values_list("slug", "name"))
