"""How far the MSP's stream is in the database, and whether anything is over time."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists

from monitoring.models import Check, Cursor, Incident, Spooled


@dataclass(frozen=True)
class Position:
    """The cursor, read without a lock: whoever acts on it compares it again under one."""

    epoch: str = ""
    last_id: str = "0-0"
    evaluated_at: datetime | None = None
    pulse_at: datetime | None = None
    rolled_until: datetime | None = None
    spooled: bool = False


def position() -> Position:
    """Where the drain stands."""
    spooled = Exists(Spooled.objects.all())
    row = Cursor.objects.annotate(spooled=spooled).filter(only=True).first()
    if row is None:
        return Position(spooled=Spooled.objects.exists())
    return Position(
        row.epoch, row.last_id, row.evaluated_at, row.pulse_at, row.rolled_until, row.spooled
    )


def is_due(clock: datetime) -> bool:
    """Whether some check's deadline has passed by the stream's clock."""
    return Check.objects.filter(status=Check.Status.UP, due_at__lte=clock).exists()


def is_to_wake(clock: datetime) -> bool:
    """Whether some incident is to be judged again."""
    return Incident.objects.filter(wake_at__lte=clock, resolved_at__isnull=True).exists()
