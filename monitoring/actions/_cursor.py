"""Holding the MSP's position: at most one transaction moves it at a time."""

import hashlib

from django.db import connection

from monitoring.models import Cursor


class HeldCursor:
    """`take` gives the row, locked until the transaction ends, or None while another has it."""

    @staticmethod
    def take() -> Cursor | None:
        """Ask for the advisory lock first: a second drainer leaves at once and does not queue."""
        name = f"drain:{connection.schema_name}".encode()
        number = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
            if not cursor.fetchone()[0]:
                return None
        held = Cursor.objects.select_for_update()
        found = held.filter(only=True).first()
        if found is None:
            Cursor.objects.bulk_create([Cursor()], ignore_conflicts=True)
            found = held.get(only=True)
        return found
