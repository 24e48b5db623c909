"""How far the MSP's stream is in the database, and whether anything is over time."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, Q

from monitoring.models import Check, Cursor, Incident, Spooled
from monitoring.queries.standing import Pulse, with_state
from monitoring.rules.behind import MASS_WINDOW
from monitoring.rules.platform import Silence


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
    rows = Cursor.objects.filter(only=True).annotate(spooled=spooled)
    row = rows.values_list(
        "epoch", "last_id", "evaluated_at", "pulse_at", "rolled_until", "spooled"
    ).first()
    return Position(*row) if row else Position(spooled=Spooled.objects.exists())


def is_due(clock: datetime) -> bool:
    """Whether some check's deadline has passed by the stream's clock."""
    return Check.objects.filter(status=Check.Status.UP, due_at__lte=clock).exists()


def is_to_wake(clock: datetime) -> bool:
    """Whether some incident is to be judged again."""
    return Incident.objects.filter(wake_at__lte=clock, resolved_at__isnull=True).exists()


def silence(clock: datetime) -> Silence:
    """How many of the devices that were up until just now are late or down by that clock."""
    was_up = Q(status=Check.Status.UP) | Q(
        status=Check.Status.DOWN, status_at__gt=clock - MASS_WINDOW
    )
    rows = Check.objects.filter(was_up, slug="heartbeat", device__retired_on__isnull=True)
    gone = Q(state__in=["down", "late"])
    found = with_state(rows, Pulse(clock, clock)).aggregate(
        watched=Count("pk"), gone=Count("pk", filter=gone), since=Min("last_seen_at", filter=gone)
    )
    return Silence(found["watched"], found["gone"], found["since"])
