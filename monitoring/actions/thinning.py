"""What was measured, kept small: readings thinned, packed by the day, and forgotten by age.

Readings of the last day are rows. A day that is over for a day is packed: for each series one row
with the distances of its instants in microseconds and its values, which the database compresses.
A value that comes late for a packed day lays its readings out again first (`History.unpack`), so
that whatever computes a bucket sees all of it; the next packing takes them back in.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from monitoring.actions._cursor import HeldCursor
from monitoring.actions._history import History
from monitoring.models import Check, Cursor, Signal
from monitoring.queries.checks import HEARTBEAT
from monitoring.rules.series import (
    BUCKET,
    FINE,
    HOURLY,
    PACKED_AFTER,
    THIN_AFTER,
    bucket_of,
    day_of,
)
from msp.kit.refs import Actor

FIRST = timedelta(days=8)  # how far back the first thinning looks
SERIES = 40  # packed in one transaction; the drain waits for it

_ROLL = """
    INSERT INTO monitoring_rollup (series_id, seconds, at, low, high, total, count, last)
    SELECT s.id, %(seconds)s, r.bucket, r.low, r.high, r.total, r.count, r.last
    FROM monitoring_series s CROSS JOIN LATERAL (
      SELECT date_bin(%(seconds)s * interval '1 second', at, timestamptz '2000-01-01Z') AS bucket,
             min(value) AS low, max(value) AS high, sum(value) AS total, count(*) AS count,
             (array_agg(value ORDER BY at DESC))[1] AS last
      FROM monitoring_reading
      WHERE series_id = s.id AND at >= %(since)s AND at < %(until)s GROUP BY 1) AS r
    WHERE s.last_at >= %(since)s
    ON CONFLICT (series_id, seconds, at) DO UPDATE SET low = excluded.low, high = excluded.high,
      total = excluded.total, count = excluded.count, last = excluded.last
"""
_RIPE = """
    SELECT s.id FROM monitoring_series s
    WHERE EXISTS (SELECT FROM monitoring_reading r WHERE r.series_id = s.id AND r.at < %s)
    ORDER BY s.id LIMIT %s
"""
_PACK = """
    WITH gone AS (
      DELETE FROM monitoring_reading WHERE series_id = ANY(%(series)s) AND at < %(until)s
      RETURNING series_id, at, value),
    placed AS (
      SELECT series_id, date_trunc('day', at, 'UTC') AS day, at, value FROM gone),
    spaced AS (
      SELECT series_id, day, at, value, (extract(epoch FROM at
        - coalesce(lag(at) OVER (PARTITION BY series_id, day ORDER BY at), day)) * 1000000)::bigint
        AS step FROM placed)
    INSERT INTO monitoring_pack (series_id, day, steps, "values")
    SELECT series_id, day, array_agg(step ORDER BY at), array_agg(value ORDER BY at)
    FROM spaced GROUP BY series_id, day
"""
_FORGET = """
    DELETE FROM monitoring_rollup AS r USING monitoring_series AS s
    WHERE r.series_id = s.id AND r.seconds = %s AND r.at < %s
"""


@transaction.atomic
def roll_up(*, clock: datetime, by: Actor, at: datetime) -> int:
    """Thin the readings of buckets that are over, and the buckets of hours and days that are."""
    cursor = HeldCursor.take()
    until = bucket_of(clock - THIN_AFTER)
    if cursor is None or (cursor.rolled_until and cursor.rolled_until >= until):
        return 0
    since = max(cursor.rolled_until or until - FIRST, until - FIRST)
    with connection.cursor() as statement:
        statement.execute(_ROLL, {"since": since, "until": until, "seconds": BUCKET.seconds})
        made = statement.rowcount
    History.widen(since, until)
    cursor.rolled_until = until
    cursor.save()
    return made


@transaction.atomic
def pack(*, clock: datetime, by: Actor, at: datetime) -> bool:
    """Pack some series' days that are over for a day; True while there may be more of them.

    Also where somebody else holds the position: then nothing was done and it is to be tried again.
    """
    rolled_until = Cursor.objects.values_list("rolled_until", flat=True).first()
    if rolled_until is None:
        return False
    # Nothing is packed that was not thinned; how far that is only grows, so it may be read unheld.
    until = min(day_of(clock - PACKED_AFTER), day_of(rolled_until))
    with connection.cursor() as statement:
        statement.execute(_RIPE, [until, SERIES])
        ripe = [pk for (pk,) in statement.fetchall()]
        if not ripe:
            return False
        if HeldCursor.take() is None:
            return True
        statement.execute(_PACK, {"series": ripe, "until": until})
    return len(ripe) == SERIES


@transaction.atomic
def forget(*, clock: datetime, by: Actor, at: datetime) -> None:
    """Drop what is older than is kept: readings, five minutes, hours. Days are kept.

    So are checks of other tools' alerts that are over and were not heard of for long; their
    incidents stay.
    """
    readings, fine, hourly = settings.KEEP_READINGS, settings.KEEP_FINE, settings.KEEP_HOURLY
    with connection.cursor() as statement:
        statement.execute("DELETE FROM monitoring_pack WHERE day < %s", [clock - readings])
        statement.execute(_FORGET, [FINE, clock - fine])
        statement.execute(_FORGET, [HOURLY, clock - hourly])
    lit = Signal.objects.filter(check_row=OuterRef("pk"), cleared_at__isnull=True)
    Check.objects.filter(
        ~Exists(lit), kind=Check.Kind.PERIOD, period_seconds=0, status=Check.Status.UP,
        last_seen_at__lt=clock - settings.KEEP_ALERTS,
    ).exclude(slug=HEARTBEAT).delete()  # fmt: skip
