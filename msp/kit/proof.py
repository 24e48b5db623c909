"""Until when alerting is proven to work, for each MSP that has it proven.

The last link of the chain of alerts writes it; whoever asks later reads it without that chain, from
another process: where nothing writes any more, the time runs out.
"""

from datetime import datetime
from typing import Any

from msp.kit.live import valkey

_KEY = "alerting:proven"


def prove(schema: str, until: datetime) -> None:
    """It worked just now, and is to have worked again by then."""
    valkey().hset(_KEY, schema, str(int(until.timestamp())))


def forget(schema: str) -> None:
    """Nobody proves it any more."""
    valkey().hdel(_KEY, schema)


def late(at: datetime) -> list[str]:
    """The MSPs whose time has run out."""
    now = int(at.timestamp())
    kept: Any = valkey().hgetall(_KEY)
    return sorted(schema.decode() for schema, until in kept.items() if int(until) < now)
