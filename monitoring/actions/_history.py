"""What was thinned and packed already, put right for a value that comes late."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from monitoring.rules.series import LEVELS, bucket_of, day_of

Late = Sequence[tuple[int, datetime]]  # series and five minutes that have got another value

_WIDEN = """
    INSERT INTO monitoring_rollup (series_id, seconds, at, low, high, total, count, last)
    SELECT s.id, %(wide)s, r.bucket, r.low, r.high, r.total, r.count, r.last
    FROM monitoring_series s CROSS JOIN LATERAL (
      SELECT date_bin(%(wide)s * interval '1 second', at, timestamptz '2000-01-01Z') AS bucket,
             min(low) AS low, max(high) AS high, sum(total) AS total, sum(count) AS count,
             (array_agg(last ORDER BY at DESC))[1] AS last
      FROM monitoring_rollup
      WHERE series_id = s.id AND seconds = %(fine)s AND at >= %(since)s AND at < %(until)s
      GROUP BY 1) AS r
    WHERE s.last_at >= %(since)s AND (%(only)s::bigint[] IS NULL OR s.id = ANY(%(only)s))
    ON CONFLICT (series_id, seconds, at) DO UPDATE SET low = excluded.low, high = excluded.high,
      total = excluded.total, count = excluded.count, last = excluded.last
"""
_UNPACK = """
    WITH laid AS (
      DELETE FROM monitoring_pack AS p
      USING unnest(%s::bigint[], %s::timestamptz[]) AS wanted(series_id, day)
      WHERE p.series_id = wanted.series_id AND p.day = wanted.day
      RETURNING p.series_id, p.day, p.steps, p."values")
    INSERT INTO monitoring_reading (series_id, at, value)
    SELECT l.series_id, l.day + interval '1 microsecond'
      * sum(r.step) OVER (PARTITION BY l.series_id, l.day ORDER BY r.place), r.value
    FROM laid l, unnest(l.steps, l."values") WITH ORDINALITY AS r(step, value, place)
    ON CONFLICT DO NOTHING
"""


class History:
    """For the transaction that holds the position: nobody packs or thins meanwhile."""

    @staticmethod
    def unpack(late: Late, rolled_until: datetime) -> None:
        """Lay the readings of these days out again; the day thinning is at is never packed."""
        today = day_of(rolled_until)
        wanted = sorted({(series, day_of(at)) for series, at in late if at < today})
        if not wanted:
            return
        series, days = zip(*wanted, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_UNPACK, [list(series), list(days)])

    @classmethod
    def widen(cls, since: datetime, until: datetime) -> None:
        """Compute the hours and days that were over between the two."""
        for fine, wide in LEVELS:
            start, end = bucket_of(since, wide), bucket_of(until, wide)
            if start < end:
                cls._compute(fine, wide, start, end)

    @classmethod
    def widen_again(cls, late: Late, until: datetime) -> None:
        """Compute the hours and days of these five minutes anew, where they are over already."""
        for fine, wide in LEVELS:
            for start in sorted({bucket_of(at, wide) for _series, at in late}):
                if start + wide <= until:
                    only = [series for series, at in late if bucket_of(at, wide) == start]
                    cls._compute(fine, wide, start, start + wide, only)

    @staticmethod
    def _compute(
        fine: timedelta,
        wide: timedelta,
        start: datetime,
        end: datetime,
        only: list[int] | None = None,
    ) -> None:
        values = {
            "fine": int(fine.total_seconds()),
            "wide": int(wide.total_seconds()),
            "since": start,
            "until": end,
            "only": only,
        }
        with connection.cursor() as cursor:
            cursor.execute(_WIDEN, values)
