"""Values on their way in, held against the limits of whoever watches them.

Only series that are watched are looked at; for a batch without one this costs nothing.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from monitoring.actions._incidents import Incidents
from monitoring.actions._opening import Down
from monitoring.models import Check
from monitoring.queries.definitions import pace_of, severity_of
from monitoring.rules import thresholds, words
from monitoring.rules.series import label_of
from monitoring.rules.thresholds import Limits, Watch

BELATED = timedelta(hours=24)  # older samples are kept and judged no more (C6)
BACKDATED = timedelta(minutes=5)  # an incident is dated no earlier than this before it was heard

_WRITE = """
    UPDATE monitoring_check AS c SET status = v.status, status_at = v.status_at,
      last_seen_at = v.seen_at, due_at = v.due_at, watch = v.watch::jsonb, beats = c.beats + v.n
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
                %s::text[], %s::int[]) AS v(id, status, status_at, seen_at, due_at, watch, n)
    WHERE c.id = v.id
"""

Sample = tuple[datetime, float]


@dataclass
class Watched:
    """A check while the batch holds it."""

    check: Check
    limits: Limits
    watch: Watch
    samples: list[Sample]
    flips: list[tuple[int, str, datetime]] = field(default_factory=list)
    value: float = 0.0

    @property
    def status(self) -> str:
        ok = self.watch.level == thresholds.OK
        return str(Check.Status.UP if ok else Check.Status.DEGRADED)


class Watching:
    """The limits that the values of one batch are held against."""

    def __init__(
        self, samples: Mapping[int, Iterable[Sample]], oldest: datetime, incidents: Incidents
    ) -> None:
        self.oldest, self.incidents = oldest, incidents
        rows = (
            Check.objects.select_for_update(of=("self",))
            .select_related("device", "series")
            .filter(kind=Check.Kind.THRESHOLD, series_id__in=list(samples), limits__isnull=False)
            .exclude(status=Check.Status.PAUSED)
            .order_by("pk")
        )
        self.rows = [
            Watched(
                row, thresholds.limits_of(row.limits), thresholds.watch_of(row.watch or {}),
                sorted(one for one in samples[row.series_id] if one[0] > oldest - BELATED),
            )
            for row in rows
        ]  # fmt: skip

    @staticmethod
    def hold(device_ids: Collection[int]) -> None:
        """Hold what watches the values of some devices before the counter of incidents is held:
        whoever changes such a check has it first and then waits for the counter."""
        if device_ids:
            rows = Check.objects.select_for_update().order_by("pk")
            list(rows.filter(kind=Check.Kind.THRESHOLD, device__in=device_ids).values_list("pk"))

    def settle(self) -> None:
        """Judge the values; let the rows, the flips and the incidents follow."""
        judged = [row for row in self.rows if row.samples]
        before = {row.check.pk: (row.check.status, row.watch.level) for row in judged}
        for row in judged:
            self._judge(row)
        if not judged:
            return
        self._write_rows(judged)
        self.incidents.flip(flip for row in judged for flip in row.flips)
        self._tell([row for row in judged if self._changed(row, before[row.check.pk])])

    def _judge(self, row: Watched) -> None:
        for at, value in row.samples:
            level, was = row.watch.level, row.check.status
            row.watch = thresholds.advance(row.limits, row.watch, at, value)
            if row.watch.at != at:
                continue
            row.value = value
            if was == Check.Status.UNKNOWN:
                self._slow_down(row.check)
            if row.watch.level != level or was in (Check.Status.NEW, Check.Status.UNKNOWN):
                self._turn(row, at)

    @staticmethod
    def _slow_down(check: Check) -> None:
        """Values that stop and come again may only come more seldom than was thought."""
        period = pace_of(check.series_id, check.period_seconds) if check.series_id else 0
        if period > check.period_seconds:
            check.period_seconds = period
            check.grace_seconds = (thresholds.MISSED - 1) * period
            check.save(update_fields=["period_seconds", "grace_seconds"])

    def _turn(self, row: Watched, at: datetime) -> None:
        check = row.check
        when = max(filter(None, (at, self.oldest - BACKDATED, check.status_at)))
        if row.status != check.status:
            check.status, check.status_at = row.status, when
            row.flips.append((check.pk, row.status, when))

    def _write_rows(self, judged: list[Watched]) -> None:
        values = []
        for row in judged:
            check, seen = row.check, row.watch.at or row.samples[-1][0]
            values.append(
                (
                    check.pk, str(check.status), check.status_at, seen,
                    thresholds.silent_at(seen, check.period_seconds),
                    json.dumps(thresholds.kept_watch(row.watch)), len(row.samples),
                )
            )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [list(column) for column in zip(*values, strict=True)])

    @staticmethod
    def _changed(row: Watched, before: tuple[str, str]) -> bool:
        return before != (row.check.status, row.watch.level)

    def _tell(self, changed: list[Watched]) -> None:
        ok = [row for row in changed if row.watch.level == thresholds.OK]
        self.incidents.recover_all(
            [(row.check.pk, row.check.status_at or self.oldest) for row in ok]
        )
        self.incidents.open([self._down(row) for row in changed if row not in ok])

    def _down(self, row: Watched) -> Down:
        check, level = row.check, row.watch.level
        warns = level == thresholds.WARNING
        name = label_of(check.series.name) if check.series else check.name
        unit = check.series.unit if check.series else ""
        title = words.over_limit(name, check.device.name, row.value, unit)
        return Down(
            check.pk, check.status_at or self.oldest, words=f"{name} {row.value:g}{unit}",
            severity="warning" if warns else severity_of(check), title=title,
        )  # fmt: skip
