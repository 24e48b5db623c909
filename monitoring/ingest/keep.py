"""Keeping what was accepted: on the stream, else in the spool, else not accepted at all.

Length is what makes a stream dangerous: what drains it may be away for hours. So each intake looks
at its stream four times a second, and above a limit it answers 503 until the drain has caught up.
The stream itself is never cut by length: that would drop what nobody has read.
"""

import logging
import time
from contextlib import suppress

import redis
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from monitoring.gateways import stream
from monitoring.ingest.answers import Problem, later
from monitoring.ingest.directory import inside
from monitoring.rules import envelope
from tenants.context import Tenant

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.25
AWAY_SECONDS = 1.0  # a Valkey that does not answer is not asked by every request
_looked: dict[str, tuple[float, bool]] = {}
_away_until = 0.0


def forget() -> None:
    global _away_until
    _looked.clear()
    _away_until = 0.0


def keep(tenant: Tenant, packed: bytes, *, sure: bool = False) -> None:
    """Store the envelope where the drain finds it; raises Problem where that is impossible.

    `sure` is for what is said only once, a failure, an alert, its end: Valkey may lose a second in
    a crash, and no next beat makes up for it. It is committed as a row. What it overtakes on the
    stream that way is older, and a straggler changes nothing.
    """
    if sure and _spooled(tenant, packed):
        return
    global _away_until
    schema = tenant.schema_name
    if time.monotonic() < _away_until:
        spool(tenant, packed)
        return
    try:
        if _is_full(schema):
            raise later("More is waiting here than is being read. Nothing was taken.")
        stream.line.add(schema, packed)
    except stream.Unavailable as error:
        log.warning("The stream of %s takes nothing (%s); spooling.", schema, error)
        _away_until = time.monotonic() + AWAY_SECONDS
        spool(tenant, packed)


def _spooled(tenant: Tenant, packed: bytes) -> bool:
    """Commit it, and say that there is something; False where only the stream is left."""
    try:
        spool(tenant, packed)
    except Problem:
        return False
    if time.monotonic() >= _away_until:
        with suppress(redis.RedisError, OSError):
            stream.mark_dirty(tenant.schema_name)  # else the sweep finds it a moment later
    return True


def _is_full(schema: str) -> bool:
    now = time.monotonic()
    looked = _looked.get(schema)
    if looked and now - looked[0] < LOOK_SECONDS:
        return looked[1]
    entries, size = stream.line.measure(schema)
    full = entries > settings.INTAKE_MOST_ENTRIES or size > settings.INTAKE_MOST_BYTES
    _looked[schema] = (now, full)
    return full


def spool(tenant: Tenant, packed: bytes) -> None:
    """A row instead of an entry; it is drained first, so nothing overtakes it."""
    received_at = envelope.unpack(packed).received_at
    try:
        with inside(tenant), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO monitoring_spooled (received_at, envelope) VALUES (%s, %s)",
                [received_at, packed],
            )
    except (InterfaceError, OperationalError) as error:
        log.error("Neither Valkey nor PostgreSQL takes beats: %s", error)
        raise later("Beats cannot be kept at the moment. Nothing was taken.") from error
