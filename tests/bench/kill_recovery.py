"""A worker killed in the middle of draining: how long until somebody drains again, what is lost."""

from __future__ import annotations

import os
import signal
import statistics
import time
from contextlib import ExitStack
from typing import Any

from tests.bench import _product as product
from tests.bench import row

ROLE = "owner"
KILLS = 5
BEATS = 120_000  # enough that every kill comes in the middle
GOAL = 10.0
BEGAN = time.time()


def run() -> list[dict[str, Any]]:
    from django.db.models import Sum

    from monitoring.models import Check, Reading
    from tenants import context

    (estate,) = product.estates(1)
    fill(estate)
    waits = []
    with ExitStack() as parts:
        parts.enter_context(product.ticking("monitoring.tasks.drain", "monitoring.tasks.sweep"))
        process = parts.enter_context(product.worker())
        for _ in range(KILLS):
            wait_until(lambda: begun(estate))
            os.killpg(process.pid, signal.SIGKILL)
            killed = time.perf_counter()
            process.wait()
            position = settled(estate)
            process = parts.enter_context(product.worker())
            wait_until(lambda before=position: position_of(estate) != before)
            waits.append(time.perf_counter() - killed)
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
            note=f"slowest of {KILLS} kills, median {statistics.median(waits):.1f} s; from the"
            f" kill to a new worker's first batch; lost {lost}, doubled {doubled}",
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
    began = int(BEGAN * 1000)
    for first in range(0, BEATS, 2000):
        with valkey.pipeline(transaction=False) as pipe:
            for number in range(first, first + 2000):
                beat = {"host": f"pc-{number % product.DEVICES}", "metrics": {"cpu": number % 100}}
                raw = envelope.pack(
                    key_id, began + number, envelope.JSON, json.dumps(beat).encode()
                )
                pipe.xadd(stream.name_of(schema), {b"e": raw})
            pipe.execute()
    stream.mark_dirty(schema)


def position_of(estate: product.Estate) -> str:
    from monitoring import queries
    from tenants import context

    with context.inside(estate.tenant):
        return queries.position().last_id


def settled(estate: product.Estate) -> str:
    """The position once nothing is being committed any more; nobody may be draining now."""
    time.sleep(0.2)
    position = position_of(estate)
    time.sleep(0.3)
    if position_of(estate) != position or done(estate):
        raise RuntimeError("Somebody drains still, or nothing is left: that measures nothing.")
    return position


def begun(estate: product.Estate) -> bool:
    from monitoring.gateways import stream

    left = stream.client().hget(f"hb:care:{estate.tenant.schema_name}", "size")
    return left is not None


def done(estate: product.Estate) -> bool:
    from monitoring.gateways import stream

    return stream.is_drained(estate.tenant.schema_name, position_of(estate))


def wait_until(condition: Any, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise RuntimeError("nobody drains")
        time.sleep(0.01)
