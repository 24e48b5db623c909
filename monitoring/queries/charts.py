"""Series as charts: never more points than a screen has, and no spike lost on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection

from monitoring.models import Cursor, Series
from monitoring.rules.series import DAILY, FINE, HOURLY, bucket_of

RANGES = {
    "24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30),
    "90d": timedelta(days=90), "1y": timedelta(days=365),
}  # fmt: skip
ROWS = {"24h": 24, "7d": 28, "30d": 30, "90d": 30, "1y": 73}  # of the table beside the chart
MOST_POINTS = 400
BUCKETS = 130  # two values and perhaps a gap each
SPARKS = 48


@dataclass(frozen=True)
class Bucket:
    """A slice of a series with its extremes and when they were; nothing where it is empty."""

    at: datetime
    low: float
    high: float
    low_at: datetime
    high_at: datetime
    mean: float
    count: int


@dataclass(frozen=True)
class Window:
    """A stretch of time in equal slices whose edges do not move from one refresh to the next."""

    start: datetime
    end: datetime
    slices: int

    @property
    def width(self) -> timedelta:
        return (self.end - self.start) / self.slices


def window(span: str, at: datetime, slices: int = BUCKETS) -> Window:
    """The range that ends now, its end moved up to the next edge of a slice."""
    length = RANGES[span]
    width = int(length.total_seconds()) // slices
    end = (int(at.timestamp()) // width + 1) * width
    ends_at = datetime.fromtimestamp(end, UTC)
    return Window(ends_at - timedelta(seconds=width * slices), ends_at, slices)


# Readings are kept for a while, thinned ones for long: the newest from the first, the rest from
# the second. %(edge)s is where the one takes over from the other.
_POINTS = """
    SELECT at, value AS low, value AS high, value AS total, 1 AS count
    FROM monitoring_reading WHERE series_id = %(series)s AND at >= %(edge)s AND at < %(end)s
    UNION ALL
    SELECT at, low, high, total, count FROM monitoring_rollup
    WHERE series_id = %(series)s AND seconds = %(seconds)s AND at >= %(start)s AND at < %(edge)s
"""
# Constant pieces only: every value is a parameter
_ALL = f"SELECT at, low, high FROM ({_POINTS}) p ORDER BY at LIMIT {MOST_POINTS + 1}"  # noqa: S608
_BUCKETS = f"""
    SELECT floor(extract(epoch FROM at - %(start)s) / %(width)s)::int AS slot,
      min(low), max(high), (array_agg(at ORDER BY low, at))[1],
      (array_agg(at ORDER BY high DESC, at))[1], sum(total) / sum(count), sum(count)
    FROM ({_POINTS}) p GROUP BY slot ORDER BY slot
"""  # noqa: S608
_EDGE = """
    SELECT coalesce(min(at), %(end)s) FROM monitoring_reading
    WHERE series_id = %(series)s AND at >= %(start)s AND at < %(end)s
"""


def _asked(series: Series, frame: Window) -> dict[str, Any]:
    values: dict[str, Any] = {
        "series": series.pk, "start": frame.start, "end": frame.end, "seconds": level_of(frame),
        "width": frame.width.total_seconds(),
    }  # fmt: skip
    return values | {"edge": _edge(values, frame)}


def level_of(frame: Window) -> int:
    """How wide, in seconds, the buckets are that a range is drawn from."""
    length = frame.end - frame.start
    if length <= RANGES["30d"]:
        return FINE
    return HOURLY if length <= RANGES["90d"] else DAILY


def _edge(values: dict[str, Any], frame: Window) -> datetime:
    """Up to a day is drawn from readings as far as they are kept; longer from thinned ones."""
    if frame.end - frame.start <= RANGES["24h"]:
        with connection.cursor() as cursor:
            cursor.execute(_EDGE, values)
            return cursor.fetchone()[0]
    rolled = Cursor.objects.values_list("rolled_until", flat=True).first()
    if rolled is None:
        return frame.start
    edge = bucket_of(rolled, timedelta(seconds=values["seconds"]))
    return min(max(edge, frame.start), frame.end)


def buckets(series: Series, frame: Window) -> list[Bucket]:
    """The slices of a series that hold anything, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_BUCKETS, _asked(series, frame))
        rows = cursor.fetchall()
    return [
        Bucket(frame.start + slot * frame.width, low, high, low_at, high_at, mean, count)
        for slot, low, high, low_at, high_at, mean, count in rows
    ]


def points(series: Series, frame: Window) -> list[tuple[datetime, float | None]]:
    """What a chart draws, at most 400 points: every value, or the extremes of each slice.

    Where nothing was measured stands a gap.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ALL, _asked(series, frame))
        rows = cursor.fetchall()
    if len(rows) <= MOST_POINTS * 3 // 4 and all(low == high for _at, low, high in rows):
        return _with_gaps([(at, low) for at, low, _high in rows])
    return _extremes(buckets(series, frame), frame)


def _with_gaps(
    rows: list[tuple[datetime, float | None]],
) -> list[tuple[datetime, float | None]]:
    """A gap where three values in a row are missing, by the usual distance of two."""
    steps = sorted(after[0] - before[0] for before, after in pairwise(rows))
    if not steps:
        return rows
    usual = max(steps[len(steps) // 2], timedelta(seconds=1))
    drawn = rows[:1]
    for at, value in rows[1:]:
        if at - drawn[-1][0] > 3 * usual and len(drawn) < MOST_POINTS - len(rows):
            drawn.append((drawn[-1][0] + usual, None))
        drawn.append((at, value))
    return drawn


def _extremes(found: Sequence[Bucket], frame: Window) -> list[tuple[datetime, float | None]]:
    drawn: list[tuple[datetime, float | None]] = []
    previous: Bucket | None = None
    for bucket in found:
        if previous and bucket.at - previous.at > frame.width * 1.5:
            drawn.append((previous.at + frame.width, None))
        drawn += _both(bucket)
        previous = bucket
    return drawn


def _both(bucket: Bucket) -> list[tuple[datetime, float | None]]:
    """Its lowest and highest value; a thinned one names one instant for both, and keeps both."""
    if bucket.low == bucket.high:
        return [(bucket.low_at, bucket.low)]
    if bucket.low_at == bucket.high_at:
        later = bucket.high_at + timedelta(seconds=1)
        return [(bucket.low_at, bucket.low), (later, bucket.high)]
    return sorted([(bucket.low_at, bucket.low), (bucket.high_at, bucket.high)])


def drawing(series: Series, frame: Window, name: str) -> dict[str, Any]:
    """The answer of a chart's endpoint."""
    drawn = points(series, frame)
    answer: dict[str, Any] = {
        "t": [at.timestamp() for at, _value in drawn],
        "series": [{"name": name, "unit": series.unit, "v": [value for _at, value in drawn]}],
    }
    return answer | ({"min": 0, "max": 100} if series.unit == "%" else {})


_SPARKS = """
    SELECT series_id, floor(extract(epoch FROM at - %(start)s) / %(width)s)::int AS slot,
      avg(value)
    FROM monitoring_reading
    WHERE series_id = ANY(%(series)s) AND at >= %(start)s AND at < %(end)s
    GROUP BY series_id, slot
"""


def sparks(series: Sequence[Series], at: datetime) -> dict[int, list[float | None]]:
    """The last day of several series in few values, for the line beside a number."""
    frame = window("24h", at, SPARKS)
    drawn: dict[int, list[float | None]] = {one.pk: [None] * SPARKS for one in series}
    with connection.cursor() as cursor:
        cursor.execute(
            _SPARKS,
            {
                "series": list(drawn),
                "start": frame.start,
                "end": frame.end,
                "width": frame.width.total_seconds(),
            },
        )
        for series_id, slot, mean in cursor.fetchall():
            drawn[series_id][min(slot, SPARKS - 1)] = mean
    return drawn
