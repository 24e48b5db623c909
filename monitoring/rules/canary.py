"""A device of our own that falls silent on purpose, to see that silence is noticed.

Once in each interval, at a place of its own in it, the canary leaves its beats out until its
deadline has certainly passed. Its incident must be there soon after; if it is not, nobody would be
called about anything else either.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

SLUG = "canary"
NEVER = date(9999, 12, 31)  # its device counts from then: on no bill, in no availability
PERIOD, GRACE = 30, 30  # of its heartbeat, in seconds
EVERY = timedelta(hours=1)
SILENT = timedelta(seconds=150)  # longer than period, grace and a lazy sweep
SLACK = timedelta(minutes=5)  # by then its incident is there, or alerting is broken


@dataclass(frozen=True, slots=True)
class Trial:
    """One silence on purpose: from when it was silent, and when what followed was noticed."""

    silent_at: datetime
    due_at: datetime
    noticed_at: datetime | None

    @property
    def latency(self) -> timedelta | None:
        """From the deadline to the incident."""
        return self.noticed_at - self.due_at if self.noticed_at else None


def silence(name: str, at: datetime) -> tuple[datetime, datetime]:
    """The last silence that has begun by an instant; different MSPs are silent at other times."""
    every = int(EVERY.total_seconds())
    offset = zlib.crc32(name.encode()) % every
    start = (int(at.timestamp()) - offset) // every * every + offset
    begun = datetime.fromtimestamp(start, UTC)
    return begun, begun + SILENT


def is_silent(name: str, at: datetime) -> bool:
    """Whether the canary holds its tongue."""
    start, end = silence(name, at)
    return start <= at < end


def proven_until(name: str, at: datetime) -> datetime:
    """When the next silence must have been noticed, seen from one that just was."""
    start, _end = silence(name, at)
    return start + EVERY + SILENT + SLACK


def is_overdue(name: str, at: datetime, placed_at: datetime, opened: Sequence[datetime]) -> bool:
    """Whether a silence that should have been noticed by now was not.

    `opened` are the deadlines the canary's incidents are dated by.
    """
    start, end = silence(name, at - SILENT - SLACK)
    if placed_at >= start:
        return False
    return not any(start <= one <= end + SLACK for one in opened)


def percentile(latencies: Sequence[timedelta], share: int) -> timedelta | None:
    """The latency that `share` percent of the trials kept to; None without any."""
    ranked = sorted(latencies)
    if not ranked:
        return None
    return ranked[min(len(ranked) - 1, -(-len(ranked) * share // 100) - 1)]
