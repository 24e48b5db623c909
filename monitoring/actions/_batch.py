"""One batch of accepted requests on its way into the database, all of it or nothing.

1. Read the reports out of the envelopes; what cannot be read raises and is found by halving.
2. Find each one's check by client, name and slug, and lock it; who is not known is enrolled.
3. Fold the reports into the hot rows (rules/folding) and write those with one statement.
4. Keep what changed as flips, and let incidents follow from it.
5. Copy the readings in.

There is one drainer for an MSP at a time, so the rows locked here are waited for by nobody who
holds others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection

from monitoring.actions._incidents import Down, Incidents
from monitoring.actions._readings import Readings
from monitoring.actions.enrolment import enrol, refuse
from monitoring.models import BlindInterval, Check
from monitoring.rules import folding, lapse
from monitoring.rules.envelope import JSON, Envelope
from monitoring.rules.series import MOST_SERIES
from monitoring.rules.sources import healthchecks, native
from monitoring.rules.sources.report import Report
from msp.kit.refs import Actor
from msp.kit.refusals import Refused

NEAR = timedelta(days=2)  # blind intervals older than this shift no deadline any more

_ROW = """
    c.id, c.device_id, c.period_seconds, c.grace_seconds, c.max_run_seconds, c.status, c.status_at,
    c.last_seen_at, c.due_at, c.last_sent_at, c.last_started_at, c.run_id, c.fails, c.boot_id,
    c.sequence, c.beats, c.resumed_at
"""
_BY_NAME = f"""
    SELECT w.client_id, w.name, w.slug, {_ROW}
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS w(client_id, name, slug)
    JOIN clients_device d
      ON d.client_id = w.client_id AND lower(d.name) = lower(w.name) AND d.retired_on IS NULL
    JOIN monitoring_check c ON c.device_id = d.id AND c.slug = w.slug
    ORDER BY c.id FOR UPDATE OF c
"""  # noqa: S608 - our own columns
_BY_ID = f"""
    SELECT {_ROW} FROM monitoring_check c JOIN clients_device d ON d.id = c.device_id
    WHERE c.id = ANY(%s) AND d.retired_on IS NULL ORDER BY c.id FOR UPDATE OF c
"""  # noqa: S608
_WRITE = """
    UPDATE monitoring_check AS c SET
      status = v.status, status_at = v.status_at, due_at = v.due_at, beats = v.beats,
      last_seen_at = greatest(c.last_seen_at, v.last_seen_at),
      last_sent_at = greatest(c.last_sent_at, v.last_sent_at),
      last_started_at = v.started_at, run_id = v.run_id, fails = v.fails, boot_id = v.boot_id,
      sequence = v.sequence, duration_ms = coalesce(v.duration_ms, c.duration_ms)
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::bigint[],
                %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::int[],
                %s::text[], %s::bigint[], %s::bigint[])
      AS v(id, status, status_at, due_at, beats, last_seen_at, last_sent_at, started_at, run_id,
           fails, boot_id, sequence, duration_ms)
    WHERE c.id = v.id
"""


Name = tuple[int, str, str]  # client, host, slug


class UnknownKey(ValueError):
    """An envelope of a key that is not there."""


@dataclass(slots=True)
class Hot:
    """A check's row while the batch holds it."""

    id: int
    device_id: int
    plan: lapse.Plan
    state: lapse.State
    since: datetime | None
    reports: list[Report] = field(default_factory=list)
    changes: Sequence[folding.Change] = ()
    duration: timedelta | None = None


class Batch:
    """The envelopes of one transaction."""

    def __init__(
        self,
        envelopes: Iterable[Envelope],
        *,
        rolled_until: datetime | None,
        by: Actor,
        at: datetime,
    ) -> None:
        self.by, self.at, self.rolled_until = by, at, rolled_until
        self.by_name: dict[Name, list[Report]] = {}
        self.by_id: dict[int, list[Report]] = {}
        self.key_of: dict[Name, int] = {}
        self.rows: dict[int, Hot] = {}
        envelopes = list(envelopes)
        clients, used_at = _clients_of({one.key_id for one in envelopes})
        for one in envelopes:
            if one.key_id not in clients:
                raise UnknownKey(f"there is no key {one.key_id}")
            self._read(one, clients[one.key_id])
        times = [one.received_at for one in envelopes]
        self.oldest, self.newest = min(times, default=at), max(times, default=at)
        minute_ago = self.newest - timedelta(minutes=1)
        self.stale_keys = [pk for pk, used in used_at.items() if not used or used < minute_ago]

    def write(self) -> None:
        """Let the batch take effect."""
        self._find()
        for row in self.rows.values():
            self._fold(row)
        if self.rows:
            self._write_rows()
            self._write_words()
            self._write_changes()
            self._write_readings()
        self._mark_keys()

    # -- reading

    def _read(self, one: Envelope, client_id: int) -> None:
        if one.kind == JSON:
            for report in native.reports(one.body, one.received_at):
                name = (client_id, report.host, report.check)
                found = self.by_name.get(name)
                if found is None:
                    self.by_name[name] = [report]
                    self.key_of[name] = one.key_id
                else:
                    found.append(report)
        else:
            for report in healthchecks.reports(one.body, one.received_at):
                self.by_id.setdefault(report.check_id, []).append(report)

    # -- finding

    def _find(self) -> None:
        missing = self._lock_by_name(list(self.by_name))
        if missing:
            self._lock_by_name([name for name in missing if self._enrol(name)])
        if self.by_id:
            with connection.cursor() as cursor:
                cursor.execute(_BY_ID, [list(self.by_id)])
                for found in cursor.fetchall():
                    self._hold(found, self.by_id[found[0]])

    def _lock_by_name(self, names: list[Name]) -> list[Name]:
        """Hold the rows of these names; returns the names that have none."""
        if not names:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_BY_NAME, [list(column) for column in zip(*names, strict=True)])
            found = cursor.fetchall()
        for row in found:
            self._hold(row[3:], self.by_name[row[:3]])
        known = {row[:3] for row in found}
        return [name for name in names if name not in known]

    def _hold(self, row: tuple[Any, ...], reports: list[Report]) -> None:
        held = self.rows.get(row[0])
        if held is None:
            held = self.rows[row[0]] = _hot(row)
            held.reports = reports
        else:  # one device under two spellings
            held.reports = sorted([*held.reports, *reports], key=lambda report: report.at)

    def _enrol(self, name: Name) -> bool:
        """Make the check; False where a person has to decide, who then finds the name kept."""
        _client_id, host, slug = name
        first = self.by_name[name][0]
        key_id = self.key_of[name]
        try:
            enrol(
                key_id=key_id, host=host, kind=first.kind, slug=slug, period=first.period,
                grace=first.grace, by=self.by, at=first.at,
            )  # fmt: skip
        except Refused as refused:
            shown = host if slug == "heartbeat" else f"{host} {slug}"
            refuse(key_id=key_id, name=shown, reason=refused.reason, by=self.by, at=first.at)
            return False
        return True

    # -- folding

    @cached_property
    def _gaps(self) -> list[tuple[datetime, datetime]]:
        near = BlindInterval.objects.filter(ended_at__gte=self.oldest - NEAR)
        return list(near.values_list("started_at", "ended_at"))

    def _fold(self, row: Hot) -> None:
        plan = row.plan

        def granted(due: datetime) -> datetime:
            return lapse.raise_at(due, self._gaps, plan.period, plan.grace)

        folded = folding.fold(plan, row.state, row.since, row.reports, granted)
        row.state, row.changes, row.duration = folded.state, folded.changes, folded.duration
        if folded.changes:
            row.since = folded.changes[-1].at

    # -- writing

    def _write_rows(self) -> None:
        values = [
            (
                row.id, str(row.state.status), row.since, row.state.due_at, row.state.beats,
                row.state.last_seen_at, row.state.last_sent_at, row.state.started_at,
                row.state.run_id[:64], row.state.fails, row.state.boot_id, row.state.sequence,
                row.duration and row.duration // timedelta(milliseconds=1),
            )
            for row in self.rows.values()
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [list(column) for column in zip(*values, strict=True)])

    def _write_words(self) -> None:
        """The last words and facts of each check that sent any."""
        texts, facts = {}, {}
        for row in self.rows.values():
            for report in row.reports:
                if report.text:
                    texts[row.id] = report.text
                if report.facts:
                    facts.setdefault(row.id, {}).update(report.facts)
        for check in Check.objects.filter(pk__in={*texts, *facts}).only("facts", "body"):
            check.body = texts.get(check.pk, check.body)
            check.facts = dict(list((check.facts | facts.get(check.pk, {})).items())[-200:])
            check.save(update_fields=["body", "facts"])

    def _write_changes(self) -> None:
        changed = [row for row in self.rows.values() if row.changes]
        if not changed:
            return
        incidents = Incidents(by=self.by, at=self.at)
        incidents.flip(
            (row.id, change.status, change.at) for row in changed for change in row.changes
        )
        for row in changed:
            self._tell(incidents, row)

    @staticmethod
    def _tell(incidents: Incidents, row: Hot) -> None:
        """Let incidents follow in the order things happened."""
        for change in folding.told(row.changes):
            if change.status == lapse.Status.DOWN:
                failed = not change.missed
                incidents.open([Down(row.id, change.at, failed, change.text)])
            else:
                incidents.recover(row.id, change.at)

    def _write_readings(self) -> None:
        measured = [
            (row.device_id, report)
            for row in self.rows.values()
            for report in row.reports
            if report.metrics
        ]
        readings = Readings(measured, self.rolled_until)
        readings.write()
        for device_id, name in readings.turned_away.items():
            host = next(report.host for of, report in measured if of == device_id)
            refuse(
                key_id=self._key_of_host(host), name=f"{host}: {name}", by=self.by, at=self.at,
                reason=f"A device has at most {MOST_SERIES} series.",
            )  # fmt: skip

    def _key_of_host(self, host: str) -> int:
        return next(
            key_id for (_client, name, _slug), key_id in self.key_of.items() if name == host
        )

    def _mark_keys(self) -> None:
        """Say when each key was used last, to the minute."""
        if self.stale_keys:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE monitoring_enrolmentkey SET last_used_at = %s WHERE id = ANY(%s)",
                    [self.newest, self.stale_keys],
                )


def _clients_of(key_ids: set[int]) -> tuple[dict[int, int], dict[int, datetime | None]]:
    """Whose each key is, and when it was used last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.id, s.client_id, k.last_used_at FROM monitoring_enrolmentkey k"
            " JOIN clients_site s ON s.id = k.site_id WHERE k.id = ANY(%s)",
            [list(key_ids)],
        )
        rows = cursor.fetchall()
    return {pk: client for pk, client, _at in rows}, {pk: at for pk, _client, at in rows}


def _hot(row: tuple[Any, ...]) -> Hot:
    (
        pk, device_id, period, grace, max_run, status, since, last_seen_at, due_at, last_sent_at,
        started_at, run_id, fails, boot_id, sequence, beats, resumed_at,
    ) = row  # fmt: skip
    plan = lapse.Plan(period, grace, max_run, manual_resume=True)
    state = lapse.State(
        status, last_seen_at, due_at, last_sent_at, started_at, run_id, fails, boot_id, sequence,
        beats, resumed_at,
    )  # fmt: skip
    return Hot(pk, device_id, plan, state, since)
