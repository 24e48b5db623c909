"""Writing the unit register. Nothing is updated: whatever changes is one more version (psa Q4)."""

import uuid
from datetime import date, datetime

from django.db import transaction

from contracts.clients.models import UnitVersion
from contracts.clients.queries import known_intervals
from contracts.rules.marks import UNMARKED, Marks
from contracts.rules.register import Interval


@transaction.atomic
def begin(
    *, unit_type: str, unit_id: int, unit_class: str, name: str, client_id: int,
    site_id: int | None, starts_on: date, source: str, at: datetime, ends_on: date | None = None,
    quantity: int = 1, marks: Marks = UNMARKED, note: str = "",
) -> None:  # fmt: skip
    """A unit is countable from a date on."""
    _write(
        Interval(
            str(uuid.uuid4()), unit_type, unit_id, unit_class, name[:120], client_id, site_id,
            starts_on, ends_on, quantity, marks,
        ),
        source, at, note,
    )  # fmt: skip


@transaction.atomic
def cut(*, unit_type: str, unit_id: int, on: date, source: str, at: datetime) -> None:
    """The unit is not countable from a date on, whatever was known of the time after it."""
    for interval in known_intervals(unit_type=unit_type, unit_id=unit_id):
        if interval.ends_on is None or interval.ends_on > on:
            _restate(interval, source, at, ends_on=max(on, interval.starts_on))


@transaction.atomic
def reclass(
    *, unit_type: str, unit_id: int, on: date, source: str, at: datetime, note: str = "",
    **changed: object,
) -> None:  # fmt: skip
    """The unit counts differently from a date on; what began that day or later was always so.

    `changed` names what is different: its class, site, number or marks.
    """
    for interval in known_intervals(unit_type=unit_type, unit_id=unit_id):
        if interval.ends_on is not None and interval.ends_on <= on:
            continue
        if interval.starts_on >= on:
            _restate(interval, source, at, note, **changed)
            continue
        _restate(interval, source, at, note, ends_on=on)
        _restate(interval, source, at, note, interval_id=str(uuid.uuid4()), starts_on=on, **changed)


@transaction.atomic
def restate(
    *, interval: Interval, source: str, at: datetime, note: str = "", **changed: object
) -> None:
    """Say anew what is known of one stretch; the older version stays beneath it."""
    _restate(interval, source, at, note, **changed)


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


def _restate(
    interval: Interval, source: str, at: datetime, note: str = "", **changed: object
) -> None:
    said = {name: getattr(interval, name) for name in Interval.__slots__}
    _write(Interval(**(said | changed)), source, at, note)


def _write(one: Interval, source: str, at: datetime, note: str) -> None:
    UnitVersion.objects.create(
        interval_id=one.interval_id, unit_type=one.unit_type, unit_id=one.unit_id,
        unit_class=one.unit_class, name=one.name, client_id=one.client_id, site_id=one.site_id,
        starts_on=one.starts_on, ends_on=one.ends_on, quantity=one.quantity,
        marks=one.marks.write(), payer_id=one.marks.payer_id, note=note[:200], source=source,
        recorded_at=at,
    )  # fmt: skip
