"""Readings on their way in: series made known, values copied, last values kept.

COPY in its binary form is the fastest way into a table, and it knows no ON CONFLICT. Values that
are there already are rare (a client that sends twice), so they are tried without, and when one is,
the batch goes in by a slower statement that skips it.
"""

import io
import struct
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from monitoring.actions._history import History
from monitoring.rules.series import BUCKET, MOST_SERIES, measured_at, place_of, unit_of
from monitoring.rules.sources.report import OLDEST, Report

_POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_UNIX_EPOCH = (_POSTGRES_EPOCH - datetime(1970, 1, 1, tzinfo=UTC)) // _TICK
_HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack("!ii", 0, 0)
_TRAILER = struct.pack("!h", -1)
_row = struct.Struct("!hiqiqid").pack  # three fields: bigint, timestamp, double

_COPY = "COPY monitoring_reading (series_id, at, value) FROM STDIN WITH (FORMAT binary)"
_SKIP = """
    INSERT INTO monitoring_reading (series_id, at, value)
    SELECT s, timestamptz '2000-01-01Z' + us * interval '1 microsecond', v
    FROM unnest(%s::bigint[], %s::bigint[], %s::float8[]) AS r(s, us, v) ON CONFLICT DO NOTHING
"""
_LAST = """
    UPDATE monitoring_series AS s SET last_value = v.value,
      last_at = timestamptz '2000-01-01Z' + v.us * interval '1 microsecond'
    FROM unnest(%s::bigint[], %s::bigint[], %s::float8[]) AS v(id, us, value)
    WHERE s.id = v.id AND (s.last_at IS NULL
      OR s.last_at <= timestamptz '2000-01-01Z' + v.us * interval '1 microsecond')
"""
_ROLL = """
    INSERT INTO monitoring_rollup (series_id, seconds, at, low, high, total, count, last)
    SELECT b.series_id, %(seconds)s, b.at, min(r.value), max(r.value), sum(r.value), count(*),
           (array_agg(r.value ORDER BY r.at DESC))[1]
    FROM unnest(%(series)s::bigint[], %(buckets)s::timestamptz[]) AS b(series_id, at)
    JOIN monitoring_reading r ON r.series_id = b.series_id AND r.at >= b.at
      AND r.at < b.at + %(seconds)s * interval '1 second'
    GROUP BY b.series_id, b.at
    ON CONFLICT (series_id, seconds, at) DO UPDATE SET low = excluded.low, high = excluded.high,
      total = excluded.total, count = excluded.count, last = excluded.last
"""


class Readings:
    """The values of one batch; `turned_away` are names a device has no room for any more."""

    def __init__(self, reports: Iterable[tuple[int, Report]], rolled_until: datetime | None):
        self.reports = list(reports)
        self.rolled_until = rolled_until
        self.values: dict[tuple[int, int], float] = {}
        self.turned_away: dict[int, str] = {}
        self.watched: set[int] = set()
        self.made: list[tuple[int, str]] = []

    def write(self) -> None:
        if not self.reports:
            return
        known = self._series()
        missing = self._gather(known)
        if missing:
            by_name = sorted(missing, key=lambda one: (one[0], place_of(one[1])))
            self._gather(self._make(by_name, known))
        if self.values:
            late = self._late()
            if late and self.rolled_until:
                History.unpack(late, self.rolled_until)
            self._copy()
            self._keep_last()
            if late and self.rolled_until:
                _roll(late)
                History.widen_again(late, self.rolled_until)

    def _gather(self, known: dict[tuple[int, str], int]) -> set[tuple[int, str]]:
        """Lay the values of the known series down; the names of the others."""
        values, missing = self.values, set()
        at, ticks = None, 0
        for device_id, report in self.reports:
            measured = measured_at(report)
            if measured is not at:  # what came together shares its instant
                at, ticks = measured, (measured - _POSTGRES_EPOCH) // _TICK
            for name, value in report.metrics.items():
                series_id = known.get((device_id, name))
                if series_id is None:
                    missing.add((device_id, name))
                else:
                    values[(series_id, ticks)] = value
            if report.samples:
                self._take(device_id, report, known, missing)
        return missing

    def _take(
        self,
        device_id: int,
        report: Report,
        known: dict[tuple[int, str], int],
        missing: set[tuple[int, str]],
    ) -> None:
        """Values that each have an instant of their own, where it is believable."""
        newest = (report.at - _POSTGRES_EPOCH) // _TICK
        oldest = newest - OLDEST // _TICK
        for name, milliseconds, value in report.samples:
            series_id = known.get((device_id, name))
            if series_id is None:
                missing.add((device_id, name))
                continue
            ticks = milliseconds * 1000 - _UNIX_EPOCH
            believed = ticks if oldest <= ticks <= newest else newest
            self.values[(series_id, believed)] = value

    def _series(self) -> dict[tuple[int, str], int]:
        """The series of the devices in the batch."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT device_id, name, id, watched FROM monitoring_series"
                " WHERE device_id = ANY(%s)",
                [list({device_id for device_id, _report in self.reports})],
            )
            rows = cursor.fetchall()
        self.watched = {pk for _device, _name, pk, watched in rows if watched}
        return {(device_id, name): pk for device_id, name, pk, _watched in rows}

    def _make(
        self, missing: list[tuple[int, str]], known: dict[tuple[int, str], int]
    ) -> dict[tuple[int, str], int]:
        room: dict[int, int] = {}
        for device_id, _name in known:
            room[device_id] = room.get(device_id, MOST_SERIES) - 1
        made = []
        for device_id, name in missing:
            room[device_id] = room.get(device_id, MOST_SERIES) - 1
            if room[device_id] < 0:
                self.turned_away[device_id] = name
            else:
                made.append((device_id, name, unit_of(name)))
        if not made:
            return {}
        self.made = [(device_id, name) for device_id, name, _unit in made]
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO monitoring_series (device_id, name, unit)"
                " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[])"
                " RETURNING device_id, name, id",
                [list(column) for column in zip(*made, strict=True)],
            )
            return {(device_id, name): pk for device_id, name, pk in cursor.fetchall()}

    def _copy(self) -> None:
        rows = b"".join(
            [
                _row(3, 8, series, 8, ticks, 8, value)
                for (series, ticks), value in self.values.items()
            ]
        )
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.copy_expert(_COPY, io.BytesIO(_HEADER + rows + _TRAILER))
        except IntegrityError:
            with connection.cursor() as cursor:
                series, ticks = zip(*self.values, strict=True)
                cursor.execute(_SKIP, [list(series), list(ticks), list(self.values.values())])

    def _keep_last(self) -> None:
        last: dict[int, tuple[int, float]] = {}
        for (series, ticks), value in self.values.items():
            if series not in last or last[series][0] <= ticks:
                last[series] = (ticks, value)
        rows = [(series, ticks, value) for series, (ticks, value) in sorted(last.items())]
        with connection.cursor() as cursor:
            cursor.execute(_LAST, [list(column) for column in zip(*rows, strict=True)])

    def looked_at(self) -> dict[int, list[tuple[datetime, float]]]:
        """The values of series somebody watches."""
        found: dict[int, list[tuple[datetime, float]]] = {}
        if self.watched:
            for (series, ticks), value in self.values.items():
                if series in self.watched:
                    at = _POSTGRES_EPOCH + ticks * _TICK
                    found.setdefault(series, []).append((at, value))
        return found

    def _late(self) -> list[tuple[int, datetime]]:
        """The buckets that were thinned already and now get another value."""
        if self.rolled_until is None:
            return []
        until = (self.rolled_until - _POSTGRES_EPOCH) // _TICK
        width = BUCKET // _TICK
        late = {(series, t - t % width) for series, t in self.values if t < until}
        return [(series, _POSTGRES_EPOCH + ticks * _TICK) for series, ticks in sorted(late)]


def _roll(buckets: list[tuple[int, datetime]]) -> None:
    """Compute whole buckets from their readings; done twice it is the same."""
    series, starts = zip(*buckets, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _ROLL,
            {
                "series": list(series),
                "buckets": list(starts),
                "seconds": int(BUCKET.total_seconds()),
            },
        )
