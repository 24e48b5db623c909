"""Draining and sweeping: what Celery runs each second.

`drain` takes the streams in which something is new, a batch of each in turn, until its second is
over; what is left then is for the next, which it calls at once. With nothing to do it ends at once.
`sweep` looks in every MSP whether a deadline has passed.
"""

import json
import logging
import time
from contextlib import suppress
from datetime import UTC, datetime

import redis
from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

from contracts.clients.models import Device
from monitoring import actions, queries
from monitoring.gateways import stream
from monitoring.models import CheckTemplate
from monitoring.queries import canary, forecasts
from monitoring.queries.templating import steps_for
from monitoring.rules import canary as canaries
from monitoring.rules import envelope, pulses
from monitoring.rules.series import THIN_AFTER, bucket_of, day_of
from monitoring.tasks import _doubting as doubting
from monitoring.tasks.metering import read_meters as read_meters
from msp.kit import proof
from msp.kit.refs import system
from tenants import context
from tenants.context import Tenant, current_schema
from tenants.notices.tasks import send
from tenants.work import fan_out, for_each, hint, platform_task, tenant_task

log = logging.getLogger(__name__)
BY = system("Monitoring")
ROUND_SECONDS = 0.9
LINGER_SECONDS = 0.15
REST_SECONDS = 0.25
EXPIRE_SECONDS = 2.0
KNOWN_SECONDS = 10.0
SHARE = 16  # MSPs taken together
BATCH = 2000
BURY_AFTER = 3  # deaths over one entry taken alone
REMEMBER_SECONDS = 5.0
PACK_SECONDS = 60.0  # the rest is for the next time
CHUNK = 200  # devices that are looked at together for what templates ask of them
YIELD_SECONDS = 0.05  # between two shares, for the drain


@platform_task
def drain() -> None:
    """Take what is new, from all MSPs in turn, for about a second.

    Names are taken in shares, so that drains beside each other split the work. One that comes back
    at once is left alone for a moment: what arrives meanwhile costs one transaction, not ten.
    """
    stop = time.monotonic() + ROUND_SECONDS
    visited: dict[str, float] = {}
    while names := stream.take_dirty(SHARE):
        rested = time.monotonic() - REST_SECONDS
        early = [name for name in names if visited.get(name, rested) > rested]
        stream.mark_dirty(*early)
        ready = [name for name in names if name not in early]
        for place, schema in enumerate(ready):
            if time.monotonic() > stop:
                stream.mark_dirty(*ready[place:])
                drain.apply_async(expires=EXPIRE_SECONDS)
                return
            _drain_safely(schema)
            visited[schema] = time.monotonic()
        if time.monotonic() > stop:
            return
        if early or len(names) < SHARE:
            time.sleep(LINGER_SECONDS)


def _drain_safely(schema: str) -> None:
    """One batch of one MSP; one that fails costs the others nothing."""
    try:
        with context.inside(_tenant(schema)):
            if step():
                stream.mark_dirty(schema)
    except context.NoSuchMsp:
        log.warning("A stream of no MSP is left alone: %s", schema)
    except Exception:
        log.exception("Draining %s failed; it is tried again.", schema)
        stream.mark_dirty(schema)


_known: dict[str, tuple[float, Tenant]] = {}


def _tenant(schema: str) -> Tenant:
    """The MSP of a stream, remembered for some seconds."""
    kept = _known.get(schema)
    if kept is None or kept[0] < time.monotonic():
        kept = _known[schema] = (time.monotonic() + KNOWN_SECONDS, context.by_schema(schema))
    return kept[1]


def step() -> bool:
    """Take one batch of the current MSP; True when there may be more.

    1. What was spooled is older than all that waits, so it goes first.
    2. Entries are read after the position and take effect together with moving it.
    3. Only then does the stream forget them.
    """
    position = queries.position()
    schema = current_schema()
    if position.spooled:
        return _went(schema, actions.absorb_spool(by=BY, at=datetime.now(UTC)))
    waiting = stream.read(schema, position.last_id, BATCH)
    if waiting.epoch != position.epoch:
        actions.begin_epoch(epoch=waiting.epoch, was=position.epoch, by=BY, at=datetime.now(UTC))
        return True
    if not waiting.entries:
        return False
    return _absorb(schema, position.last_id, waiting)


def _went(schema: str, done: actions.Absorbed) -> bool:
    """Whether the batch went in; where somebody else held the position it is looked at again."""
    if done.busy:
        stream.mark_dirty(schema)
    return not done.busy


def _absorb(schema: str, after: str, waiting: stream.Waiting) -> bool:
    entries = waiting.entries
    stream.begin(schema, len(entries))
    try:
        done = actions.absorb(
            entries=entries, epoch=waiting.epoch, after=after, by=BY, at=datetime.now(UTC),
            unread=waiting.alone >= BURY_AFTER,
        )  # fmt: skip
    except (OperationalError, InterfaceError):
        stream.survived(schema)  # the database went away; the entries are not to blame
        raise
    if not _went(schema, done):
        return False
    cautious = waiting.size < BATCH
    stream.forget(schema, entries[-1][0], next_size=min(BATCH, waiting.size * 2) if cautious else 0)
    return len(entries) >= waiting.size


@platform_task
def sweep() -> None:
    """Look in every MSP whether a deadline has passed."""
    opened = [
        (datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(at, UTC))
        for since, at in stream.pulses()
    ]

    sweep_all(opened)


def sweep_all(opened: list[pulses.Open]) -> None:
    """Judge every MSP's silence, and before it whether so many are silent that it is ours."""
    doubt = doubting.look(opened)
    held = doubt is not None and doubt.holds(datetime.now(UTC))
    silent: list[str] = []

    def look(_tenant: Tenant) -> None:
        sweep_one(opened, hold=held, silent=None if doubt else silent)

    for_each(look)
    if silent:
        _judge(silent, opened)


def _judge(silent: list[str], opened: list[pulses.Open]) -> None:
    """MSPs of which much is silent: where it is several of them at once, we doubt ourselves."""
    held = doubting.begins(opened)

    def look(tenant: Tenant) -> None:
        if tenant.schema_name in silent:
            sweep_one(opened, hold=held)

    for_each(look)


def sweep_one(
    opened: list[pulses.Open], *, hold: bool = False, silent: list[str] | None = None
) -> int:
    """Judge the current MSP's silence; how many checks went down.

    While we doubt that we hear (`hold`) nothing goes down. Where so much is silent that it may be
    ours, the MSP is put on the list of the `silent` and judged when all others were looked at.

    What is judged lies before the last pulse of an open intake, and where something still waits
    in the stream, before what was drained last: a backlog is not silence.
    """
    position = queries.position()
    seen = pulses.seen_until(position.pulse_at, opened)
    clock = doubting.clock_of(position, seen)
    if clock is None:
        return 0
    now = datetime.now(UTC)
    due = queries.is_due(clock)
    if due or _is_news(position, seen):
        actions.see(pulses=opened, clock=clock, by=BY, at=now)
    if due and silent is not None and queries.silence(clock).is_mass:
        silent.append(current_schema())
        hold = True
    count = 0
    while due and not hold and (marked := actions.lapse(clock=clock, by=BY, at=now)):
        count += marked
    if queries.is_to_wake(clock):
        actions.wake(clock=clock, by=BY, at=now)
    if position.rolled_until is None or bucket_of(clock - THIN_AFTER) > position.rolled_until:
        hint(thin)
    return count


def _is_news(position: queries.Position, seen: datetime | None) -> bool:
    """Whether the last pulse is worth a write: five seconds of nothing are kept as one."""
    if seen is None or position.pulse_at is None:
        return seen is not None
    return (seen - position.pulse_at).total_seconds() >= REMEMBER_SECONDS


@platform_task
def tell_operator() -> None:
    """Mail the operator once that many MSPs fell silent at once, from the process that sends."""
    doubting.tell_operator()


@tenant_task
def thin() -> None:
    """Thin the readings of buckets that are over, pack days that are, forget what is old."""
    position, now = queries.position(), datetime.now(UTC)
    clock = position.evaluated_at
    if clock is None:
        return
    actions.roll_up(clock=clock, by=BY, at=now)
    stop = time.monotonic() + PACK_SECONDS
    while actions.pack(clock=clock, by=BY, at=now) and time.monotonic() < stop:
        time.sleep(YIELD_SECONDS)
    before = position.rolled_until
    if before is None or day_of(before) < day_of(clock):
        actions.forget(clock=clock, by=BY, at=now)


@platform_task
def look_ahead() -> None:
    """Let each MSP see what will be at its end within a week."""
    fan_out(foresee)


@tenant_task
def foresee() -> None:
    at = datetime.now(UTC)
    for series, ahead, likely in forecasts.ends_soon(at):
        actions.warn_of_end(series=series, ahead=ahead, likely=likely, by=BY, at=at)


@platform_task
def begin_windows() -> None:
    """Let the promises of open incidents wait where maintenance has begun."""
    for_each(_begin)


def _begin(_tenant: Tenant) -> None:
    clock = queries.position().evaluated_at
    if clock is not None:
        actions.begin_windows(clock=clock, by=BY, at=datetime.now(UTC))


# -- what is asked of devices by itself ------------------------------------------------------------


@platform_task
def follow_offers() -> None:
    """What began or ended with this day, such as agreements and their lines, and whatever no worker
    was told of when it changed."""
    for_each(_follow_all)


def _follow_all(_tenant: Tenant) -> None:
    if CheckTemplate.objects.exists():
        _follow(Device.objects.all())


@tenant_task
def follow_client(client_id: int) -> None:
    """The devices of a client, after one of its agreements began or ended."""
    _follow(Device.objects.filter(client_id=client_id))


@tenant_task
def follow_devices(device_ids: list[int]) -> None:
    """Some devices, after they measured something new."""
    _follow(Device.objects.filter(pk__in=device_ids))


@tenant_task
def follow_templates(device_class: str) -> None:
    """The devices of a class, after one of its templates was changed."""
    _follow(Device.objects.filter(kind=device_class))


def _follow(rows: QuerySet[Device]) -> None:
    """In a short transaction for each device that owes anything, so that nobody waits for long."""
    last, at = 0, datetime.now(UTC)
    while devices := list(rows.filter(pk__gt=last, retired_on__isnull=True).order_by("pk")[:CHUNK]):
        found = steps_for(devices, at)
        for device in devices:
            if found[device.pk].any:
                actions.follow_templates(device=device, by=BY, at=at)
        last = devices[-1].pk


# -- the canary ------------------------------------------------------------------------------------


@platform_task
def tend_canaries() -> None:
    """Let each MSP's canary beat, through the stream every other beat takes, unless it is to be
    silent.

    Only while an intake is open: its beats move the clock that silence is judged by, and while
    nobody else can be heard nobody is silent.
    """
    last = max((at for _since, at in stream.pulses()), default=0.0)
    if time.time() - last < pulses.BLIND_AFTER.total_seconds() / 3:
        for_each(_tend)


def _tend(_tenant: Tenant) -> None:
    check = canary.the_canary()
    key_id = canary.key_of(check) if check else None
    at = datetime.now(UTC)
    if check is None or key_id is None or canaries.is_silent(current_schema(), at):
        return
    body = json.dumps({"host": check.device.name, "check": canaries.SLUG}).encode()
    raw = envelope.pack(key_id, envelope.milliseconds(at), envelope.JSON, body)
    stream.line.add(current_schema(), raw)


@platform_task
def watch_canaries() -> None:
    """Runs in another worker than all that is proven, and asks the sender itself when nobody
    noticed: whatever else would ask it may be what stands still."""
    for_each(_watch)


def _watch(_tenant: Tenant) -> None:
    check, at = canary.the_canary(), datetime.now(UTC)
    if check is None:  # its device may have been retired like any other
        with suppress(redis.RedisError):
            proof.forget(current_schema())
    elif canary.is_overdue(check, at) and actions.call_for_help(check=check, by=BY, at=at):
        hint(send)
