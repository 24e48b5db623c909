"""Noticing silence: by the stream's clock, never by ours."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from monitoring import events
from monitoring.actions._cursor import HeldCursor
from monitoring.actions._incidents import Down, Incidents
from monitoring.actions._opening import Numbers
from monitoring.actions._telling import Telling
from monitoring.models import BlindInterval, Check, Incident
from monitoring.rules import lapse as rules
from monitoring.rules import pulses as pulse_rules
from monitoring.rules import words
from monitoring.rules.lapse import Status
from msp.kit.refs import Actor
from tenants.journal.announce import announce

BATCH = 500
CANDIDATES = 20_000
NEAR = timedelta(days=2)


@transaction.atomic
def lapse(*, clock: datetime, by: Actor, at: datetime, limit: int = BATCH) -> int:
    """Mark what is over by the stream's clock as down and open its incident; how many were marked.

    1. Look at what is due, and leave what a blind interval of ours grants more time.
    2. Lock those rows, passing over the ones another sweep has: it does the same.
    3. Down since the deadline, a flip, an incident: one transaction.
    """
    ready = _ready(clock)[:limit]
    if not ready:
        return 0
    rows = list(
        Check.objects.select_for_update(skip_locked=True)
        .filter(pk__in=ready, status=Status.UP, due_at__lte=clock)
        .order_by("pk")
    )
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE monitoring_check SET status_at = due_at,"
            " status = CASE WHEN kind = 'threshold' THEN 'unknown' ELSE 'down' END"
            " WHERE id = ANY(%s)",
            [[row.pk for row in rows]],
        )
    signals = [row for row in rows if row.kind != Check.Kind.THRESHOLD]
    values = [row for row in rows if row.kind == Check.Kind.THRESHOLD]
    incidents = Incidents(by=by, at=at)
    incidents.flip((row.pk, Status.DOWN, row.due_at) for row in signals)
    incidents.flip((row.pk, Check.Status.UNKNOWN, row.due_at) for row in values)
    incidents.open([Down(row.pk, row.due_at) for row in signals] + _without_data(values, clock))
    return len(rows)


@transaction.atomic
def wake(*, clock: datetime, by: Actor, at: datetime, limit: int = BATCH) -> int:
    """Judge again what was to wait until now: a window's end, a parent's word, a snooze.

    The same lock as for opening is held first, so that nothing is judged twice at a time.
    """
    Numbers.hold()
    rows = list(
        Incident.objects.select_for_update(of=("self",))
        .filter(wake_at__lte=clock, resolved_at__isnull=True)
        .order_by("wake_at", "pk")[:limit]
    )
    if not rows:
        return 0
    checks = Check.objects.select_related("device__client").in_bulk(
        {row.check_row_id for row in rows} - {None}
    )
    telling = Telling(checks.values(), clock, by=by, at=at)
    telling.gather([row for row in rows if row.check_row_id])
    for row in rows:
        row.refresh_from_db(fields=["quiet", "wake_at", "behind"])
        if row.wake_at is not None and row.wake_at <= clock:
            telling.wake(row, checks.get(row.check_row_id))
    return len(rows)


def _without_data(values: list[Check], clock: datetime) -> list[Down]:
    """Values that stopped coming while their device goes on (E6); a silent device says enough."""
    if not values:
        return []
    devices = {row.device_id for row in values}
    alive = set(
        Check.objects.filter(device_id__in=devices, status=Status.UP, last_seen_at__isnull=False)
        .exclude(kind=Check.Kind.THRESHOLD)
        .filter(due_at__gt=clock)
        .values_list("device_id", flat=True)
    )
    rows = Check.objects.select_related("device").in_bulk(
        [row.pk for row in values if row.device_id in alive]
    )
    return [
        Down(
            row.pk, row.due_at, severity="warning",
            title=words.no_data(row.name, rows[row.pk].device.name),
        )
        for row in values
        if row.pk in rows and row.due_at
    ]  # fmt: skip


@transaction.atomic
def see(
    *, pulses: Sequence[tuple[datetime, datetime]], clock: datetime | None, by: Actor, at: datetime
) -> None:
    """Keep how far we have seen, and write down the stretch in which we saw nothing."""
    cursor = HeldCursor.take()
    if cursor is None:
        return
    for blind in pulse_rules.blind_between(cursor.pulse_at, pulses):
        _go_blind(*blind, by, at)
    cursor.pulse_at = pulse_rules.seen_until(cursor.pulse_at, pulses)
    cursor.evaluated_at = rules.stream_clock(cursor.evaluated_at, clock)
    cursor.save()


@transaction.atomic
def go_blind(
    *, started_at: datetime, ended_at: datetime, reason: str, by: Actor, at: datetime
) -> None:
    """Write down a stretch in which we did not hear, though an intake was open."""
    if started_at < ended_at:
        _go_blind(started_at, ended_at, by, at, reason)


def _ready(clock: datetime) -> list[int]:
    """What may be judged now, the longest overdue first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.due_at, c.period_seconds, c.grace_seconds FROM monitoring_check c"
            " JOIN clients_device d ON d.id = c.device_id"
            " JOIN clients_client k ON k.id = d.client_id"
            " WHERE c.status = 'up' AND c.due_at <= %s AND d.retired_on IS NULL"
            " AND k.archived_at IS NULL ORDER BY c.due_at LIMIT %s",
            [clock, CANDIDATES],
        )
        due = cursor.fetchall()
    if not due:
        return []
    near = BlindInterval.objects.filter(ended_at__gte=clock - NEAR)
    gaps = list(near.values_list("started_at", "ended_at"))
    return [
        pk
        for pk, due_at, period, grace in due
        if not gaps or rules.raise_at(due_at, gaps, period, grace) <= clock
    ]


def _go_blind(
    started_at: datetime, ended_at: datetime, by: Actor, at: datetime,
    reason: str = "no intake was open",
) -> None:  # fmt: skip
    _row, created = BlindInterval.objects.get_or_create(
        started_at=started_at, defaults={"ended_at": ended_at, "reason": reason}
    )
    if created:
        announce(
            events.WentBlind(started_at.isoformat(), ended_at.isoformat(), reason), by=by, at=at
        )
