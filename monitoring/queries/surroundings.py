"""What is around a problem: agreed maintenance, what it stands behind, who else fell silent.

Read once for all problems of a batch. Where nothing was agreed and nothing stands behind anything
that is three small queries, however many the problems are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, Q

from contracts.clients.models import Device
from monitoring.models import Check, Dependency, Incident
from monitoring.queries import canary, windows
from monitoring.queries.standing import Pulse, with_state
from monitoring.rules import behind
from monitoring.rules.behind import Edge, Standing
from monitoring.rules.judging import Quiet, Reason
from monitoring.rules.windows import holds_until, span_at

PATIENCE = 600  # what was agreed is over: one own interval, at most this, to report again


@dataclass(frozen=True)
class Site:
    """How many of a site's devices were up until just now, are down, and are silent."""

    watched: int
    down: int
    silent: int


class Surroundings:
    """The surroundings of some checks as of an instant of the stream's clock."""

    def __init__(self, checks: Iterable[Check], clock: datetime) -> None:
        self.clock = clock
        self.devices = {check.device_id: check.device for check in checks}

    # -- maintenance

    @cached_property
    def _windows(self) -> list[windows.MaintenanceWindow]:
        since = self.clock - timedelta(days=2)  # an incident may be dated before we noticed it
        return list(windows.touching(since, self.clock + timedelta(seconds=1)))

    def maintenance(self, check: Check, at: datetime) -> datetime | None:
        """When the maintenance ends a check is in at an instant, its own or of what is above it."""
        rows = self._windows_of(check)
        return holds_until([windows.rule_of(row) for row in rows], at) if rows else None

    def beginning(self, check: Check, at: datetime) -> list[windows.MaintenanceWindow]:
        """The flexible windows that a problem of a check at an instant begins."""
        return [row for row in self._windows_of(check) if span_at(windows.rule_of(row), at)]

    def _windows_of(self, check: Check) -> list[windows.MaintenanceWindow]:
        """Windows that are about a check, its device, or what that stands behind.

        The canary proves in maintenance too that silence is noticed, and its silence is no problem
        that maintenance begins with.
        """
        if not self._windows or canary.is_ours(check):
            return []
        above = [self.known[pk] for pk in behind.ancestors(self.edges, check.device_id)]
        places = [windows.place_of(check.device, check.pk), *map(windows.place_of, above)]
        return [row for row in self._windows if any(windows.covers(row, place) for place in places)]

    # -- what stands behind what

    @cached_property
    def edges(self) -> list[Edge]:
        """Every dependency of the clients concerned, those of a site written out."""
        return edges_of({device.client_id for device in self.devices.values()})

    @cached_property
    def known(self) -> dict[int, Device]:
        """The devices concerned and all that are parents of anything."""
        return self.devices | Device.objects.in_bulk({edge.parent for edge in self.edges})

    @cached_property
    def standings(self) -> dict[int, Standing]:
        """How each parent is, by its heartbeat or, without one, the check that is worst."""
        parents = {edge.parent for edge in self.edges}
        found: dict[int, Standing] = {}
        rows = Check.objects.filter(device_id__in=parents).exclude(kind=Check.Kind.THRESHOLD)
        for row in rows.order_by("slug"):
            if row.device_id in found and row.slug != "heartbeat":
                continue
            late = row.due_at and row.due_at - timedelta(seconds=row.grace_seconds)
            down = row.status == Check.Status.DOWN
            found[row.device_id] = Standing(down, row.last_seen_at, late, row.due_at)
        return found

    def cut_off(self, device_id: int) -> bool:
        """Whether all it could be reached through is down."""
        if not self.edges:
            return False
        down = {pk for pk, one in self.standings.items() if one.down}
        groups = behind.parents_of(self.edges, device_id)
        gone = {pk for pk in behind.ancestors(self.edges, device_id) if self._unreachable(pk, down)}
        return behind.is_cut_off(groups, down | gone)

    def _unreachable(self, device_id: int, down: set[int]) -> bool:
        return behind.is_cut_off(behind.parents_of(self.edges, device_id), down)

    def suspects(self, device_id: int, began_at: datetime) -> datetime | None:
        """Until when to wait for what it stands behind to turn out well or not (G4)."""
        if not self.edges:
            return None
        above = behind.ancestors(self.edges, device_id)
        return behind.settles_at(
            began_at, [self.standings[pk] for pk in above if pk in self.standings]
        )

    def cause(self, device_id: int) -> Incident | None:
        """The open incident of what a device stands behind, the oldest one."""
        above = behind.ancestors(self.edges, device_id)
        rows = Incident.objects.filter(device_id__in=above, resolved_at__isnull=True)
        return rows.filter(behind__isnull=True).order_by("opened_at", "pk").first()

    # -- who else fell silent

    @cached_property
    def sites(self) -> dict[int, Site]:
        """How the sites of these devices stand."""
        ids = [device.site_id for device in self.devices.values() if device.site_id]
        if not ids:
            return {}
        lately = self.clock - behind.MASS_WINDOW
        was_up = Q(status=Check.Status.UP) | Q(status=Check.Status.DOWN, status_at__gt=lately)
        rows = Check.objects.filter(
            was_up, device__site_id__in=ids, device__retired_on__isnull=True, slug="heartbeat"
        )
        counted = (
            with_state(rows, Pulse(self.clock, self.clock))
            .values("device__site_id")
            .annotate(
                watched=Count("pk"),
                down=Count("pk", filter=Q(state="down")),
                silent=Count("pk", filter=Q(state__in=["down", "late"])),
            )
            .order_by()
        )
        return {
            row["device__site_id"]: Site(row["watched"], row["down"], row["silent"])
            for row in counted
        }

    def is_mass(self, site_id: int | None) -> bool:
        """Whether so many of a site's devices are down that the site is the problem."""
        site = self.sites.get(site_id or 0)
        return bool(site and behind.is_mass(site.down, site.watched))

    def _may_be_mass(self, device: Device) -> bool:
        """Whether it looks so; what others stand behind is told by itself."""
        site = self.sites.get(device.site_id or 0)
        is_parent = any(edge.parent == device.pk for edge in self.edges)
        return bool(site and not is_parent and behind.is_mass(site.silent, site.watched))

    # -- what follows

    def quiet_of(self, check: Check, began_at: datetime) -> Quiet | None:
        """Why nobody is called yet for a problem that began at an instant; None: call."""
        until = self.maintenance(check, began_at) or self.maintenance(check, self.clock)
        if until is not None and until + interval_of(check) > self.clock:
            return Quiet(Reason.MAINTENANCE, until + interval_of(check))
        if self.cut_off(check.device_id) and self.cause(check.device_id):
            return Quiet(Reason.BEHIND)
        until = self.suspects(check.device_id, began_at)
        if until is None and self._may_be_mass(check.device):
            until = began_at + behind.SETTLE
        return Quiet(Reason.SETTLING, until) if until and until > self.clock else None


def edges_of(client_ids: Iterable[int], more: Iterable[Dependency] = ()) -> list[Edge]:
    """Every dependency of some clients, those of a site written out for each device in it."""
    rows = [*Dependency.objects.filter(parent__client_id__in=list(client_ids)), *more]
    if not rows:
        return []
    inside: dict[int | None, list[int]] = {}
    sites = {row.site_id for row in rows if row.site_id}
    devices = Device.objects.filter(site_id__in=sites, retired_on__isnull=True)
    for pk, site_id in devices.values_list("pk", "site_id"):
        inside.setdefault(site_id, []).append(pk)
    gates = {(row.site_id, row.parent_id) for row in rows if row.site_id}
    found = [Edge(row.device_id, row.parent_id, row.group) for row in rows if row.device_id]
    for row in rows:
        if row.site_id is not None:
            found += [
                Edge(pk, row.parent_id, row.group)
                for pk in inside.get(row.site_id, ())
                if (row.site_id, pk) not in gates
            ]
    return found


def interval_of(check: Check) -> timedelta:
    """One own interval: what something gets to report again when the quiet is over."""
    return timedelta(seconds=min(check.period_seconds or 60, PATIENCE))
