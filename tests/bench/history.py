"""Five million readings of a month: how fast a chart of 30 days answers, and what they weigh.

A reading a minute, each a few milliseconds off the minute, of values with one decimal as agents
send them. They are thinned and packed by the product's own task before anything is measured.
"""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2

from tests.bench import percentile, row, seconds
from tests.bench.page_ttfb import _asking, _session

ROLE = "owner"
DAYS, DEVICES, EACH = 30, 29, 4
PER_SERIES = DAYS * 1440
REQUESTS = 40
CHART_GOAL, BARE, BYTES_GOAL = 150, 16, 2

_FILL = """
    INSERT INTO monitoring_reading (series_id, at, value)
    SELECT s.id, %s::timestamptz + n * interval '1 minute' + random() * interval '30 ms',
      round((50 + 40 * sin(n / 229.0 + s.id) + 5 * random())::numeric, 1)
    FROM monitoring_series s, generate_series(0, %s - 1) n
"""


def run() -> list[dict[str, Any]]:
    from tenants import context
    from tenants.people.models import Person

    alpha, _beta = context.ready()
    with context.inside(alpha):
        device, series, count = _fill(datetime.now(UTC))
        raw = _weight(alpha.schema_name, "monitoring_reading") / count
        packing = seconds(_pack)
        packed = _packed()
        weight = _weight(alpha.schema_name, "monitoring_pack") / packed
        session = _session(Person.objects.get(name="Ben"))
        taken = _chart(f"/devices/{device}/series/{series}.json?range=30d", session)
    return [
        row(
            "chart_30d", taken, "ms at p95", goal=f"<= {CHART_GOAL} ms", met=taken <= CHART_GOAL,
            note=f"{count:,} readings of {DEVICES * EACH} series, in process",
        ),
        row(
            "bytes_per_reading", weight, "bytes", against="a timestamp and a double",
            theirs=BARE, goal=f"<= {BYTES_GOAL}x", met=weight <= BYTES_GOAL * BARE,
            note=f"with index, packed; {raw:.0f} as rows of the last day;"
            f" {packed / packing:,.0f} thinned and packed a second",
        ),
    ]  # fmt: skip


def _fill(now: datetime) -> tuple[int, int, int]:
    """A device and a series of it, and how many readings there are."""
    from django.db import connection

    from monitoring.models import Cursor, Series
    from tests import make

    client = make.client("Bench")
    devices = [make.device(client, f"srv-{n}", "server") for n in range(DEVICES)]
    names = ("cpu", "memory", "disk", "load")
    made = Series.objects.bulk_create(
        Series(device=device, name=name, last_at=now) for device in devices for name in names
    )
    Cursor.objects.update_or_create(only=True, defaults={"evaluated_at": now})
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [now - timedelta(days=DAYS), PER_SERIES])
        count = cursor.rowcount
    return devices[0].pk, made[0].pk, count


def _pack() -> None:
    """What the product's task does in the course of that month, in steps of a week."""
    from monitoring import actions, tasks
    from monitoring.models import Cursor

    now = Cursor.objects.get().evaluated_at
    for days in (23, 16, 9, 2, 0):
        clock = now - timedelta(days=days)
        actions.roll_up(clock=clock, by=tasks.BY, at=clock)
    while actions.pack(clock=now, by=tasks.BY, at=now):
        pass


def _packed() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(cardinality(steps)) FROM monitoring_pack")
        return int(cursor.fetchone()[0])


def _weight(schema: str, table: str) -> int:
    """What a table takes on disk, its index and its compressed parts included."""
    with closing(psycopg2.connect(os.environ["DATABASE_OWNER_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'VACUUM ANALYZE "{schema}".{table}')
            cursor.execute("SELECT pg_total_relation_size(%s)", [f'"{schema}".{table}'])
            return int(cursor.fetchone()[0])


def _chart(page: str, session: str) -> float:
    """The data of the chart on that page, as the browser asks for it."""
    ask = _asking("alpha.localhost", page, session)
    return percentile([1000 * seconds(ask) for _ in range(REQUESTS)], 0.95)
