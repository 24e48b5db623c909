"""One batch of accepted requests on its way into the database, all of it or nothing.

1. Read the reports out of the envelopes; what cannot be read raises and is found by halving.
2. Find each one's check by client, name and slug, and lock it; who is not known is enrolled.
3. Fold the reports into the hot rows (rules/folding) and write those with one statement.
4. Keep what changed as flips, and let incidents follow from it.
5. Copy the readings in.

There is one drainer for an MSP at a time, so the rows locked here are waited for by nobody who
holds others.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import zip_longest
from typing import Any

import msgspec
from django.db import connection, transaction

from monitoring.actions._incidents import Down, Incidents
from monitoring.actions._keys import Keys, Owner
from monitoring.actions._past import Past
from monitoring.actions._plans import follow
from monitoring.actions._readings import Readings
from monitoring.actions._watching import Watching
from monitoring.actions.enrolment import enrol, refuse
from monitoring.models import BlindInterval, Check, CheckTemplate
from monitoring.queries.checks import names_behind, special_plan
from monitoring.rules import contents, folding, lapse
from monitoring.rules.envelope import JSON, PACKET, Envelope
from monitoring.rules.series import MOST_SERIES
from monitoring.rules.skew import LOOKED_AT, WRONG, noted, skew_of
from monitoring.rules.sources import healthchecks, native, packet
from monitoring.rules.sources.report import Report
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.work import hint

NEAR = timedelta(days=2)  # blind intervals older than this shift no deadline any more

_ROW = """
    c.id, c.device_id, c.period_seconds, c.grace_seconds, c.max_run_seconds, c.status, c.status_at,
    c.last_seen_at, c.due_at, c.last_sent_at, c.last_started_at, c.run_id, c.fails, c.boot_id,
    c.sequence, c.beats, c.resumed_at,
    CASE WHEN c.kind <> 'period' OR c.fail_threshold > 1 OR c.words IS NOT NULL THEN
      jsonb_build_object('kind', c.kind, 'schedule', c.schedule, 'zone', c.zone,
        'fail_threshold', c.fail_threshold, 'words', c.words) END
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


@dataclass(slots=True)
class Hot:
    """A check's row while the batch holds it; `seen_at` is the last sign before."""

    id: int
    device_id: int
    plan: lapse.Plan
    state: lapse.State
    since: datetime | None
    seen_at: datetime | None = None
    key_id: int = 0
    words: contents.Words | None = None
    reports: list[Report] = field(default_factory=list)
    changes: Sequence[folding.Change] = ()
    late: Sequence[folding.Late] = ()
    duration: timedelta | None = None

    @property
    def measures(self) -> bool:
        """Whether any of its reports brings values."""
        return any(report.metrics or report.samples for report in self.reports)


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
        self.key_of: dict[Name | int, int] = {}
        self.rows: dict[int, Hot] = {}
        envelopes = list(envelopes)
        self.keys = Keys({one.key_id for one in envelopes})
        for one in envelopes:
            self._read(one, self.keys.owner(one.key_id))
        times = [one.received_at for one in envelopes]
        self.oldest, self.newest = min(times, default=at), max(times, default=at)

    def write(self) -> None:
        """Let the batch take effect."""
        self._find()
        self._follow_plans()
        for row in self.rows.values():
            self._fold(row)
        if self.rows:
            self._write_past(changed=False)
            self._write_rows()
            self._write_words()
            self._write_clocks()
            self._write_changes()
            self._write_past(changed=True)
            self._write_readings()
        self.keys.mark(self.newest)

    # -- reading

    def _read(self, one: Envelope, owner: Owner) -> None:
        tool, agent, reports = _reports(one)
        owner.latest[tool] = agent, reports
        for report in reports:
            if report.check_id:
                self.by_id.setdefault(report.check_id, []).append(report)
                self.key_of[report.check_id] = one.key_id
                continue
            if owner.device:
                report.host = owner.device
            name = (owner.client_id, report.host, report.check)
            found = self.by_name.get(name)
            if found is None:
                self.by_name[name] = [report]
                self.key_of[name] = one.key_id
            else:
                found.append(report)

    # -- finding

    def _find(self) -> None:
        missing = self._lock_by_name(list(self.by_name))
        if missing:
            missing = self._lock_by_name(self._called_otherwise(missing))
        if missing:
            self._lock_by_name([name for name in missing if self._enrol(name)])
        if self.by_id:
            with connection.cursor() as cursor:
                cursor.execute(_BY_ID, [list(self.by_id)])
                for found in cursor.fetchall():
                    self._hold(found, self.by_id[found[0]], self.key_of[found[0]])

    def _lock_by_name(self, names: list[Name]) -> list[Name]:
        """Hold the rows of these names; returns the names that have none."""
        if not names:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_BY_NAME, [list(column) for column in zip(*names, strict=True)])
            found = cursor.fetchall()
        for row in found:
            self._hold(row[3:], self.by_name[row[:3]], self.key_of[row[:3]])
        known = {row[:3] for row in found}
        return [name for name in names if name not in known]

    def _called_otherwise(self, names: list[Name]) -> list[Name]:
        """Names nobody has, as the devices are called that report under them."""
        known = names_behind((client_id, host) for client_id, host, _slug in names)
        found = []
        for name in names:
            client_id, host, slug = name
            own = (client_id, known.get((client_id, host.lower()), host), slug)
            if own != name:
                reports = self.by_name.pop(name)
                for report in reports:
                    report.host = own[1]
                self.key_of.setdefault(own, self.key_of[name])
                self.by_name[own] = reports  # what came under its own name is held already
            found.append(own)
        return found

    def _hold(self, row: tuple[Any, ...], reports: list[Report], key_id: int) -> None:
        held = self.rows.get(row[0])
        if held is None:
            held = self.rows[row[0]] = _hot(row)
            held.reports, held.key_id = reports, key_id
        else:  # one device under two spellings
            held.reports = sorted([*held.reports, *reports], key=lambda report: report.at)

    def _enrol(self, name: Name) -> bool:
        """Make the check; False where a person has to decide, who then finds the name kept."""
        _client_id, host, slug = name
        first = self.by_name[name][0]
        key_id = self.key_of[name]
        try:
            enrol(
                key_id=key_id, host=host, kind=first.kind, slug=slug, name=first.name,
                period=first.period, grace=first.grace, by=self.by, at=first.at,
            )  # fmt: skip
        except Refused as refused:
            alone = slug == "heartbeat" or refused.field == "host"
            shown = host if alone else f"{host} {slug}"
            refuse(key_id=key_id, name=shown, reason=refused.reason, by=self.by, at=first.at)
            return False
        return True

    # -- folding

    @cached_property
    def _gaps(self) -> list[tuple[datetime, datetime]]:
        near = BlindInterval.objects.filter(ended_at__gte=self.oldest - NEAR)
        return list(near.values_list("started_at", "ended_at"))

    def _follow_plans(self) -> None:
        """Expect of jobs what they say themselves, before their runs are judged by it."""
        said = [
            (row.id, row.plan, plan)
            for row in self.rows.values()
            for plan in [next((one.plan for one in reversed(row.reports) if one.plan), None)]
            if plan
        ]
        if said:
            for pk, plan in follow(wanted=said, by=self.by, at=self.newest).items():
                self.rows[pk].plan = plan

    def _fold(self, row: Hot) -> None:
        plan = row.plan

        def granted(due: datetime) -> datetime:
            return lapse.raise_at(due, self._gaps, plan.period, plan.grace)

        if row.words:
            row.reports = [_read_words(row.words, report) for report in row.reports]
        folded = folding.fold(plan, row.state, row.since, row.reports, granted)
        row.state, row.changes, row.duration = folded.state, folded.changes, folded.duration
        row.late = folded.late
        if folded.changes:
            row.since = folded.changes[-1].at

    # -- writing

    def _write_past(self, *, changed: bool) -> None:
        """Put what is told late among the changes that are written down; it opens nothing."""
        for row in self.rows.values():
            if row.late and bool(row.changes) is changed:
                since = Past.retell(row.id, row.late, str(row.state.status), self.at)
                row.since = since or row.since

    def _write_rows(self) -> None:
        values = [
            (
                row.id, str(row.state.status), row.since, row.state.due_at, row.state.beats,
                row.state.last_seen_at, row.state.last_sent_at, row.state.started_at,
                row.state.run_id[:64], row.state.fails, row.state.boot_id, row.state.sequence,
                None if row.duration is None else row.duration // timedelta(milliseconds=1),
            )
            for row in self.rows.values()
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [list(column) for column in zip(*values, strict=True)])

    def _write_words(self) -> None:
        """The last words and facts of each check that sent any; what is overtaken says nothing."""
        texts, facts = {}, {}
        for row in self.rows.values():
            for report in row.reports:
                if row.seen_at and report.at < row.seen_at:
                    continue
                if report.text:
                    texts[row.id] = report.text
                if report.facts:
                    facts.setdefault(row.id, {}).update(report.facts)
        for check in Check.objects.filter(pk__in={*texts, *facts}).only("facts", "body"):
            check.body = texts.get(check.pk, check.body)
            check.facts = dict(list((check.facts | facts.get(check.pk, {})).items())[-200:])
            check.save(update_fields=["body", "facts"])

    def _write_clocks(self) -> None:
        """Note clocks that are wrong (C5); those that are right cost nothing."""
        wrong = {}
        for row in self.rows.values():
            skew = skew_of([(one.at, one.sent_at) for one in row.reports[-LOOKED_AT:]])
            if skew is not None and abs(skew) > WRONG:
                wrong[row.id] = skew, row.reports[-1].at
        for check in Check.objects.filter(pk__in=wrong).only("facts") if wrong else ():
            said = noted(check.facts, *wrong[check.pk])
            if said:
                check.facts |= said
                check.save(update_fields=["facts"])

    def _write_changes(self) -> None:
        changed = [row for row in self.rows.values() if row.changes]
        if not changed:
            return
        Watching.hold({row.device_id for row in self.rows.values() if row.measures})
        incidents = Incidents(by=self.by, at=self.at)
        incidents.flip(
            (row.id, change.status, change.at) for row in changed for change in row.changes
        )
        self._tell(incidents, [(row.id, folding.told(row.changes)) for row in changed])

    @staticmethod
    def _tell(incidents: Incidents, changed: list[tuple[int, list[folding.Change]]]) -> None:
        """Let incidents follow in the order things happened to each: all first changes, and on."""
        for turn in zip_longest(*(changes for _id, changes in changed)):
            downs, ups = [], []
            for (pk, _), change in zip(changed, turn, strict=True):
                if change is None:
                    continue
                if change.status == lapse.Status.DOWN:
                    said = change.text, change.severity
                    downs.append(Down(pk, change.at, not change.missed, *said))
                else:
                    ups.append((pk, change.at))
            incidents.recover_all(ups)
            incidents.open(downs)

    def _write_readings(self) -> None:
        measured = [
            (row.device_id, report)
            for row in self.rows.values()
            for report in row.reports
            if report.metrics or report.samples
        ]
        readings = Readings(measured, self.rolled_until)
        readings.write()
        looked_at = readings.looked_at()
        if looked_at:
            incidents = Incidents(by=self.by, at=self.at)
            Watching(looked_at, self.oldest, incidents).settle()
        if readings.made and CheckTemplate.objects.exists():
            ids = sorted({device_id for device_id, _name in readings.made})
            transaction.on_commit(lambda: hint("monitoring.tasks.follow_devices", ids))
        for device_id, name in readings.turned_away.items():
            row = next(row for row in self.rows.values() if row.device_id == device_id)
            host = row.reports[0].host
            refuse(
                key_id=row.key_id, name=f"{host}: {name}" if host else name, by=self.by, at=self.at,
                reason=f"A device has at most {MOST_SERIES} series.",
            )  # fmt: skip


def _reports(one: Envelope) -> tuple[str, str, list[Report]]:
    """The tool that sent it, what it calls itself, and what it says."""
    if one.kind == JSON:
        return "steward", "", native.reports(one.body, one.received_at)
    if one.kind == PACKET:
        sent = packet.decode(one.body, one.received_at)
        return sent.tool, sent.agent, sent.reports
    return "ping", "", healthchecks.reports(one.body, one.received_at)


def _hot(row: tuple[Any, ...]) -> Hot:
    (
        pk, device_id, period, grace, max_run, status, since, last_seen_at, due_at, last_sent_at,
        started_at, run_id, fails, boot_id, sequence, beats, resumed_at, special,
    ) = row  # fmt: skip
    plan = lapse.Plan(period, grace, max_run, manual_resume=True)
    more = json.loads(special) if special else None  # the driver leaves it a text
    if more:
        plan = special_plan(plan, more)
    state = lapse.State(
        status, last_seen_at, due_at, last_sent_at, started_at, run_id, fails, boot_id, sequence,
        beats, resumed_at,
    )  # fmt: skip
    words = contents.words_of(more["words"]) if more else None
    return Hot(pk, device_id, plan, state, since, last_seen_at, words=words)


def _read_words(words: contents.Words, report: Report) -> Report:
    """The report as the words in it mean it, where its sender says nothing else (A7)."""
    if report.signal != lapse.Signal.OK or not report.text:
        return report
    return msgspec.structs.replace(report, signal=contents.signal_of(words, report.text))
