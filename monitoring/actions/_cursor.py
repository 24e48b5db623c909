"""Holding the MSP's position: at most one transaction moves it at a time."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

_TAKE = """
    SELECT epoch, last_id, evaluated_at, pulse_at, rolled_until FROM monitoring_cursor
    WHERE "only" AND pg_try_advisory_xact_lock(%s) FOR UPDATE
"""
_SAVE = """
    UPDATE monitoring_cursor SET epoch = %s, last_id = %s, evaluated_at = %s, pulse_at = %s,
      rolled_until = %s WHERE "only"
"""


@dataclass(slots=True)
class HeldCursor:
    """The row, locked until the transaction ends. `take` gives None while another has it.

    The lock is advisory first: a second drainer leaves at once and does not queue up.
    """

    epoch: str
    last_id: str
    evaluated_at: datetime | None
    pulse_at: datetime | None
    rolled_until: datetime | None

    @classmethod
    def take(cls) -> "HeldCursor | None":
        number = cls.lock_of(connection.schema_name)
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [number])
            row = cursor.fetchone()
            if row is None:  # somebody has it, or nobody ever had
                cursor.execute(
                    'INSERT INTO monitoring_cursor ("only", epoch, last_id)'
                    " VALUES (true, '', '0-0')"
                    " ON CONFLICT DO NOTHING"
                )
                if cursor.rowcount:
                    cursor.execute(_TAKE, [number])
                    row = cursor.fetchone()
        return cls(*row) if row else None

    def save(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                _SAVE,
                [self.epoch, self.last_id, self.evaluated_at, self.pulse_at, self.rolled_until],
            )

    @staticmethod
    def lock_of(schema: str) -> int:
        """The number of an MSP's advisory lock."""
        digest = hashlib.sha256(f"drain:{schema}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)
