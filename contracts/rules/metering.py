"""What was used between two instants, from the readings of a meter (psa X5, Q8).

A counter only counts up. One that shows less than before began again: at its last figure, or
because somebody reset it. Which of the two is said of the meter or of that reading; where neither
says it, nothing after it is charged until a person does. A meter of amounts shows what was used
each time, one of a level shows how much there is until the next reading.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Self

from msp.kit.facts import Facts, InvalidFact

COUNTER, AMOUNTS, LEVEL = "counter", "amounts", "level"
SHOWS = (COUNTER, AMOUNTS, LEVEL)
ROLLED, RESET = "rollover", "reset"
DROPS = ("", ROLLED, RESET)
HIGHEST = Decimal("1e15")
PLACES = Decimal("0.000001")
_LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Dial:
    """What the figures of a meter mean.

    `wraps_at` is the figure after which a counter shows nought again. `resets` says that one
    without such a figure starts anew by itself, as a device does after a restart. `metric` is the
    measured value of its device that it is read from; empty where people read it.
    """

    shows: str = COUNTER
    wraps_at: Decimal | None = None
    resets: bool = False
    metric: str = ""

    def __post_init__(self) -> None:
        if len(self.metric) > 80:
            raise InvalidFact("metric", "has more than 80 characters")
        if self.shows not in SHOWS:
            raise InvalidFact("shows", f"{self.shows!r:.40} is not one of {', '.join(SHOWS)}")
        if self.shows != COUNTER and (self.wraps_at is not None or self.resets):
            raise InvalidFact("wraps_at", "only a counter begins again")
        if self.wraps_at is not None and not 0 < self.wraps_at <= HIGHEST:
            raise InvalidFact("wraps_at", "must be above 0")
        if self.wraps_at is not None and self.resets:
            raise InvalidFact("resets", "a drop is either one or the other")

    @classmethod
    def read(cls, stored: object) -> Self:
        """The dial as it was stored; nothing stored means a plain counter."""
        facts = Facts(stored)
        dial = cls(
            facts.text("shows", COUNTER),
            facts.decimal("wraps_at") if facts.has("wraps_at") else None,
            facts.flag("resets", False),
            facts.text("metric", ""),
        )
        facts.done()
        return dial

    def write(self) -> dict[str, Any]:
        """The dial in values that JSON has; what says nothing is left out."""
        said: dict[str, Any] = {} if self.shows == COUNTER else {"shows": self.shows}
        if self.wraps_at is not None:
            said["wraps_at"] = f"{self.wraps_at:f}"
        said |= {"resets": True} if self.resets else {}
        return said | ({"metric": self.metric} if self.metric else {})

    def check(self, value: Decimal) -> None:
        """Refuse a figure the meter cannot show."""
        if not value.is_finite() or not 0 <= value <= HIGHEST:
            raise InvalidFact("value", "must be 0 or more")
        if value != value.quantize(PLACES):
            raise InvalidFact("value", "has more than 6 decimal places")
        if self.wraps_at is not None and value >= self.wraps_at:
            raise InvalidFact("value", f"is never shown: after {self.wraps_at:f} it begins again")


@dataclass(frozen=True, slots=True)
class Taken:
    """A figure read at an instant; `drop` is what a person said of one that is below the last."""

    taken_at: datetime
    value: Decimal
    drop: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What was said of a reading, and when; a later one replaces it, one without value annuls."""

    reading_id: str
    taken_at: datetime
    value: Decimal | None
    drop: str
    recorded_at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Metered:
    """A meter with its readings as known at some moment, the oldest first."""

    name: str
    measure: str
    dial: Dial = field(default_factory=Dial)
    readings: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """A counter began again between two readings."""

    before: Taken
    after: Taken
    how: str


@dataclass(frozen=True, slots=True)
class Point:
    """Where a stretch of use begins or ends; an estimated figure was read by nobody."""

    at: datetime
    value: Decimal
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Used:
    """What was used, from which figure to which, and what keeps some of it from being charged.

    `held` is a reading below the one before that nobody has explained: nothing after it counts.
    """

    amount: Decimal = Decimal(0)
    opened: Point | None = None
    closed: Point | None = None
    begun: tuple[Begun, ...] = ()
    held: Taken | None = None
    readings: int = 0


def as_known(statements: Iterable[Statement], known_at: datetime) -> tuple[Taken, ...]:
    """Each reading by what was said of it last by then, in the order they were taken."""
    latest: dict[str, Statement] = {}
    for one in statements:
        if one.recorded_at > known_at:
            continue
        before = latest.get(one.reading_id)
        if before is None or (before.recorded_at, before.seq) < (one.recorded_at, one.seq):
            latest[one.reading_id] = one
    told = sorted(latest.values(), key=lambda one: (one.taken_at, one.seq))
    return tuple(Taken(one.taken_at, one.value, one.drop) for one in told if one.value is not None)


def used(meter: Metered, start: datetime, end: datetime, *, estimates: bool = False) -> Used:
    """What a counter or a meter of amounts used from one instant to another.

    A counter's stretch runs from the last reading by its beginning to the last by its end, so
    that stretches laid end to end charge everything once. With `estimates` the figures at both
    ends are reckoned from the readings around them, or from the use so far after the last one.
    """
    if meter.dial.shows == AMOUNTS:
        return _added(meter.readings, start, end)
    known = _explained(meter)
    good = known.readings
    line = _Line(good, known.totals)
    opened, closed = line.point(start, estimates), line.point(end, estimates)
    if closed is None:
        return Used()
    first = opened or Point(good[0].taken_at, good[0].value)
    amount = line.total(closed.at) - (line.total(first.at) if opened else Decimal(0))
    return Used(
        amount.quantize(PLACES), first, closed,
        tuple(one for one in known.begun if first.at < one.after.taken_at <= closed.at),
        _by(known.held, end),
        sum(start < one.taken_at <= end for one in good),
    )  # fmt: skip


def levels(meter: Metered, bounds: Sequence[tuple[datetime, datetime]]) -> list[Decimal]:
    """The level of each day: the last reading before it was over, nought before the first."""
    times = [one.taken_at for one in meter.readings]
    found = []
    for _begins, ends in bounds:
        at = bisect_left(times, ends)
        found.append(meter.readings[at - 1].value if at else Decimal(0))
    return found


def drops(meter: Metered) -> list[tuple[Taken, Taken]]:
    """Every reading of a counter that is below the one before, with that one."""
    if meter.dial.shows != COUNTER:
        return []
    return [pair for pair in pairwise(meter.readings) if pair[1].value < pair[0].value]


def how_begun(dial: Dial, after: Taken) -> str:
    """What a drop means: what was said of that reading, else of the meter; empty where neither."""
    if after.drop == ROLLED and dial.wraps_at is None:
        return ""
    return after.drop or (ROLLED if dial.wraps_at is not None else RESET if dial.resets else "")


def step(dial: Dial, before: Taken, after: Taken) -> Decimal | None:
    """What was used between two readings of a counter; None where a drop is not explained."""
    if after.value >= before.value and after.drop != RESET:
        return after.value - before.value
    how = how_begun(dial, after)
    if how == RESET:
        return after.value
    if how == ROLLED and dial.wraps_at is not None:
        return dial.wraps_at - before.value + after.value
    return None


@dataclass(frozen=True, slots=True)
class _Line:
    """Readings with what was used up to each of them since the first."""

    readings: Sequence[Taken]
    totals: Sequence[Decimal]

    def point(self, at: datetime, estimates: bool) -> Point | None:
        """The figure a stretch begins or ends with; None before the first reading."""
        times = [one.taken_at for one in self.readings]
        place = bisect_right(times, at) - 1
        if place < 0:
            return None
        last = self.readings[place]
        if not estimates or last.taken_at == at or len(times) == 1:
            return Point(last.taken_at, last.value)
        more = self.total(at) - self.totals[place]
        return Point(at, last.value + more, estimated=True)

    def total(self, at: datetime) -> Decimal:
        """What was used by an instant: between readings in proportion, after them as before."""
        times = [one.taken_at for one in self.readings]
        place = max(bisect_right(times, at) - 1, 0)
        since = _seconds(at - times[place])
        if not since:
            return self.totals[place]
        return self.totals[place] + (self._pace(place, times) * since).quantize(PLACES)

    def _pace(self, place: int, times: Sequence[datetime]) -> Decimal:
        """The use of a second: to the next reading, or of the last three months to the last."""
        if place + 1 < len(times):
            first, last = place, place + 1
        else:
            last = len(times) - 1
            first = min(bisect_left(times, times[last] - _LOOKED_BACK), last - 1)
        if first < 0:
            return Decimal(0)
        return (self.totals[last] - self.totals[first]) / _seconds(times[last] - times[first])


@dataclass(frozen=True, slots=True)
class _Explained:
    """The readings up to the first drop that nobody explained, and that reading.

    `totals` is what was used up to each of them since the first.
    """

    readings: tuple[Taken, ...]
    totals: tuple[Decimal, ...]
    begun: tuple[Begun, ...]
    held: Taken | None


def _explained(meter: Metered) -> _Explained:
    good: list[Taken] = []
    totals: list[Decimal] = []
    begun: list[Begun] = []
    held = None
    for one in _one_an_instant(meter.readings):
        more = step(meter.dial, good[-1], one) if good else Decimal(0)
        if more is None:
            held = one
            break
        if good and (one.value < good[-1].value or one.drop == RESET):
            how = RESET if one.value >= good[-1].value else how_begun(meter.dial, one)
            begun.append(Begun(good[-1], one, how))
        totals.append(totals[-1] + more if totals else Decimal(0))
        good.append(one)
    return _Explained(tuple(good), tuple(totals), tuple(begun), held)


def _one_an_instant(readings: Sequence[Taken]) -> list[Taken]:
    """Of two figures of one instant the one that was told last."""
    return list({one.taken_at: one for one in readings}.values())


def _added(readings: Sequence[Taken], start: datetime, end: datetime) -> Used:
    inside = [one for one in readings if start <= one.taken_at < end]
    if not inside:
        return Used()
    first, last = inside[0], inside[-1]
    return Used(
        sum((one.value for one in inside), Decimal(0)),
        Point(first.taken_at, first.value), Point(last.taken_at, last.value),
        readings=len(inside),
    )  # fmt: skip


def _by(held: Taken | None, end: datetime) -> Taken | None:
    return held if held is not None and held.taken_at <= end else None


def _seconds(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(microseconds=1)) / 1_000_000
