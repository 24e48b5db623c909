"""A hundred thousand beats that waited: how fast one worker's drain takes them in.

The beats lie on the streams of 20 MSPs as the intake lays them there. Beside it COPY of as many
finished rows into the very tables, binary, a batch for each MSP.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from typing import Any

import psycopg2

from tests.bench import ROUNDS, row
from tests.bench import _product as product
from tests.bench.ingest import Copy, Cpu

ROLE = "owner"
BEATS = 100_000
GOAL = 0.20


def run() -> list[dict[str, Any]]:
    estates, cpu = product.estates(), Cpu()
    counted, copy = product.all_beats(estates), Copy(estates, cpu)
    ours, theirs = [], []
    with psycopg2.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        connection.autocommit = True
        for turn in range(ROUNDS + 1):
            took = _drained(estates, connection, counted, turn)
            limit = copy.rate()
            if turn:  # the first makes series known and fills caches
                ours.append(BEATS / took)
                theirs.append(limit)
    mine, limit = statistics.median(ours), statistics.median(theirs)
    return [
        row(
            "drain_backlog", mine, "beats/s", against="COPY of the same readings, nothing else",
            theirs=limit, goal=f">= {GOAL:g} of it", met=mine >= GOAL * limit,
            note=f"{BEATS:,} beats of 3 figures over {len(estates)} MSPs, one process",
        )
    ]  # fmt: skip


def _drained(estates: list[product.Estate], connection: Any, counted: str, turn: int) -> float:
    from monitoring import tasks

    def stored() -> int:
        with connection.cursor() as cursor:
            cursor.execute(counted)
            return int(cursor.fetchone()[0])

    before = stored()
    for estate in estates:
        _queue(estate, BEATS // len(estates), turn)
    began = time.perf_counter()
    while stored() - before < BEATS:
        tasks.drain()
    return time.perf_counter() - began


def _queue(estate: product.Estate, count: int, turn: int) -> None:
    """As the intake would: received a millisecond after each other, with three figures."""
    from monitoring.gateways import stream
    from monitoring.models import EnrolmentKey
    from monitoring.rules import envelope
    from tenants import context

    schema, valkey = estate.tenant.schema_name, stream.client()
    with context.inside(estate.tenant):
        key_id = EnrolmentKey.objects.get().pk
    first = int(time.time() * 1000) - 3_600_000 + turn * count
    for start in range(0, count, 1000):
        with valkey.pipeline(transaction=False) as pipe:
            for number in range(start, start + 1000):
                beat = {
                    "host": f"pc-{number % product.DEVICES}",
                    "metrics": {"cpu": 12.5, "memory": 48.25, "disk": number % 100},
                }
                body = json.dumps(beat).encode()
                raw = envelope.pack(key_id, first + number, envelope.JSON, body)
                pipe.xadd(stream.name_of(schema), {b"e": raw})
            pipe.execute()
    stream.mark_dirty(schema)
