"""The parts an ingest bench needs running: MSPs with keys, the web part, a worker, and a sender."""

from __future__ import annotations

import json
import os
import secrets
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from msp.supervise import _die_with_parent

MSPS = 20
DEVICES = 50  # of each MSP
WATCHED = f"pc-{DEVICES - 1}"
LINES = 16  # kept connections of the sender


@dataclass
class Estate:
    """One MSP's address, key and schema."""

    host: str
    token: str
    tenant: Any


def estates(count: int = MSPS) -> list[Estate]:
    """New MSPs, each with a client, a key and devices that are known already."""
    from tenants import context, provision

    found = []
    for _ in range(count):
        slug = f"bench-{secrets.token_hex(4)}"
        msp = provision.request(
            name="Bench IT", slug=slug, owner_name="Ada", owner_email=f"ada@{slug}.example",
            at=datetime.now(UTC),
        )  # fmt: skip
        if not provision.build(msp.pk):
            raise RuntimeError("The MSP was not built.")
        tenant = context.by_schema(msp.schema_name)
        with context.inside(tenant):
            found.append(Estate(f"{slug}.localhost", _settle(), tenant))
    return found


def _settle() -> str:
    from contracts.clients import actions as clients
    from monitoring import actions as monitoring
    from msp.kit.refs import system

    by, at = system("Bench"), datetime.now(UTC)
    client = clients.add_client(name="Bench", zone="UTC", by=by, at=at)
    site = clients.add_site(client=client, name="Main", by=by, at=at)
    _key, token = monitoring.enrol_key(site=site, name="Agents", by=by, at=at)
    for number in range(DEVICES):
        device = clients.add_device(
            client=client, name=f"pc-{number}", kind="workstation", site=site,
            counts_from_on=date(2026, 1, 1), by=by, at=at,
        )  # fmt: skip
        monitoring.add_check(
            device=device, name="Heartbeat", slug="heartbeat", period=60, grace=60, by=by, at=at
        )
    return token


def all_beats(found: list[Estate]) -> str:
    """The statement that counts the beats of all these MSPs that took effect."""
    each = (f'SELECT beats FROM "{one.tenant.schema_name}".monitoring_check' for one in found)
    return f"SELECT coalesce(sum(beats), 0)::bigint FROM ({' UNION ALL '.join(each)}) a"


def requests(estate: Estate, count: int, per_request: int, *, host: str = "") -> list[bytes]:
    """Ready-made requests, each beat with three figures; `WATCHED` is left out unless named."""
    made = []
    for number in range(count):
        beats = [
            {
                "host": host or f"pc-{(number * per_request + place) % (DEVICES - 1)}",
                "metrics": {"cpu": 12.5, "memory": 48.25, "disk": 71.5},
            }
            for place in range(per_request)
        ]
        body = json.dumps(beats[0] if per_request == 1 else {"beats": beats}).encode()
        head = (
            f"POST /hb HTTP/1.1\r\nHost: {estate.host}\r\nAuthorization: Bearer {estate.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


@contextmanager
def part(role: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the product; only who may be the owner sees the owner's login."""
    environment = {**os.environ, "STEWARD_ROLE": role, "LOG_LEVEL": "ERROR"}
    environment.pop("DATABASE_OWNER_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", *command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def web(port: int) -> Any:
    return part(
        "web", "granian", "--interface", "wsgi", "msp.wsgi:application", "--no-ws", "--http", "1",
        "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "2",
        "--backpressure", "128",
    )  # fmt: skip


def worker() -> Any:
    return part(
        "worker", "celery", "-A", "msp.celery:app", "worker", "-c", "2", "-Q", "default,ingest",
        "-l", "critical", "--without-gossip", "--without-mingle", "--without-heartbeat",
    )  # fmt: skip


@contextmanager
def ticking(*names: str, each: float = 1.0) -> Iterator[None]:
    """What beat does."""
    from celery import current_app

    over = threading.Event()

    def tick() -> None:
        while not over.wait(each):
            for name in names:
                current_app.send_task(name, expires=2)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def cpu_of(*processes: int) -> float:
    """CPU seconds of these processes and all that came from them; 0 where /proc does not tell."""
    ticks, left = 0, list(processes)
    while left:
        pid = left.pop()
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            left += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def servers() -> list[int]:
    """The processes of this bench's own PostgreSQL and Valkey."""
    import redis
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    try:
        fields = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return [int(fields[1]), int(redis.Redis.from_url(settings.REDIS_URL).info()["process_id"])]


def free_port() -> int:
    with socket.socket() as knock:
        knock.bind(("127.0.0.1", 0))
        return int(knock.getsockname()[1])


def wait_for_port(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("The web part does not listen.")


def send(port: int, queue: list[bytes], *, rate: float = 0.0, lines: int = LINES) -> int:
    """Send every request over kept connections, at most `rate` a second; how many were taken.

    What is answered with 503 is sent again: it was not taken.
    """
    waiting = list(reversed(queue))
    chooser = selectors.DefaultSelector()
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(lines)]
    for line in sockets:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chooser.register(line, selectors.EVENT_READ)
    idle, busy, taken, sent, began = list(sockets), {}, 0, 0, time.perf_counter()
    while waiting or busy:
        allowed = (time.perf_counter() - began) * rate if rate else float("inf")
        while idle and waiting and sent < allowed:
            line = idle.pop()
            busy[line] = waiting.pop()
            line.sendall(busy[line])
            sent += 1
        for key, _mask in chooser.select(0.002 if rate else 1):
            answer = key.fileobj.recv(4096)
            request = busy.pop(key.fileobj)
            if b" 202 " in answer[:20]:
                taken += 1
            elif b" 503 " in answer[:20]:
                waiting.append(request)
            else:
                raise RuntimeError(answer[:500].decode(errors="replace"))
            idle.append(key.fileobj)
    for line in sockets:
        line.close()
    return taken
