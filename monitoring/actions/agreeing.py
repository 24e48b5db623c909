"""What people agree on: when nobody is called, and what stands behind what."""

from datetime import datetime, timedelta

from django.db import transaction

from contracts.clients.models import Client, Device, Site
from monitoring import events
from monitoring.actions._opening import Numbers
from monitoring.models import Check, Dependency, Incident, MaintenanceWindow
from monitoring.queries.surroundings import edges_of
from monitoring.queries.windows import covers, place_of, rule_of, touching
from monitoring.rules import behind, windows
from monitoring.rules.windows import BadWindow
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce


@transaction.atomic
def agree_window(
    *, name: str, starts_at: datetime, zone: str, by: Actor, at: datetime,
    ends_at: datetime | None = None, schedule: str = "", lasts: int = 0,
    client: Client | None = None, site: Site | None = None, device: Device | None = None,
    check: Check | None = None, for_client: bool = True, flexible: int = 0,
) -> MaintenanceWindow:  # fmt: skip
    """Hold calls back in a stretch, or in one that comes again, for all or for a part.

    A `flexible` one is on for so many seconds from the first problem in the stretch.

    The narrowest part counts; what it lies in follows from it. What has passed stays as it was: a
    window begins now at the earliest.
    """
    if not name.strip():
        raise Refused("Say in a few words what is done.", field="name")
    if check is not None:
        device = check.device
    if device is not None:
        site, client = device.site, device.client
    elif site is not None:
        client = site.client
    row = MaintenanceWindow(
        name=name.strip()[:80], client=client, site=site if device is None else None,
        device=device, check_row=check, starts_at=max(starts_at, at), ends_at=ends_at,
        schedule=schedule.strip(), zone=zone, lasts=lasts, for_client=for_client, flexible=flexible,
        made_by=by.name[:120], created_at=at,
    )  # fmt: skip
    try:
        windows.demand_window(rule_of(row), at)
    except BadWindow as error:
        raise Refused(error.reason, field=error.field) from None
    row.save()
    announce(_told(events.WindowAgreed, row), by=by, at=at)
    return row


@transaction.atomic
def cancel_window(*, window: MaintenanceWindow, by: Actor, at: datetime) -> None:
    """End it now. What it excused stays excused; what is wrong is told with the next look."""
    Numbers.hold()  # before the window, as a problem does that a flexible one begins with
    row = MaintenanceWindow.objects.select_for_update(of=("self",)).get(pk=window.pk)
    if row.cancelled_at is not None:
        raise Conflict("This window was ended already.")
    row.cancelled_at = at
    row.save(update_fields=["cancelled_at"])
    _wake_held(at)
    announce(_told(events.WindowCancelled, row), by=by, at=at)


@transaction.atomic
def begin_windows(*, clock: datetime, by: Actor, at: datetime) -> int:
    """Have open incidents judged anew whose maintenance has begun meanwhile; how many they are.

    Their tickets wait then: nobody owes a promise in a time that was agreed otherwise (K5).
    """
    told = Incident.objects.filter(resolved_at__isnull=True, check_row__isnull=False)
    rows = list(told.exclude(told="").exclude(quiet="maintenance").select_related("device"))
    if not rows:
        return 0
    running = [
        row
        for row in touching(clock, clock + timedelta(seconds=1))
        if windows.holds_until([rule_of(row)], clock) is not None
    ]
    begun = [
        row.pk
        for row in rows
        if any(covers(one, place_of(row.device, row.check_row_id)) for one in running)
    ]
    return Incident.objects.filter(pk__in=begun).update(wake_at=clock)


def _wake_held(at: datetime) -> None:
    """Let every incident that waits for a window's end be looked at again."""
    Incident.objects.filter(quiet="maintenance", resolved_at__isnull=True).update(wake_at=at)


def _told(
    event: type[events.WindowAgreed] | type[events.WindowCancelled], row: MaintenanceWindow
) -> events.WindowAgreed | events.WindowCancelled:
    return event(row.pk, row.client_id, row.site_id, row.device_id, row.name)


# -- what stands behind what -----------------------------------------------------------------------


@transaction.atomic
def put_behind(
    *, parent: Device, by: Actor, at: datetime, device: Device | None = None,
    site: Site | None = None, group: str = "",
) -> Dependency:  # fmt: skip
    """Say that a device, or a whole site, is reached through another device.

    All edges of the client are locked: two people could close a circle together.
    """
    if (device is None) == (site is None):
        raise Refused("Choose a device or a site.", field="device")
    what = device or site
    if what is None or what.client_id != parent.client_id:
        raise Refused("Both are of the same client.", field="parent")
    Client.objects.select_for_update(of=("self",)).get(pk=parent.client_id)
    if Dependency.objects.filter(device=device, site=site, parent=parent).exists():
        raise Refused(f"It stands behind {parent.name} already.", field="parent")
    row = Dependency(device=device, site=site, parent=parent, group=group.strip()[:40])
    _demand_no_circle(row)
    row.save()
    announce(_said(events.DependencyAdded, row), by=by, at=at)
    return row


@transaction.atomic
def take_from_behind(*, dependency: Dependency, by: Actor, at: datetime) -> None:
    """It is reached without the other device."""
    announce(_said(events.DependencyRemoved, dependency), by=by, at=at)
    dependency.delete()


def _demand_no_circle(row: Dependency) -> None:
    edges = edges_of([row.parent.client_id])
    fresh = edges_of([row.parent.client_id], more=[row])
    for edge in set(fresh) - set(edges):
        if behind.goes_in_a_circle(edges, edge):
            raise Refused(
                f"{row.parent.name} itself stands behind it: that would be a circle.",
                field="parent",
            )
        if behind.too_deep(edges, edge):
            raise Refused("It stands behind too many others already.", field="parent")


def _said(
    event: type[events.DependencyAdded] | type[events.DependencyRemoved], row: Dependency
) -> events.DependencyAdded | events.DependencyRemoved:
    what = row.device or row.site
    return event(
        row.device_id, row.site_id, row.parent.client_id, row.parent.name, what.name if what else ""
    )
