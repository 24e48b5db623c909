"""How far the MSP's stream is in the database, and whether anything is over time."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection


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
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.epoch, c.last_id, c.evaluated_at, c.pulse_at, c.rolled_until,"
            " EXISTS (SELECT 1 FROM monitoring_spooled)"
            " FROM (SELECT 1) AS one LEFT JOIN monitoring_cursor c ON c.only"
        )
        row = cursor.fetchone()
    if row[0] is None:
        return Position(spooled=row[5])
    return Position(*row)


def is_due(clock: datetime) -> bool:
    """Whether some check's deadline has passed by the stream's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM monitoring_check WHERE status = 'up' AND due_at <= %s)",
            [clock],
        )
        return bool(cursor.fetchone()[0])
