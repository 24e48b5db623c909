"""New incidents: their numbers, titles, promises and first signals, a statement for each."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db import connection
from django.db.models import Q

from contracts import queries as contracts
from monitoring.models import Check, Incident, IncidentNumber, Signal
from monitoring.queries.definitions import severity_of
from monitoring.rules import words
from monitoring.rules.judging import gravest
from msp.kit.periods import local_date
from msp.kit.refs import Actor

RECURS_WITHIN = timedelta(days=30)
NEAR = timedelta(minutes=5)  # signals of one device this close are one fault (I3)

_INSERT = """
    INSERT INTO monitoring_incident (number, problem_key, check_row_id, device_id, client_id, title,
      severity, agreement_id, agreement_line_id, level_version_id, covered, coverage_reason,
      opened_at, detected_at, words, follows_id, told, state, acknowledged_by, resolved_by, note)
    SELECT v.*, 'open', '', '', ''
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
      %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::boolean[], %s::text[],
      %s::timestamptz[], %s::timestamptz[], %s::text[], %s::bigint[],
      %s::text[]) AS v
    ON CONFLICT (problem_key) WHERE resolved_at IS NULL DO NOTHING
    RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Down:
    """A check that went down at an instant: by silence, because it said so, or over a limit.

    `severity` and `title` are set where the check's kind alone does not say them.
    """

    check_id: int
    at: datetime
    failed: bool = False
    words: str = ""
    severity: str = ""
    title: str = ""


class Numbers:
    """The counter of incidents. Whoever opens, judges or ends one holds it first, so that no two
    do at a time, and none waits for another that waits for it."""

    @staticmethod
    def hold() -> int:
        """The last number given, held until the transaction ends."""
        held = IncidentNumber.objects.select_for_update()
        row = held.filter(pk=1).first()
        if row is None:
            IncidentNumber.objects.bulk_create([IncidentNumber(pk=1)], ignore_conflicts=True)
            row = held.get(pk=1)
        return row.last

    @staticmethod
    def keep(last: int) -> None:
        """Write how far numbers are given."""
        IncidentNumber.objects.filter(pk=1).update(last=last)


class Opening:
    """The problems of one transaction, with the counter held from the first look on."""

    def __init__(self, downs: Sequence[Down], *, by: Actor, at: datetime) -> None:
        self.by, self.at = by, at
        self.downs = sorted(downs, key=lambda down: down.at)
        self.clock = self.downs[-1].at
        self.last = Numbers.hold()
        ids = [down.check_id for down in downs]
        self.checks = Check.objects.select_related("device__client").in_bulk(ids)

    def insert(self, downs: Sequence[Down], held: Container[int]) -> list[Incident]:
        """Incidents of problems that have none; a device's that begin together are one.

        Those of checks that are `held` are written as told to nobody.
        """
        if not downs:
            return []
        groups = self._by_device(downs)
        covers = self._covers([group[0] for group in groups])
        rows = [
            self._row(group, covers[group[0].check_id], self.last + place, held)
            for place, group in enumerate(groups, 1)
        ]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])
            made = [pk for (pk,) in cursor.fetchall()]
        self.last += len(rows)
        Numbers.keep(self.last)
        found = list(Incident.objects.filter(pk__in=made).order_by("number"))
        self._light(found, groups)
        return found

    def _light(self, incidents: Sequence[Incident], groups: Sequence[list[Down]]) -> None:
        by_check = {group[0].check_id: group for group in groups}
        Signal.objects.bulk_create(
            [
                Signal(
                    incident=incident, check_row_id=down.check_id, began_at=down.at,
                    severity=down.severity or severity_of(self.checks[down.check_id]),
                    words=down.words[:300],
                )
                for incident in incidents
                for down in by_check[incident.check_row_id]
            ],
            ignore_conflicts=True,
        )  # fmt: skip

    def _row(
        self, group: list[Down], cover: contracts.Cover, number: int, held: Container[int]
    ) -> tuple:
        down = group[0]
        check = self.checks[down.check_id]
        device = check.device
        title = down.title or words.title_of(
            check.name, check.slug, device.name,
            failed=down.failed, running=check.last_started_at is not None,
        )  # fmt: skip
        severity = gravest(
            *(one.severity or severity_of(self.checks[one.check_id]) for one in group)
        )
        return (
            number, f"check:{check.pk}", check.pk, device.pk, device.client_id, title[:200],
            severity, cover.agreement_id, cover.line_id, cover.level_version_id, cover.covered,
            cover.reason, down.at, max(self.at, down.at), down.words[:300],
            self._before.get(check.pk), "" if check.pk in held else severity,
        )  # fmt: skip

    @cached_property
    def _before(self) -> dict[int, int]:
        """The last incident each check had in the last month: this may be a recurrence."""
        recent = Q(resolved_at__gte=self.clock - RECURS_WITHIN)
        rows = Incident.objects.filter(recent, check_row_id__in=list(self.checks))
        return dict(rows.order_by("opened_at", "pk").values_list("check_row_id", "pk"))

    def _covers(self, downs: Sequence[Down]) -> dict[int, contracts.Cover]:
        """What covers each device on the day its check went down; read once for a client's day."""
        groups: dict[tuple[int, date], list[Down]] = {}
        for down in downs:
            client = self.checks[down.check_id].device.client
            groups.setdefault((client.pk, local_date(down.at, client.zone)), []).append(down)
        found: dict[int, contracts.Cover] = {}
        for (client_id, _day), group in groups.items():
            devices = [self.checks[down.check_id].device for down in group]
            covers = contracts.cover_devices(client_id=client_id, devices=devices, at=group[0].at)
            found |= {down.check_id: covers[self.checks[down.check_id].device_id] for down in group}
        return found

    def _by_device(self, downs: Sequence[Down]) -> list[list[Down]]:
        """Problems that are one fault: of the same device, begun within minutes (I3)."""
        groups: list[list[Down]] = []
        newest: dict[int, list[Down]] = {}
        for down in downs:
            device_id = self.checks[down.check_id].device_id
            group = newest.get(device_id)
            if group and down.at - group[0].at <= NEAR:
                group.append(down)
            else:
                newest[device_id] = group = [down]
                groups.append(group)
        return groups
