"""Whether a sender's clock is wrong. It is said of the device and decides nothing about it (C5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

WRONG = timedelta(minutes=5)
LOOKED_AT = 20  # reports
FRESH = timedelta(minutes=15)  # a wrong clock is written down anew this often at least
AGAIN = timedelta(minutes=10)
FACT, SEEN = "clock_wrong_by", "clock_wrong_at"


def skew_of(reports: Sequence[tuple[datetime, datetime | None]]) -> timedelta | None:
    """How far behind ours a clock is, by when reports were received and sent; ahead is negative.

    The least of the last ones: a report that waited on the way says nothing about the clock.
    """
    found = [at - sent for at, sent in reports[-LOOKED_AT:] if sent is not None]
    return min(found, key=abs) if found else None


def noted(
    facts: Mapping[str, Any], skew: timedelta | None, at: datetime
) -> dict[str, Any] | None:  # fmt: skip
    """What to write down about a clock; None where it is right, or said already."""
    if skew is None or abs(skew) <= WRONG:
        return None
    seconds = round(skew.total_seconds())
    before, said_at = facts.get(FACT), facts.get(SEEN)
    if isinstance(before, int) and isinstance(said_at, str):
        same = abs(before - seconds) < 60
        if same and at - datetime.fromisoformat(said_at) < AGAIN:
            return None
    return {FACT: seconds, SEEN: at.isoformat()}


def wrong_by(facts: Mapping[str, Any], last_seen_at: datetime | None) -> timedelta | None:
    """How wrong a clock is now, from what was written down; None where it is right again."""
    seconds, said_at = facts.get(FACT), facts.get(SEEN)
    if not isinstance(seconds, int) or not isinstance(said_at, str) or last_seen_at is None:
        return None
    if last_seen_at - datetime.fromisoformat(said_at) > FRESH:
        return None
    return timedelta(seconds=seconds)
