"""A worker killed in the middle of draining: how long until somebody drains again, what is lost."""

from __future__ import annotations

import os
import signal
import statistics
import time
from typing import Any

from tests.bench import _product as product
from tests.bench import row

ROLE = "owner"
BEATS = 30_000
KILLS = 5
GOAL = 10.0


def run() -> list[dict[str, Any]]:
    from django.db.models import Sum

    from monitoring.models import Check, Reading
    from tenants import context

    (estate,) = product.estates(1)
    fill(estate)
    waits = []
    with product.ticking("monitoring.tasks.drain", "monitoring.tasks.sweep"):
        for _ in range(KILLS):
            with product.worker() as process:
                wait_until(lambda: begun(estate))
                time.sleep(0.05)
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            position, killed = position_of(estate), time.perf_counter()
            with product.worker():
                wait_until(lambda before=position: position_of(estate) != before or done(estate))
                waits.append(time.perf_counter() - killed)
        with product.worker():
            wait_until(lambda: done(estate), 300)
    with context.inside(estate.tenant):
        beats = Check.objects.aggregate(all=Sum("beats"))["all"]
        readings = Reading.objects.count()
    lost, doubled = max(0, BEATS - readings), max(0, beats - BEATS)
    slowest = max(waits)
    return [
        row(
            "kill_recovery", slowest, "s", goal=f"<= {GOAL:g} s; 0 lost; 0 doubled",
            met=slowest <= GOAL and lost == doubled == 0 and beats == readings == BEATS,
            note=f"slowest of {KILLS} kills, median {statistics.median(waits):.1f} s; from the kill"
            f" to a new worker's first batch; lost {lost}, doubled {doubled}",
        )
    ]  # fmt: skip


def fill(estate: product.Estate) -> None:
    """Beats on the stream, each with a reading at an instant of its own."""
    import json

    from monitoring.gateways import stream
    from monitoring.models import EnrolmentKey
    from monitoring.rules import envelope
    from tenants import context

    schema, valkey = estate.tenant.schema_name, stream.client()
    with context.inside(estate.tenant):
        key_id = EnrolmentKey.objects.get().pk
    now = int(time.time() * 1000)
    for first in range(0, BEATS, 2000):
        with valkey.pipeline(transaction=False) as pipe:
            for number in range(first, first + 2000):
                beat = {"host": f"pc-{number % product.DEVICES}", "metrics": {"cpu": number % 100}}
                raw = envelope.pack(key_id, now + number, envelope.JSON, json.dumps(beat).encode())
                pipe.xadd(stream.name_of(schema), {b"e": raw})
            pipe.execute()
    stream.mark_dirty(schema)


def position_of(estate: product.Estate) -> str:
    from monitoring import queries
    from tenants import context

    with context.inside(estate.tenant):
        return queries.position().last_id


def begun(estate: product.Estate) -> bool:
    from monitoring.gateways import stream

    return bool(stream.client().exists(f"hb:care:{estate.tenant.schema_name}"))


def done(estate: product.Estate) -> bool:
    from monitoring.gateways import stream

    return stream.is_drained(estate.tenant.schema_name, position_of(estate))


def wait_until(condition: Any, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise RuntimeError("nobody drains")
        time.sleep(0.01)
