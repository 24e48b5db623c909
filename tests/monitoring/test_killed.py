"""A killed worker loses nothing and doubles nothing: real worker, real broker, real kills."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.db.models import Sum

from monitoring import queries
from monitoring.gateways import stream
from monitoring.models import Check, Cursor, DeadLetter, Incident, Reading
from monitoring.rules import envelope
from tenants import context
from tests.bench._product import ticking
from tests.monitoring.estate import T0, Estate, after, check, estate, many
from tickets.models import Ticket

KILLS = 12
DEVICES = 20
BEATS = 30_000  # of each of the two MSPs
SEED = 7
TICK = 0.3  # seconds; beat sends the same each second


class Worker:
    """A Celery worker in a session of its own, so that all of it can be killed at once."""

    def __init__(self) -> None:
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "msp.celery:app", "worker", "-c", "1",
             "-Q", "default,ingest", "-l", "error", "--without-gossip", "--without-mingle"],
            env=os.environ | {"STEWARD_ROLE": "worker", "DJANGO_SETTINGS_MODULE": "tests.settings"},
            start_new_session=True,
        )  # fmt: skip

    def kill_child(self) -> bool:
        """SIGKILL the process that does the work; the worker puts another in its place.

        One that is killed before it was quite up takes the worker with it; somebody restarts that.
        """
        if self.process.poll() is not None:
            self.process = self._start()
            return False
        listed = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True)
        killed = 0
        for pid in listed.stdout.split():
            with suppress(ProcessLookupError):  # it was already on its way out
                os.kill(int(pid), signal.SIGKILL)
                killed += 1
        return killed > 0

    def is_draining(self) -> bool:
        """Whether somebody is in the middle of a batch, or died there."""
        if self.process.poll() is not None:
            self.process = self._start()
        return bool(stream.client().keys("hb:care:*"))

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.process = self._start()


def fill(where: Estate, schema: str) -> None:
    """Beats of many devices, each with a reading at an instant of its own."""
    valkey = stream.client()
    bodies = [
        json.dumps({"host": f"pc-{number % DEVICES}", "metrics": {"cpu": number}}).encode()
        for number in range(100)
    ]
    for first in range(0, BEATS, 2000):
        with valkey.pipeline(transaction=False) as pipe:
            for number in range(first, first + 2000):
                at = envelope.milliseconds(T0) + number
                pipe.xadd(
                    stream.name_of(schema),
                    {b"e": envelope.pack(where.key.pk, at, envelope.JSON, bodies[number % 100])},
                )
            pipe.execute()
    stream.mark_dirty(schema)


def wait_for(condition: object, seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.01)
    return False


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("committed")
def test_twelve_kills_in_the_middle_lose_and_double_nothing(valkey: redis.Redis) -> None:
    tenants = context.ready()
    for tenant in tenants:
        with context.inside(tenant):
            where = estate()
            many(where, [f"pc-{number}" for number in range(DEVICES)])
            fill(where, tenant.schema_name)
    dice = random.Random(SEED)  # noqa: S311 - the same kills in every run
    worker = Worker()
    kills = 0
    try:
        with ticking("monitoring.tasks.drain", "monitoring.tasks.sweep", each=TICK):
            while kills < KILLS:
                assert wait_for(worker.is_draining), "nobody drains any more"
                time.sleep(dice.uniform(0, 0.12))
                if not worker.is_draining():
                    continue  # between two batches; the next one then
                if kills % 6 == 5:  # all of it, which takes longest to come back
                    worker.restart()
                    kills += 1
                else:
                    kills += worker.kill_child()
                assert any(_waiting(tenant) for tenant in tenants), "killed too late to matter"
            assert wait_for(lambda: not any(_waiting(tenant) for tenant in tenants), 120)
    finally:
        worker.kill()
    for tenant in tenants:
        with context.inside(tenant):
            assert not DeadLetter.objects.exists()
            assert Reading.objects.count() == BEATS
            assert Check.objects.aggregate(all=Sum("beats"))["all"] == BEATS
            newest = Check.objects.order_by("-last_seen_at").first().last_seen_at
            assert newest == T0 + after((BEATS - 1) / 1000)
            assert Cursor.objects.get().evaluated_at == newest
            assert not Incident.objects.exists()


def _waiting(tenant: context.Tenant) -> bool:
    with context.inside(tenant):
        return not stream.is_drained(tenant.schema_name, queries.position().last_id)


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("committed")
def test_silence_is_an_incident_with_a_ticket_within_seconds(valkey: redis.Redis) -> None:
    """Intake pulses, beat ticks, a real worker: from the deadline to the ticket in real time."""
    alpha = next(tenant for tenant in context.ready() if tenant.slug == "alpha")
    now = datetime.now(UTC)
    deadline = now + timedelta(seconds=3)
    with context.inside(alpha):
        where = estate()
        check(where, last_seen_at=now - timedelta(seconds=177), due_at=deadline)
        well = check(where, "well", last_seen_at=now, due_at=now + timedelta(seconds=180))
    worker = Worker()
    since = time.time()

    def ticketed() -> bool:
        stream.pulse("test", since, time.time())
        with context.inside(alpha):
            return Ticket.objects.exists()

    try:
        with ticking(
            "monitoring.tasks.drain",
            "monitoring.tasks.sweep",
            "tenants.journal.tasks.sweep",
            each=TICK,
        ):
            assert wait_for(ticketed)
        took = datetime.now(UTC) - deadline
    finally:
        worker.kill()
    assert took < timedelta(seconds=60)
    with context.inside(alpha):
        incident = Incident.objects.get()
        assert incident.opened_at == deadline
        assert incident.device_id != well.device_id
        assert Ticket.objects.get().opened_at == deadline
