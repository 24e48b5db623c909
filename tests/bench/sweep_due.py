"""Ten thousand devices fall silent at once: until each has its incident and it is told.

Ours is the product's own sweep over 20 MSPs: checks marked down since their deadlines, flips,
incidents against the agreements that cover them, and what happened in the journal, for reactions
to take up. Beside it one statement in one schema that marks as many rows and inserts as many.
"""

from __future__ import annotations

import os
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2

from tests.bench import ROUNDS, row
from tests.bench import _product as product

ROLE = "owner"
MSPS, CHECKS = 20, 500  # of each MSP
GOAL = 4

_SET = """
    DROP TABLE IF EXISTS bare_check, bare_flip, bare_incident, bare_told;
    CREATE TABLE bare_check (id bigserial PRIMARY KEY, status text, status_at timestamptz,
      due_at timestamptz);
    CREATE INDEX ON bare_check (due_at) WHERE status = 'up';
    CREATE TABLE bare_flip (id bigserial PRIMARY KEY, check_id bigint, status text, at timestamptz);
    CREATE TABLE bare_incident (id bigserial PRIMARY KEY, check_id bigint, problem text,
      title text, opened_at timestamptz);
    CREATE UNIQUE INDEX ON bare_incident (problem);
    CREATE TABLE bare_told (id bigserial PRIMARY KEY, kind text, facts jsonb, at timestamptz);
    INSERT INTO bare_check (status, due_at) SELECT 'up', now() FROM generate_series(1, %s);
"""
_BARE = """
    WITH late AS (UPDATE bare_check SET status = 'down', status_at = due_at
        WHERE status = 'up' AND due_at <= now() RETURNING id, due_at),
      flips AS (INSERT INTO bare_flip (check_id, status, at) SELECT id, 'down', due_at FROM late),
      made AS (INSERT INTO bare_incident (check_id, problem, title, opened_at)
        SELECT id, 'check:' || id, 'No heartbeat', due_at FROM late ON CONFLICT DO NOTHING
        RETURNING id, check_id, opened_at)
    INSERT INTO bare_told (kind, facts, at)
    SELECT 'incident_opened', jsonb_build_object('incident', id, 'check', check_id), opened_at
    FROM made
"""


def run() -> list[dict[str, Any]]:
    estates = product.estates(MSPS)
    for estate in estates:
        _settle(estate)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_swept(estates))
        theirs.append(_bare())
    mine, limit = statistics.median(ours), statistics.median(theirs)
    total = MSPS * CHECKS
    return [
        row(
            "sweep_due", mine, "s", against="one set-based statement in one schema", theirs=limit,
            goal=f"<= {GOAL}x", met=mine <= GOAL * limit,
            note=f"{total:,} checks over {MSPS} MSPs, agreements found and all told of;"
            f" {total / mine:,.0f} incidents a second",
        )
    ]  # fmt: skip


def _settle(estate: product.Estate) -> None:
    """A client under an agreement with all those devices, each alone at a site of its own."""
    from contracts.clients.models import Device
    from monitoring.models import Check, Cursor
    from tenants import context
    from tests import make

    with context.inside(estate.tenant):
        client = make.client("Silent")
        make.agreement(client, make.per_device("62.00"))
        now = datetime.now(UTC)
        made = Device.objects.bulk_create(
            Device(
                client=client,
                name=f"s-{n}",
                kind="workstation",
                created_at=now,
                counts_from_on=now.date(),
            )
            for n in range(CHECKS)
        )
        Check.objects.bulk_create(
            Check(device=one, slug="heartbeat", name="Heartbeat", created_at=now) for one in made
        )
        Cursor.objects.update_or_create(only=True, defaults={"evaluated_at": now})


def _swept(estates: list[product.Estate]) -> float:
    from monitoring import actions, tasks
    from monitoring.models import Check, Incident
    from tenants import context

    clock = datetime.now(UTC)
    for estate in estates:
        with context.inside(estate.tenant):
            Incident.objects.all().delete()
            Check.objects.filter(device__name__startswith="s-").update(
                status="up", due_at=clock - timedelta(seconds=5), last_seen_at=clock
            )
    began = time.perf_counter()
    for estate in estates:
        with context.inside(estate.tenant):
            while actions.lapse(clock=clock, by=tasks.BY, at=datetime.now(UTC)):
                pass
    took = time.perf_counter() - began
    for estate in estates:
        with context.inside(estate.tenant):
            found = Incident.objects.filter(resolved_at=None).count()
            if found != CHECKS:
                raise RuntimeError(f"{CHECKS} silent, {found} incidents")
    return took


def _bare() -> float:
    with psycopg2.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        with connection.cursor() as cursor:
            cursor.execute(_SET, [MSPS * CHECKS])
        connection.commit()
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(_BARE)
        connection.commit()
        return time.perf_counter() - began
