"""What was turned away, counted for each key and reason, so that nobody has to wonder.

The count lies in the process and goes to Valkey once a second at most: a flood that is refused must
not cost a round trip each. What a Valkey that is lost forgets is a count, and no report.
"""

import threading
import time
from collections import Counter
from typing import Any

import redis

from monitoring.gateways import stream
from monitoring.ingest.answers import Problem, TooMuch

OVER, FULL, REFUSED, PART = "over", "full", "refused", "part"
WHOSE = "steward.key"
EACH_SECONDS = 1.0
_counts: Counter[tuple[str, int, str]] = Counter()
_lock = threading.Lock()
_sent_at = 0.0


def forget() -> None:
    """Count from nothing; what tests start with."""
    global _sent_at
    _counts.clear()
    _sent_at = 0.0


def count(schema: str, key_id: int, reason: str, many: int = 1) -> None:
    """Count what a key's client sent and was not taken."""
    with _lock:
        _counts[schema, key_id, reason] += many
    if time.monotonic() - _sent_at > EACH_SECONDS:
        send()


def speaks(environ: dict[str, Any], schema: str, key_id: int) -> None:
    """Note whose request it is, as soon as that is known."""
    environ[WHOSE] = (schema, key_id)


def of_problem(environ: dict[str, Any], problem: Problem) -> None:
    """Count a request by what it is answered; of a stranger's nothing is kept."""
    whose = environ.pop(WHOSE, None)  # it may be answered on two floors
    if whose is None:
        return
    if isinstance(problem, TooMuch):
        reason = OVER
    else:
        reason = FULL if problem.status == 503 else REFUSED
    count(*whose, reason)


def send() -> None:
    """Add what was counted to what Valkey has; while it is away it is kept for later."""
    global _sent_at
    with _lock:
        _sent_at = time.monotonic()
        taken = _counts.copy()
        _counts.clear()
    if not taken:
        return
    try:
        stream.add_discards(taken)
    except (redis.RedisError, OSError):
        with _lock:
            _counts.update(taken)
