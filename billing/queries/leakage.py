"""Money left lying: what we watch and nobody is charged for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max

from billing.queries.meters import Known
from billing.queries.written import DraftLine
from billing.rules.segments import Segment
from contracts.clients.models import Client
from contracts.rules.register import Interval
from contracts.rules.terms import PerDevice
from monitoring.models import Check
from msp.kit.periods import Period


@dataclass(frozen=True)
class Unbilled:
    """A client whose devices are watched without any agreement."""

    client_id: int
    name: str
    slug: str
    devices: int


def uncovered_devices(
    *, client: Client, period: Period, known: Known, segments: Sequence[Segment]
) -> tuple[str, ...]:
    """Names of the monitored devices that were there and that no line of the month speaks of.

    An agreement that counts no devices speaks of them all: its fee is for everything.
    """
    if _all_inclusive(segments):
        return ()
    left = {
        one.unit_id: one.name
        for one in known.devices
        if one.within(period) and not _spoken_of(one, period, segments)
    }
    if not left:
        return ()
    watched = set(
        Check.objects.filter(device_id__in=left).values_list("device_id", flat=True).distinct()
    )
    return tuple(sorted(name for pk, name in left.items() if pk in watched))


def silent_devices(lines: Iterable[DraftLine], known: Known) -> tuple[str, ...]:
    """Names of devices a line charges that were not heard of for as long as its terms say.

    They are counted all the same: silence is no proof that a device is gone. A device without a
    watch says nothing either way.
    """
    limits: dict[int, tuple[str, date]] = {}
    for line in lines:
        if isinstance(line.terms, PerDevice) and line.terms.silent_days and not line.settles:
            last = min(known.known_at.date(), line.segment.period.end)
            since = last - timedelta(days=line.terms.silent_days)
            limits |= {unit.unit_id: (unit.name, since) for unit in line.rated.units}
    heard = (
        Check.objects.filter(device_id__in=limits)
        .values("device_id")
        .annotate(heard_at=Max("last_seen_at"))
        .filter(heard_at__isnull=False)
    )
    return tuple(
        sorted(
            limits[row["device_id"]][0]
            for row in heard
            if row["heard_at"].date() <= limits[row["device_id"]][1]
        )
    )


def _all_inclusive(segments: Sequence[Segment]) -> bool:
    counting = {one.agreement_id for one in segments if one.kind == "per_device"}
    return any(one.agreement_id not in counting for one in segments)


def _spoken_of(interval: Interval, period: Period, segments: Sequence[Segment]) -> bool:
    """Whether one line covers the class on some day the device was there."""
    there = interval.within(period)
    return there is not None and any(
        segment.kind == "per_device"
        and there.clip(segment.period) is not None
        and _names(segment, interval)
        for segment in segments
    )


def _names(segment: Segment, interval: Interval) -> bool:
    """A device that is excluded by name was spoken of too: somebody decided about it."""
    classes = segment.facts.get("device_classes") or ()
    sites = segment.facts.get("site_ids") or ()
    here = not sites or interval.site_id in sites
    return here and (not classes or interval.unit_class in classes)


def unbilled_clients(*, billed: set[int]) -> list[Unbilled]:
    """Clients with monitored devices in service that are not among those a run bills."""
    rows = (
        Check.objects.filter(device__retired_on__isnull=True)
        .exclude(device__client_id__in=billed)
        .filter(device__client__archived_at__isnull=True)
        .values_list(
            "device__client_id", "device__client__name", "device__client__slug", "device_id"
        )
        .distinct()
    )
    counted: dict[int, Unbilled] = {}
    for client_id, name, slug, _device in rows:
        before = counted.get(client_id)
        devices = before.devices + 1 if before else 1
        counted[client_id] = Unbilled(client_id, name, slug, devices)
    return sorted(counted.values(), key=lambda one: one.name)
