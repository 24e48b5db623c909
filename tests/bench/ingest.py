"""Beats per second from the socket to the row, beside what others do and what COPY can do.

Ours: kept HTTP connections -> granian -> Valkey -> Celery worker -> PostgreSQL, over 20 MSPs; the
clock stops when every accepted beat is in its MSP's tables. Each beat carries three figures.
"""

from __future__ import annotations

import io
import os
import statistics
import struct
import threading
import time
from typing import Any

import psycopg2

from tests.bench import _product as product
from tests.bench import in_turns, percentile, row

ROLE = "owner"
SINGLE = 1500  # requests to each MSP
BATCH, PER_REQUEST = 200, 50
CHECKS = 2000
PINGS = 3000
SINGLE_GOAL, BATCH_GOAL, VISIBLE_GOAL = 6.0, 0.25, 1.0

_PEER = """
    DROP SCHEMA IF EXISTS peer CASCADE; CREATE SCHEMA peer;
    CREATE TABLE peer.check (id serial PRIMARY KEY, code uuid UNIQUE DEFAULT gen_random_uuid(),
      name text DEFAULT 'check', tags text DEFAULT '', n_pings int DEFAULT 0, last_ping timestamptz,
      last_start timestamptz, alert_after timestamptz, status text DEFAULT 'new', timeout interval
      DEFAULT '1 minute', grace interval DEFAULT '1 minute');
    CREATE INDEX ON peer.check (alert_after);
    CREATE TABLE peer.ping (id bigserial PRIMARY KEY, owner_id int REFERENCES peer.check, n int,
      created timestamptz DEFAULT now(), kind text, scheme text, remote_addr inet, method text,
      ua text, body_raw bytea);
    CREATE INDEX ON peer.ping (owner_id, n);
    INSERT INTO peer.check (name) SELECT 'check ' || n FROM generate_series(1, %s) n;
"""


class Cpu:
    """Microseconds of CPU for one beat, servers included: what a busy machine does not spoil."""

    def __init__(self) -> None:
        self.servers = product.servers()
        self.taken: dict[str, list[float]] = {}
        self.others: tuple[int, ...] = ()
        self.began = 0.0

    def start(self, *others: int) -> None:
        self.others = others
        self.began = product.cpu_of(*self.servers, *others)

    def stop(self, name: str, count: int) -> None:
        used = product.cpu_of(*self.servers, *self.others) - self.began
        self.taken.setdefault(name, []).append(used / count * 1e6)

    def said(self, name: str, beside: str) -> str:
        """Both figures and how many of ours one of theirs would pay for."""
        if not self.servers:
            return "no CPU figures on this system"
        ours, theirs = (statistics.median(self.taken[one]) for one in (name, beside))
        return f"CPU {ours:.0f} us against {theirs:.0f} us, {theirs / max(ours, 1e-9):.2g}x"


class Peer:
    """The shape of Healthchecks: a transaction per ping with a row lock, in bare SQL, no HTTP."""

    def __init__(self, cpu: Cpu) -> None:
        self.cpu = cpu
        self.connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(_PEER, [CHECKS])

    def rate(self) -> float:
        self.cpu.start(os.getpid())
        began = time.perf_counter()
        for number in range(PINGS):
            with self.connection, self.connection.cursor() as cursor:
                pk = number % CHECKS + 1
                cursor.execute("SELECT * FROM peer.check WHERE id = %s FOR UPDATE", [pk])
                cursor.execute(
                    "UPDATE peer.check SET n_pings = n_pings + 1, last_ping = now(), last_start ="
                    " NULL, status = 'up', alert_after = now() + timeout + grace WHERE id = %s",
                    [pk],
                )
                cursor.execute(
                    "INSERT INTO peer.ping (owner_id, n, scheme, remote_addr, method, ua)"
                    " VALUES (%s, %s, 'http', '127.0.0.1', 'POST', 'curl')",
                    [pk, number],
                )
        self.cpu.stop("ping", PINGS)
        return PINGS / (time.perf_counter() - began)


class Ours:
    """The running product; what was stored is counted, not what was accepted."""

    def __init__(
        self, port: int, estates: list[product.Estate], parts: tuple[int, ...], cpu: Cpu
    ) -> None:
        self.port, self.estates, self.parts, self.cpu = port, estates, parts, cpu
        self.connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
        self.counted = product.all_beats(estates)

    def stored(self) -> int:
        """One question for all MSPs: asking costs what the drain could use."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(self.counted)
            return int(cursor.fetchone()[0])

    def rate(self, count: int, per_request: int) -> float:
        queues = [product.requests(estate, count, per_request) for estate in self.estates]
        queue = [request for turn in zip(*queues, strict=True) for request in turn]
        before = self.stored()
        self.cpu.start(*self.parts)
        began = time.perf_counter()
        taken = product.send(self.port, queue)
        accepted = taken * per_request
        while (stored := self.stored() - before) < accepted:
            if time.perf_counter() - began > 300:
                raise RuntimeError(f"{accepted} accepted, {stored} stored")
            time.sleep(0.1)
        took = time.perf_counter() - began
        self.cpu.stop(f"ours {per_request}", accepted)
        if taken != len(queue) or stored != accepted:
            raise RuntimeError(f"{len(queue)} sent, {taken} taken, {accepted} of {stored} stored")
        return accepted / took

    def visible(self, requests_per_second: float) -> float:
        """p99 of the time from the answer to a beat until its row shows it, under that load."""
        seconds = 8
        count = int(requests_per_second * seconds / len(self.estates))
        queues = [product.requests(estate, count, 1) for estate in self.estates]
        queue = [request for turn in zip(*queues, strict=True) for request in turn]
        load = threading.Thread(
            target=product.send, args=(self.port, queue), kwargs={"rate": requests_per_second}
        )
        load.start()
        waits = []
        try:
            time.sleep(0.5)
            while load.is_alive() and len(waits) < 200:
                waits.append(self._one(self.estates[len(waits) % len(self.estates)]))
        finally:
            load.join()
        return percentile(waits, 0.99)

    def _one(self, estate: product.Estate) -> float:
        from monitoring.models import Check
        from tenants import context

        request = product.requests(estate, 1, 1, host=product.WATCHED)
        with context.inside(estate.tenant):
            watched = Check.objects.get(device__name=product.WATCHED)
            before = time.time()
            product.send(self.port, request, lines=1)
            answered = time.perf_counter()
            while True:
                watched.refresh_from_db(fields=["last_seen_at"])
                if watched.last_seen_at and watched.last_seen_at.timestamp() >= before - 0.001:
                    return time.perf_counter() - answered
                time.sleep(0.005)


class Copy:
    """COPY of finished rows into the very tables, binary, 20,000 at once: what the database can."""

    def __init__(self, estates: list[product.Estate], cpu: Cpu) -> None:
        self.cpu = cpu
        self.schemas = [estate.tenant.schema_name for estate in estates]
        self.connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
        self.tick = 0

    def rate(self) -> float:
        """Beats per second: three readings each."""
        beats = BATCH * PER_REQUEST
        buffers = [self._rows(beats * 3) for _ in self.schemas]
        self.cpu.start(os.getpid())
        began = time.perf_counter()
        for schema, rows in zip(self.schemas, buffers, strict=True):
            with self.connection, self.connection.cursor() as cursor:
                cursor.copy_expert(
                    f'COPY "{schema}".monitoring_reading (series_id, at, value)'
                    " FROM STDIN WITH (FORMAT binary)",
                    io.BytesIO(rows),
                )
        took = time.perf_counter() - began
        self.cpu.stop("copy", beats * len(self.schemas))
        return beats * len(self.schemas) / took

    def _rows(self, count: int) -> bytes:
        pack = struct.Struct("!hiqiqid").pack
        self.tick += count
        body = b"".join(
            pack(3, 8, 10_000 + n % 150, 8, self.tick * 1000 + n, 8, 12.5) for n in range(count)
        )
        return b"PGCOPY\n\xff\r\n\x00" + struct.pack("!ii", 0, 0) + body + struct.pack("!h", -1)


def run() -> list[dict[str, Any]]:
    estates = product.estates()
    port = product.free_port()
    cpu = Cpu()
    peer, copy = Peer(cpu), Copy(estates, cpu)
    with (
        product.web(port) as web,
        product.worker() as worker,
        product.ticking("monitoring.tasks.drain"),
    ):
        product.wait_for_port(port)
        ours = Ours(port, estates, (web.pid, worker.pid), cpu)
        ours.rate(20, 1)  # series, caches and connections are there from here on
        single, ping, batch, limit = in_turns(
            lambda: ours.rate(SINGLE, 1),
            peer.rate,
            lambda: ours.rate(BATCH, PER_REQUEST),
            copy.rate,
        )
        late = ours.visible(single / 2)
    return [
        row(
            "ingest_single", single, "beats/s", theirs=ping, goal=f">= {SINGLE_GOAL:g}x",
            met=single >= SINGLE_GOAL * ping, against="a transaction per ping in bare SQL, no HTTP",
            note=f"1 per request, {product.MSPS} MSPs, 3 figures each, accepted = stored; "
            + cpu.said("ours 1", "ping"),
        ),
        row(
            "ingest_batch", batch, "beats/s", theirs=limit, goal=f">= {BATCH_GOAL:g} of it",
            met=batch >= BATCH_GOAL * limit, against="COPY of the same readings, nothing else",
            note=f"{PER_REQUEST} per request, 3 figures each, accepted = stored; "
            + cpu.said(f"ours {PER_REQUEST}", "copy"),
        ),
        row(
            "ingest_visible", late, "s", goal=f"<= {VISIBLE_GOAL:g} s", met=late <= VISIBLE_GOAL,
            note=f"p99 from the answer to the row at {single / 2:.0f} beats/s",
        ),
    ]  # fmt: skip
