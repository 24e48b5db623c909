"""Who is told of an incident, and when: its row is judged, and what follows is announced.

Every incident is written down at once. `IncidentOpened` is told when somebody is to be called,
which may be later: after a maintenance window, or when what it stands behind proved to be well.
Whoever judges holds the counter of incidents first, so that no two judge at a time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from monitoring import events
from monitoring.actions._opening import Numbers
from monitoring.models import Check, Flip, Incident, MaintenanceWindow
from monitoring.queries.surroundings import Surroundings, interval_of
from monitoring.queries.windows import rule_of
from monitoring.rules import flapping
from monitoring.rules.judging import Problem, Quiet, Reason, Verdict, judge
from monitoring.rules.windows import span_at
from msp.kit.refs import Actor
from tenants.journal.announce import announce, announce_all
from tickets.dispatch import actions as dispatch

_SAVED = ["told", "quiet", "wake_at", "recovered_at", "behind", "state", "resolved_at"]


def _of(incident: Incident) -> dict[str, Any]:
    """What every event of an incident says of it."""
    return {
        "incident_id": incident.pk, "number": incident.number, "device_id": incident.device_id,
        "client_id": incident.client_id,
    }  # fmt: skip


class Telling:
    """Judges incidents of some checks as of an instant of the stream's clock."""

    def __init__(
        self, checks: Iterable[Check], clock: datetime, *, by: Actor, at: datetime
    ) -> None:
        self.clock, self.by, self.at = clock, by, at
        self.around = Surroundings(list(checks), clock)

    def begin_windows(self, check: Check, began_at: datetime) -> None:
        """Let the flexible windows that wait for a first problem begin with this one (H1)."""
        for row in self.around.beginning(check, began_at):
            held = MaintenanceWindow.objects.select_for_update(of=("self",)).get(pk=row.pk)
            if span_at(rule_of(held), began_at):
                held.triggers = [*held.triggers, began_at.isoformat()]
                held.save(update_fields=["triggers"])
                said = events.WindowBegan(
                    held.pk, held.client_id, held.site_id, held.device_id, check.device.name,
                    held.name,
                )  # fmt: skip
                announce(said, by=self.by, at=self.at)
            row.triggers = held.triggers

    def judge(self, incident: Incident, check: Check | None, *, bad: bool = True) -> None:
        """Decide what follows for an incident that is held, and let it."""
        quiet = self._quiet(incident, check, bad) if check else None
        verdict = judge(Problem(bad, incident.severity, incident.told), quiet)
        if verdict == Verdict.WAIT and quiet is not None:
            self.hold(incident, quiet, bad=bad)
        elif verdict == Verdict.OVER:
            self._over(incident)
        elif verdict == Verdict.TELL:
            self._begin(incident, check)
        else:
            self._go_on(incident, worse=verdict == Verdict.WORSE)

    def wake(self, incident: Incident, check: Check | None) -> None:
        """Judge one whose time has come; a snooze that is over is told."""
        if incident.snoozed_until is not None and incident.snoozed_until <= self.clock:
            incident.snoozed_until, incident.state = None, Incident.State.OPEN
            incident.save(update_fields=["snoozed_until", "state"])
            self._announce(events.SnoozeEnded, incident, ticket_id=incident.ticket_id)
        if incident.site_id is not None:
            self._settle(incident)
            return
        lit = incident.signals.filter(cleared_at__isnull=True).exists()
        self.judge(incident, check, bad=lit or not incident.signals.exists())

    def _quiet(self, incident: Incident, check: Check, bad: bool) -> Quiet | None:
        if not incident.told:
            return self.around.quiet_of(check, incident.opened_at) if bad else None
        until = self.around.maintenance(check, self.clock)
        if until is not None:
            return Quiet(Reason.MAINTENANCE, until)
        calm_at = self._flapping(incident, check)
        return Quiet(Reason.FLAPPING, calm_at) if calm_at else None

    # -- what follows

    def hold(self, incident: Incident, quiet: Quiet, *, bad: bool = True) -> None:
        """Call nobody yet."""
        was = incident.quiet
        incident.quiet, incident.wake_at = str(quiet.reason), quiet.until
        if bad:
            incident.recovered_at = None
        if quiet.reason == Reason.BEHIND:
            incident.behind = self.around.cause(incident.device_id)
        incident.save(update_fields=_SAVED)
        if was != incident.quiet:
            self._announce(events.IncidentHeld, incident, why=events.WHY[incident.quiet])

    def _begin(self, incident: Incident, check: Check | None) -> None:
        """Call somebody now; the promise counts from when it was nobody's fault any more."""
        counts_from = incident.opened_at
        if incident.quiet == Reason.MAINTENANCE and incident.wake_at and check:
            counts_from = max(counts_from, incident.wake_at - interval_of(check))
        incident.told, incident.behind = incident.severity, None
        self._settle(incident)
        self.tell(incident, counts_from)

    def tell(self, incident: Incident, counts_from: datetime | None = None) -> None:
        """Announce an incident whose row says it is told; that owes its ticket."""
        announce(self._opened(incident, counts_from), by=self.by, at=self.at)

    def tell_all(self, incidents: Sequence[Incident]) -> None:
        """The same for many; each counts from when it began."""
        announce_all([self._opened(one) for one in incidents], by=self.by, at=self.at)

    def _opened(
        self, incident: Incident, counts_from: datetime | None = None
    ) -> events.IncidentOpened:
        return events.IncidentOpened(
            **_of(incident), check_id=incident.check_row_id, title=incident.title,
            opened_at=incident.opened_at.isoformat(), detected_at=self.at.isoformat(),
            counts_from=(counts_from or incident.opened_at).isoformat(),
        )  # fmt: skip

    def _go_on(self, incident: Incident, *, worse: bool) -> None:
        if worse:
            incident.told = incident.severity
        self._settle(incident)
        if worse:
            self._announce(
                events.IncidentWorsened, incident, ticket_id=incident.ticket_id,
                severity=incident.severity,
            )  # fmt: skip

    @staticmethod
    def _settle(incident: Incident) -> None:
        incident.quiet, incident.recovered_at = "", None
        incident.wake_at = incident.snoozed_until
        incident.save(update_fields=_SAVED)

    def _over(self, incident: Incident) -> None:
        ended = incident.recovered_at or self.clock
        incident.state, incident.resolved_at = (
            Incident.State.RESOLVED, max(ended, incident.opened_at),
        )  # fmt: skip
        incident.quiet, incident.wake_at = "", None
        incident.save(update_fields=_SAVED)
        if incident.told:
            dispatch.end_call(
                source_key=f"incident:{incident.pk}", why="heard from it again", by=self.by,
                at=self.at,
            )  # fmt: skip
        self._announce(
            events.IncidentRecovered, incident, check_id=incident.check_row_id,
            title=incident.title, recovered_at=incident.resolved_at.isoformat(),
        )  # fmt: skip
        self.wake_those_behind(incident, self.clock)
        self._end_of_the_site(incident)

    def _announce(self, event: Any, incident: Incident, **more: Any) -> None:
        announce(event(**_of(incident), **more), by=self.by, at=self.at)

    # -- flapping

    def _flapping(self, incident: Incident, check: Check) -> datetime | None:
        """Until when it flaps if nothing changes any more; None where it does not."""
        interval = interval_of(check)
        seconds = int(interval.total_seconds()) or 60
        said = [Check.Status.UP, Check.Status.DOWN, Check.Status.DEGRADED]
        moments = list(
            Flip.objects.filter(
                check_row=check, at__gt=self.clock - flapping.LOOK_BACK * interval,
                at__lte=self.clock, status__in=said,
            ).values_list("at", flat=True)
        )  # fmt: skip
        was = incident.flapping_since is not None
        flaps = flapping.is_flapping(moments, seconds, self.clock, was)
        if flaps != was:
            incident.flapping_since = self.clock if flaps else None
            incident.save(update_fields=["flapping_since"])
            event = events.FlappingBegan if flaps else events.FlappingEnded
            self._announce(event, incident, ticket_id=incident.ticket_id)
        return flapping.calm_at(moments, seconds, self.clock) if flaps else None

    # -- many at once

    def gather(self, incidents: Sequence[Incident]) -> None:
        """Put incidents of a site that fell silent as a whole behind one of the site (D3)."""
        sites: dict[int, Incident] = {}
        for incident in incidents:
            site_id = self.around.devices[incident.device_id].site_id
            if site_id and incident.quiet == Reason.SETTLING and self._is_the_sites(incident):
                sites.setdefault(site_id, incident)
        for site_id, first in sites.items():
            self._of_the_site(site_id, first)
        self._wake_children(incidents)

    def _is_the_sites(self, incident: Incident) -> bool:
        """Whether the site is the problem, and not something it stands behind that may be."""
        device = self.around.devices[incident.device_id]
        if self.around.cut_off(device.pk):
            return False
        suspect = self.around.suspects(device.pk, incident.opened_at)
        decided = suspect is None or suspect <= self.clock
        return decided and self.around.is_mass(device.site_id)

    def _of_the_site(self, site_id: int, first: Incident) -> None:
        """One incident for the site; every one there that waits is behind it."""
        cause = self._site_incident(site_id, first)
        waiting = Incident.objects.select_for_update(of=("self",)).filter(
            device__site_id=site_id, resolved_at__isnull=True, told="", quiet=Reason.SETTLING
        )
        for incident in waiting.exclude(pk=cause.pk).order_by("pk"):
            incident.behind, incident.quiet, incident.wake_at = cause, str(Reason.BEHIND), None
            incident.save(update_fields=_SAVED)
        count = cause.in_its_wake.filter(resolved_at__isnull=True).count()
        site = self.around.devices[first.device_id].site
        cause.title = f"{count} devices of {site.name if site else 'a site'} fell silent"[:200]
        cause.save(update_fields=["title"])
        if not cause.told:
            self._begin(cause, None)

    def _site_incident(self, site_id: int, first: Incident) -> Incident:
        """The site's open incident; a new one is like the first device's, for all of them."""
        key = f"site:{site_id}"
        found = Incident.objects.filter(problem_key=key, resolved_at__isnull=True).first()
        if found is not None:
            return found
        number = Numbers.hold() + 1
        Numbers.keep(number)
        copied = (
            "device_id", "client_id", "agreement_id", "agreement_line_id", "level_version_id",
            "covered", "coverage_reason", "opened_at", "detected_at",
        )  # fmt: skip
        return Incident.objects.create(
            number=number, problem_key=key, site_id=site_id, severity="critical",
            title="", **{name: getattr(first, name) for name in copied},
        )  # fmt: skip

    def _end_of_the_site(self, incident: Incident) -> None:
        """A site is well again when the last of its devices is."""
        cause = incident.behind
        if cause is None or cause.site_id is None or cause.resolved_at is not None:
            return
        if not cause.in_its_wake.filter(resolved_at__isnull=True).exists():
            cause.recovered_at = incident.resolved_at
            self._over(cause)

    @staticmethod
    def wake_those_behind(cause: Incident, clock: datetime) -> None:
        """What stood behind one that is over is judged anew, after an interval of its own (G5)."""
        rows = Incident.objects.select_related("check_row").filter(behind=cause, resolved_at=None)
        waiting = list(rows.order_by("pk"))
        for row in waiting:
            row.wake_at = clock + interval_of(row.check_row or Check())
        Incident.objects.bulk_update(waiting, ["wake_at"])

    def _wake_children(self, incidents: Sequence[Incident]) -> None:
        """What waits to see whether a parent is down need not wait any longer: it is (G4)."""
        gone = {incident.device_id for incident in incidents}
        children = {edge.child for edge in self.around.edges if edge.parent in gone}
        if children:
            Incident.objects.filter(
                device_id__in=children, resolved_at__isnull=True, quiet=Reason.SETTLING
            ).update(wake_at=self.clock)
