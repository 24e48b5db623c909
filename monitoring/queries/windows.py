"""Maintenance windows: which hold for what, now and later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Q, QuerySet

from contracts.clients.models import Device
from monitoring.models import Check, Dependency, MaintenanceWindow
from monitoring.rules import windows as rules
from monitoring.rules.schedules import CRON, Schedule
from monitoring.rules.windows import Gap


def rule_of(row: MaintenanceWindow) -> rules.Window:
    """The window as the rules want it."""
    schedule = Schedule(CRON, row.schedule, row.zone) if row.schedule else None
    triggers = tuple(datetime.fromisoformat(text) for text in row.triggers)
    return rules.Window(
        row.starts_at, row.ends_at, schedule, row.lasts, row.cancelled_at, row.flexible, triggers
    )


def touching(start: datetime, end: datetime) -> QuerySet[MaintenanceWindow]:
    """Windows that may hold somewhere between two instants."""
    slack = 2 * rules.LONGEST_OF_MANY  # the last of many, or one begun late, lasts over the end
    alive = Q(ends_at__isnull=True) | Q(ends_at__gt=start - slack)
    uncut = Q(cancelled_at__isnull=True) | Q(cancelled_at__gt=start)
    return MaintenanceWindow.objects.filter(alive & uncut, starts_at__lt=end)


@dataclass(frozen=True)
class Place:
    """Where something stands, for the scope of a window."""

    client_id: int
    site_id: int | None
    device_id: int
    check_id: int | None = None


def place_of(device: Device, check_id: int | None = None) -> Place:
    """Where a device, or one check of it, stands."""
    return Place(device.client_id, device.site_id, device.pk, check_id)


def covers(row: MaintenanceWindow, place: Place) -> bool:
    """Whether a window is about this place; one without a scope is about all."""
    scope = (
        (row.check_row_id, place.check_id), (row.device_id, place.device_id),
        (row.site_id, place.site_id), (row.client_id, place.client_id),
    )  # fmt: skip
    return all(wanted is None or wanted == found for wanted, found in scope)


def gaps(
    rows: Iterable[MaintenanceWindow], place: Place, start: datetime, end: datetime
) -> list[Gap]:
    """The stretches in which a place is in maintenance, between two instants."""
    found = [
        gap for row in rows if covers(row, place)
        for gap in rules.occurrences(rule_of(row), start, end)
    ]  # fmt: skip
    return rules.joined(found)


def gaps_of(checks: Sequence[Check], start: datetime, end: datetime) -> dict[int, list[Gap]]:
    """The maintenance of each check between two instants; reads devices only where it must."""
    rows = list(touching(start, end)) if checks else []
    if not rows:
        return {check.pk: [] for check in checks}
    devices = Device.objects.in_bulk({check.device_id for check in checks})
    return {
        check.pk: gaps(rows, place_of(devices[check.device_id], check.pk), start, end)
        for check in checks
    }


def devices_in(at: datetime) -> Q | None:
    """Which devices are in maintenance as a whole; None where none is, at no cost but one look."""
    found = None
    for row in touching(at, at + timedelta(seconds=1)).filter(check_row__isnull=True):
        if rules.holds_until([rule_of(row)], at) is None:
            continue
        scope = {
            name: pk
            for name, pk in (
                ("client_id", row.client_id), ("site_id", row.site_id), ("pk", row.device_id)
            )
            if pk is not None
        }  # fmt: skip
        part = Q(**scope) if scope else Q(pk__isnull=False)
        found = part if found is None else found | part
    return found


@dataclass(frozen=True)
class Shown:
    """A window on a page: when it is on or comes next, and whether that is now.

    `waits` says of a flexible one that its stretch is on and nothing has gone wrong in it yet.
    """

    row: MaintenanceWindow
    starts_at: datetime | None
    ends_at: datetime | None
    on: bool
    waits: bool = False


def shown(rows: Iterable[MaintenanceWindow], at: datetime) -> list[Shown]:
    """Windows with their next stretch, those that are on first, then by when they come."""
    found = []
    for row in rows:
        rule = rule_of(row)
        gap = rules.next_of(rule, at)
        waits = rules.span_at(rule, at) is not None
        on = bool(gap and gap[0] <= at) and not waits
        found.append(Shown(row, gap[0] if gap else None, gap[1] if gap else None, on, waits))
    far = at + timedelta(days=4000)
    return sorted(found, key=lambda one: (not one.on, one.starts_at or far, one.row.name))


def of_device(device: Device, at: datetime) -> list[Shown]:
    """What is agreed for a device or any of its checks: on now or still to come."""
    rows = [
        row for row in touching(at, at + timedelta(days=4000)).select_related("check_row")
        if covers(row, place_of(device, row.check_row_id))
        and (row.check_row is None or row.check_row.device_id == device.pk)
    ]  # fmt: skip
    return [one for one in shown(rows, at) if one.starts_at]


def behind_what(device: Device) -> list[Dependency]:
    """What a device stands behind by itself or with its whole site."""
    own = Q(device=device)
    if device.site_id is not None:
        own |= Q(site_id=device.site_id) & ~Q(parent=device)
    rows = Dependency.objects.filter(own).select_related("parent", "site")
    return list(rows.order_by("group", "parent__name"))


@dataclass(frozen=True)
class Day:
    """A day of the calendar with the stretches that begin on it or go on into it."""

    starts_at: datetime
    parts: list[tuple[MaintenanceWindow, datetime, datetime]]


def calendar(rows: Sequence[MaintenanceWindow], days: Sequence[datetime]) -> list[Day]:
    """The days from each edge to the next, with what is on in them."""
    found = []
    for start, end in pairwise(days):
        parts = [
            (row, max(since, start), min(until, end))
            for row in rows
            for since, until in rules.spans(rule_of(row), start, end)
        ]
        found.append(Day(start, sorted(parts, key=lambda part: (part[1], part[0].name))))
    return found
