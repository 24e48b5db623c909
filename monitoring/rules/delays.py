"""How long to wait with telling a change of something that keeps changing (E5).

Each change within the wait of the one before doubles both waits, as far as they may grow; a change
after it begins anew. What is well again is told later than what went wrong.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Delay:
    """The waits for what went wrong and for what is well again, and how they grow."""

    up: timedelta
    down: timedelta
    multiplier: float = 1.0
    longest: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The waits as they stand, and until when the last change is held back."""

    up: timedelta
    down: timedelta
    until: datetime


def after(delay: Delay, before: Waiting | None, at: datetime, *, worse: bool) -> Waiting:
    """The wait after one more change; `until` is when it is told."""
    if before is None or at > before.until:
        up, down = delay.up, delay.down
    else:
        up = min(before.up * delay.multiplier, delay.longest)
        down = min(before.down * delay.multiplier, delay.longest)
    return Waiting(up, down, at + (up if worse else down))
