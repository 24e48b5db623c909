"""Meters that are read from what their device reports."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.clients.models import Holding
from contracts.clients.queries import dial_of, metered
from monitoring.models import Series

_PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Told:
    """A meter and the figure its device reported last."""

    meter: Holding
    value: Decimal
    taken_at: datetime


def told_by_devices() -> list[Told]:
    """What is news: a figure that is later than the last reading, and another one."""
    meters = {
        one.pk: one
        for one in Holding.objects.filter(
            kind=Holding.Kind.METER, ended_on__isnull=True, device__isnull=False
        )
        if dial_of(one).metric
    }
    rows = Series.objects.filter(
        device__in={one.device_id for one in meters.values()}, last_at__isnull=False
    )
    known = {(row.device_id, row.name): row for row in rows} if meters else {}
    read = metered(set(meters))
    found = []
    for pk, meter in meters.items():
        series = known.get((meter.device_id, dial_of(meter).metric))
        if series is None or series.last_value is None or series.last_at is None:
            continue
        value = Decimal(str(series.last_value)).quantize(_PLACES)
        last = read[pk].readings[-1] if read[pk].readings else None
        if last is None or (last.taken_at < series.last_at and last.value != value):
            found.append(Told(meter, value, series.last_at))
    return found
