"""Incidents that follow from a check's changes, in the transaction of the change.

One problem has one open incident: a partial unique index says so, and whoever comes second changes
nothing. An incident begins at the deadline that passed, however late it was noticed, and keeps the
promise that covered the device at that instant.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from contracts import queries as contracts
from contracts.clients.models import Device
from monitoring import events
from monitoring.models import Check, Flip, Incident, IncidentNumber
from monitoring.rules import words
from msp.kit.periods import local_date
from msp.kit.refs import Actor
from tenants.journal.announce import announce

IMPORTANT = (
    Device.Kind.SERVER, Device.Kind.FIREWALL, Device.Kind.SWITCH, Device.Kind.STORAGE,
)  # fmt: skip


_INSERT = """
    INSERT INTO monitoring_incident (number, problem_key, check_row_id, device_id, client_id, title,
      severity, agreement_id, agreement_line_id, level_version_id, covered, coverage_reason,
      opened_at, detected_at, words, state, acknowledged_by, resolved_by, note)
    SELECT v.*, 'open', '', '', ''
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
      %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::boolean[], %s::text[],
      %s::timestamptz[], %s::timestamptz[], %s::text[]) AS v
    ON CONFLICT (problem_key) WHERE resolved_at IS NULL DO NOTHING
    RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Down:
    """A check that went down at an instant: by silence, or because it said so."""

    check_id: int
    at: datetime
    failed: bool = False
    words: str = ""


def _problem_of(check_id: int) -> str:
    """What makes a problem the same one: the check. Not how bad it is, and not when."""
    return f"check:{check_id}"


class Incidents:
    """Opens and ends incidents for the caller's transaction."""

    def __init__(self, *, by: Actor, at: datetime) -> None:
        self.by, self.at = by, at

    def flip(self, changes: Iterable[tuple[int, str, datetime]]) -> None:
        """Write down what checks went through; the same change twice is one."""
        Flip.objects.bulk_create(
            [
                Flip(check_row_id=check_id, status=str(status), at=at, noticed_at=self.at)
                for check_id, status, at in changes
            ],
            ignore_conflicts=True,
        )

    def open(self, downs: Sequence[Down]) -> int:
        """Open the incidents of checks that went down; how many were not open already.

        1. The counter is held: numbers are given in the order incidents are.
        2. The index decides who is first; the others' rows are simply not written.
        3. Each new one is told, which owes its ticket.
        """
        if not downs:
            return 0
        checks = Check.objects.select_related("device__client").in_bulk([d.check_id for d in downs])
        covers = _covers(downs, checks)
        last = _held_number()
        rows = [
            self._row(down, checks[down.check_id], covers[down.check_id], last + place)
            for place, down in enumerate(downs, 1)
        ]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])
            made = [pk for (pk,) in cursor.fetchall()]
        IncidentNumber.objects.filter(pk=1).update(last=last + len(rows))
        for incident in Incident.objects.filter(pk__in=made).order_by("number"):
            announce(
                events.IncidentOpened(
                    incident.pk, incident.number, incident.device_id, incident.client_id,
                    incident.check_row_id, incident.title, incident.opened_at.isoformat(),
                    self.at.isoformat(),
                ),
                by=self.by, at=self.at,
            )  # fmt: skip
        return len(made)

    def _row(self, down: Down, check: Check, cover: contracts.Cover, number: int) -> tuple:
        device = check.device
        title = words.title_of(
            check.name, check.slug, device.name,
            failed=down.failed, running=check.last_started_at is not None,
        )  # fmt: skip
        severity = "critical" if device.kind in IMPORTANT else "major"
        return (
            number, _problem_of(check.pk), check.pk, device.pk, device.client_id, title[:200],
            severity, cover.agreement_id, cover.line_id, cover.level_version_id, cover.covered,
            cover.reason, down.at, max(self.at, down.at), down.words[:300],
        )  # fmt: skip

    def recover(self, check_id: int, at: datetime) -> None:
        """End the incident of a check that reported again."""
        incident = (
            Incident.objects.select_for_update(of=("self",))
            .filter(problem_key=_problem_of(check_id), resolved_at__isnull=True)
            .first()
        )
        if incident is None:
            return
        incident.state, incident.resolved_at = Incident.State.RESOLVED, max(at, incident.opened_at)
        incident.save(update_fields=["state", "resolved_at"])
        announce(
            events.IncidentRecovered(
                incident.pk, incident.number, incident.device_id, incident.client_id, check_id,
                incident.title, incident.resolved_at.isoformat(),
            ),
            by=self.by, at=self.at,
        )  # fmt: skip


def _covers(downs: Sequence[Down], checks: dict[int, Check]) -> dict[int, contracts.Cover]:
    """What covers each device on the day its check went down; one reading for a client's day."""
    groups: dict[tuple[int, date], list[Down]] = {}
    for down in downs:
        client = checks[down.check_id].device.client
        groups.setdefault((client.pk, local_date(down.at, client.zone)), []).append(down)
    found: dict[int, contracts.Cover] = {}
    for (client_id, _day), group in groups.items():
        devices = [checks[down.check_id].device for down in group]
        covers = contracts.cover_devices(client_id=client_id, devices=devices, at=group[0].at)
        found |= {down.check_id: covers[checks[down.check_id].device_id] for down in group}
    return found


def _held_number() -> int:
    """The last number given, held until the transaction ends."""
    held = IncidentNumber.objects.select_for_update()
    row = held.filter(pk=1).first()
    if row is None:
        IncidentNumber.objects.bulk_create([IncidentNumber(pk=1)], ignore_conflicts=True)
        row = held.get(pk=1)
    return row.last
