"""How much of a time something was up, with every second of it accounted for.

A second is up, down, in agreed maintenance, or unknown: because we saw nothing, because it had not
reported yet, or because nobody was watching. The share is of what counts, up and down alone; what
does not count is said beside it and never left out of the sum.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from monitoring.rules.bars import Stretch

UP, DOWN, MAINTENANCE, UNKNOWN = "up", "down", "maintenance", "unknown"
KINDS = (UP, DOWN, MAINTENANCE, UNKNOWN)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Figures:
    """A time taken apart; the four always make up the whole."""

    up: timedelta = timedelta()
    down: timedelta = timedelta()
    maintenance: timedelta = timedelta()
    unknown: timedelta = timedelta()

    @property
    def whole(self) -> timedelta:
        """All of it."""
        return self.up + self.down + self.maintenance + self.unknown

    @property
    def share(self) -> Fraction | None:
        """The part of the time that counts in which it was up; None where none counts."""
        counted = self.up + self.down
        return _part(self.up, counted) if counted else None

    @property
    def unknown_share(self) -> Fraction:
        """The part of the whole of which nothing is known."""
        return _part(self.unknown, self.whole) if self.whole else Fraction(0)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.up + other.up, self.down + other.down, self.maintenance + other.maintenance,
            self.unknown + other.unknown,
        )  # fmt: skip


def kind_of(state: str) -> str:
    """What a state counts as: late and degraded is not down."""
    if state in (DOWN, MAINTENANCE, UNKNOWN):
        return state
    return UP


def figures(stretches: Iterable[Stretch]) -> Figures:
    """The time of some stretches by what it counts as."""
    sums = dict.fromkeys(KINDS, timedelta())
    for stretch in stretches:
        sums[kind_of(stretch.state)] += stretch.length
    return Figures(sums[UP], sums[DOWN], sums[MAINTENANCE], sums[UNKNOWN])


def minutes(stretches: Sequence[Stretch], start: datetime, end: datetime) -> list[str]:
    """What each whole minute counts as: what most of it was, of two halves the worse."""
    found = []
    first = 0
    at = start
    while at < end:
        until = min(at + _MINUTE, end)
        while first < len(stretches) and stretches[first].end <= at:
            first += 1
        found.append(_most(stretches, first, at, until))
        at = until
    return found


def _most(stretches: Sequence[Stretch], first: int, start: datetime, end: datetime) -> str:
    sums = dict.fromkeys(KINDS, timedelta())
    for stretch in stretches[first:]:
        if stretch.start >= end:
            break
        sums[kind_of(stretch.state)] += min(end, stretch.end) - max(start, stretch.start)
    known = sum(sums.values(), timedelta())
    sums[UNKNOWN] += (end - start) - known
    worse = {UP: 0, MAINTENANCE: 1, UNKNOWN: 2, DOWN: 3}
    return max(KINDS, key=lambda kind: (sums[kind], worse[kind]))


def _part(of: timedelta, whole: timedelta) -> Fraction:
    tick = timedelta(microseconds=1)
    return Fraction(of // tick, whole // tick)
