"""Writing the unit register. Nothing is updated: whatever changes is one more version (psa Q4)."""

import uuid
from datetime import date, datetime

from django.db import transaction

from contracts.clients.models import UnitVersion
from contracts.clients.queries import known_intervals
from contracts.rules.register import Interval


@transaction.atomic
def begin(
    *, unit_type: str, unit_id: int, unit_class: str, name: str, client_id: int,
    site_id: int | None, starts_on: date, source: str, at: datetime,
) -> None:  # fmt: skip
    """A unit is countable from a date on."""
    UnitVersion.objects.create(
        interval_id=uuid.uuid4(), unit_type=unit_type, unit_id=unit_id, unit_class=unit_class,
        name=name[:120], client_id=client_id, site_id=site_id, starts_on=starts_on, ends_on=None,
        source=source, recorded_at=at,
    )  # fmt: skip


@transaction.atomic
def cut(*, unit_type: str, unit_id: int, on: date, source: str, at: datetime) -> None:
    """The unit is not countable from a date on, whatever was known of the time after it."""
    for interval in known_intervals(unit_type=unit_type, unit_id=unit_id):
        if interval.ends_on is None or interval.ends_on > on:
            _restate(interval, source, at, ends_on=max(on, interval.starts_on))


@transaction.atomic
def reclass(
    *, unit_type: str, unit_id: int, unit_class: str, site_id: int | None, on: date,
    source: str, at: datetime,
) -> None:  # fmt: skip
    """The unit counts differently from a date on; what began that day or later was always so."""
    for interval in known_intervals(unit_type=unit_type, unit_id=unit_id):
        if interval.ends_on is not None and interval.ends_on <= on:
            continue
        if interval.starts_on >= on:
            _restate(interval, source, at, unit_class=unit_class, site_id=site_id)
            continue
        _restate(interval, source, at, ends_on=on)
        UnitVersion.objects.create(
            interval_id=uuid.uuid4(), unit_type=unit_type, unit_id=unit_id,
            unit_class=unit_class, name=interval.name, client_id=interval.client_id,
            site_id=site_id, starts_on=on, ends_on=interval.ends_on, source=source,
            recorded_at=at,
        )  # fmt: skip


@transaction.atomic
def rename(*, unit_type: str, unit_id: int, name: str, source: str, at: datetime) -> None:
    """The newest interval is known under another name; older evidence keeps the old one."""
    intervals = known_intervals(unit_type=unit_type, unit_id=unit_id)
    if intervals:
        newest = max(intervals, key=lambda one: one.starts_on)
        _restate(newest, source, at, name=name[:120])


@transaction.atomic
def move_start(*, unit_type: str, unit_id: int, starts_on: date, source: str, at: datetime) -> bool:
    """Correct when the unit began to count; False where it would begin after that stretch ended."""
    intervals = known_intervals(unit_type=unit_type, unit_id=unit_id)
    if not intervals:
        return False
    first = min(intervals, key=lambda one: one.starts_on)
    if first.ends_on is not None and starts_on >= first.ends_on:
        return False
    _restate(first, source, at, starts_on=starts_on)
    return True


def _restate(interval: Interval, source: str, at: datetime, **changed: object) -> None:
    said = {
        "interval_id": interval.interval_id,
        "unit_type": interval.unit_type,
        "unit_id": interval.unit_id,
        "unit_class": interval.unit_class,
        "name": interval.name,
        "client_id": interval.client_id,
        "site_id": interval.site_id,
        "starts_on": interval.starts_on,
        "ends_on": interval.ends_on,
    }
    UnitVersion.objects.create(**(said | changed), source=source, recorded_at=at)
