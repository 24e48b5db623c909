"""Open time laid out as a ruler: business seconds against seconds of UTC.

Merged open windows are kept in three parallel lists with a running total, so both directions of
the arithmetic are two bisections however long the stretch is. The ruler grows where a question
needs it to; a grown ruler replaces the old in one assignment, so threads never see half of one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msp.kit.periods import first_instant, last_instant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = EPOCH.toordinal()
_DAY = 86_400
_FIRST_DAY = date(1971, 1, 1).toordinal()
_LAST_DAY = date(2100, 1, 1).toordinal()
_BEFORE_EVERYTHING = -(1 << 62)
# Zones reach from UTC-12 to UTC+14 and a window may run into the next day: what the outermost
# days say is certain only this far inside.
_MARGIN = 3

Hours = Sequence[tuple[int, int]]
Edges = Sequence[tuple[int, int]]


class NeverOpens(ValueError):
    """The calendar has too little open time left for the question to have an answer."""


class _Marks(NamedTuple):
    """A stretch of days laid out; questions between `first` and `last` are answered by it."""

    low_day: int
    high_day: int
    first: int
    last: int
    opens: list[int]
    closes: list[int]
    before: list[int]
    total: int


class Ruler:
    """The open time of one calendar, in whole seconds since 1970 UTC."""

    def __init__(self, hours_on: Callable[[date], Hours], zone: ZoneInfo) -> None:
        self._hours_on = hours_on
        self._zone = zone
        self._days: dict[int, Edges] = {}
        self._marks = _Marks(0, 0, 1, 0, [], [], [], 0)

    def reach(self, at: int, seconds: int) -> int:
        """The least second by which that much open time has passed."""
        marks = self._covering(at, at)
        while True:
            opens, before = marks.opens, marks.before
            here = bisect_right(opens, at) - 1
            close = marks.closes[here]
            goal = before[here] + (at if at < close else close) - opens[here] + seconds
            if goal <= marks.total:
                there = bisect_left(before, goal) - 1
                return opens[there] + goal - before[there]
            if marks.high_day >= _LAST_DAY:
                raise NeverOpens(
                    f"the calendar is not open for {seconds} seconds after {_written(at)}"
                )
            marks = self._grown(marks.low_day, 2 * marks.high_day - marks.low_day)

    def elapsed(self, a: int, b: int) -> int:
        """The open seconds between two seconds, the first not after the second."""
        marks = self._covering(a, b)
        return _passed(marks, b) - _passed(marks, a)

    def is_open(self, at: int) -> bool:
        """Whether the second that begins here is open."""
        marks = self._covering(at, at)
        return at < marks.closes[bisect_right(marks.opens, at) - 1]

    def windows(self, a: int, b: int) -> list[tuple[int, int]]:
        """The open windows between two seconds, cut to them."""
        marks = self._covering(a, b)
        found = []
        for at in range(bisect_right(marks.closes, a), bisect_left(marks.opens, b)):
            found.append((max(a, marks.opens[at]), min(b, marks.closes[at])))
        return found

    def _covering(self, a: int, b: int) -> _Marks:
        marks = self._marks
        if marks.first <= a and b <= marks.last:
            return marks
        low = a // _DAY + _EPOCH_DAY - _MARGIN - 60
        high = b // _DAY + _EPOCH_DAY + _MARGIN + 190
        if low < _FIRST_DAY - 60 or high > _LAST_DAY + 190:
            raise ValueError(f"instant: {_written(a)} to {_written(b)} is not within 1971 to 2099")
        if marks.opens:
            low, high = min(low, marks.low_day), max(high, marks.high_day)
        return self._grown(low, high)

    def _grown(self, low: int, high: int) -> _Marks:
        self._marks = marks = self._laid_out(low, high)
        return marks

    def _laid_out(self, low: int, high: int) -> _Marks:
        opens, closes, before = [_BEFORE_EVERYTHING], [_BEFORE_EVERYTHING], [0]
        total = 0
        for start, end in self._edges(low, high):
            if start <= closes[-1]:
                total += max(0, end - closes[-1])
                closes[-1] = max(end, closes[-1])
            else:
                opens.append(start)
                closes.append(end)
                before.append(total)
                total += end - start
        first = (low + _MARGIN - _EPOCH_DAY) * _DAY
        last = (high - _MARGIN - _EPOCH_DAY) * _DAY
        marks = _Marks(low, high, first, last, opens, closes, before, 0)
        return marks._replace(total=_passed(marks, last))

    def _edges(self, low: int, high: int) -> Edges:
        """Every window of the days, in the order they open."""
        found: list[tuple[int, int]] = []
        for ordinal in range(low, high):
            edges = self._days.get(ordinal)
            if edges is None:
                edges = self._days[ordinal] = self._edges_of(date.fromordinal(ordinal))
            found.extend(edges)
        return sorted(found)

    def _edges_of(self, day: date) -> Edges:
        found: list[tuple[int, int]] = []
        midnight = datetime.combine(day, time.min)
        for start, end in self._hours_on(day):
            length = end if end > start else end + 1440
            opening = first_instant(midnight + timedelta(minutes=start), self._zone)
            closing = last_instant(midnight + timedelta(minutes=length), self._zone)
            if opening < closing:
                found.append((second_of(opening), second_of(closing)))
        return found


def second_of(instant: datetime) -> int:
    """The whole second an instant lies in."""
    since = instant - EPOCH
    return since.days * _DAY + since.seconds


def _passed(marks: _Marks, at: int) -> int:
    here = bisect_right(marks.opens, at) - 1
    close = marks.closes[here]
    return marks.before[here] + (at if at < close else close) - marks.opens[here]


def _written(second: int) -> str:
    return (EPOCH + timedelta(seconds=second)).isoformat()
