"""How much one key, and one MSP, may send: so that a flood of one is nobody else's delay.

Each has an allowance that fills at its rate and holds ten seconds of it. It lies in the process, so
what a key may send in all is that times the intakes; a shared count would cost every beat a round
trip to protect from what already is refused. Above it the answer is 503 with `Retry-After`: on 429
Prometheus drops what it holds and Alertmanager does not try again.
"""

import time

from django.conf import settings

from monitoring.ingest.answers import later

HOLDS_SECONDS = 10.0
_full_at: dict[tuple[str, int], float] = {}  # when the allowance will be whole again


def forget() -> None:
    """Everybody's allowance is whole; what tests start with."""
    _full_at.clear()


def admit(schema: str, key_id: int) -> None:
    """Count one request; raises Problem where the key or its MSP has used its allowance up."""
    now = time.monotonic()
    _take((schema, key_id), 1 / settings.INTAKE_KEY_RATE, now, "This key")
    _take((schema, 0), 1 / settings.INTAKE_MSP_RATE, now, "This MSP")


def _take(who: tuple[str, int], cost: float, now: float, name: str) -> None:
    full_at = max(_full_at.get(who, 0.0), now) + cost
    over = full_at - now - HOLDS_SECONDS
    if over > 0:
        raise later(f"{name} sends more than it may. Nothing was taken.", max(1, round(over + 1)))
    if len(_full_at) > 100_000:
        _full_at.clear()
    _full_at[who] = full_at
