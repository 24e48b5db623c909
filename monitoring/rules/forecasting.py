"""Where a measured quantity is heading, said only as far as its own past bears it out.

The trend is the median of the slopes between all pairs of points (Theil and Sen), which a few odd
values do not bend; how sure it is follows from how many pairs agree (Kendall). What is logged and
rotated away rises and falls and has no trend, so it gives no alarm. Each forecast is tried on the
past first: what it would have said a week before, against what came.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

Point = tuple[datetime, float]
DAY = timedelta(days=1)
MOST_POINTS = 90
MOST_TRIES = 12  # on the past; each costs a trend
LEAST_POINTS = 8
LEAST_SPAN = timedelta(days=3)
AHEAD = timedelta(days=7)  # how far a forecast is tried on the past
FARTHEST = timedelta(days=730)
SURE = 1.96  # 95 percent
UNUSUAL = 6.0
SOON = timedelta(days=7)  # what is likely to be over by then is somebody's work now
LIKELY = 0.9
LEAST_HOURS = 5  # earlier days an hour is compared with


@dataclass(frozen=True, slots=True)
class Aim:
    """What a quantity runs towards: the value that is an end, and the words for it."""

    limit: float
    rising: bool
    words: str


_AIMS = {
    "disk": Aim(100, True, "full"),
    "memory": Aim(100, True, "used up"),
    "swap": Aim(100, True, "used up"),
    "battery": Aim(20, False, "down to 20%"),
    "ups": Aim(20, False, "down to 20%"),
    "cert": Aim(0, False, "expired"),
    "certificate": Aim(0, False, "expired"),
    "tls": Aim(0, False, "expired"),
}


@dataclass(frozen=True, slots=True)
class Trend:
    """Change a day with its bounds, and the value it gives for an instant."""

    slope: float
    low: float
    high: float
    at: datetime
    value: float

    @property
    def sure(self) -> bool:
        """Whether it goes one way for certain."""
        return self.low > 0 or self.high < 0

    def value_at(self, at: datetime, slope: float | None = None) -> float:
        """The value on this line at an instant."""
        return self.value + (self.slope if slope is None else slope) * ((at - self.at) / DAY)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The trend, when its end is reached at the earliest and latest, and how it did on the past.

    `error` is the median distance between what would have been said a week ahead and what came,
    over `tries`.
    """

    trend: Trend
    aim: Aim
    reached_at: datetime | None
    earliest: datetime | None
    latest: datetime | None
    error: float | None
    tries: int


def aim_of(series: str) -> Aim | None:
    """What this quantity runs towards; None for one that runs nowhere, such as a processor."""
    return _AIMS.get(re.split(r"[:./_]", series, maxsplit=1)[0].lower())


def near(distance: float) -> list[tuple[str, float, float]]:
    """The first words of what runs towards an end, and between which values it is so far off."""
    return [
        (word, aim.limit - distance, aim.limit + distance) for word, aim in sorted(_AIMS.items())
    ]


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """Few enough points for all their pairs, spread evenly over the time, each a median."""
    if len(points) <= most:
        return list(points)
    size = -(-len(points) // most)
    groups = [points[place : place + size] for place in range(0, len(points), size)]
    return [
        (group[len(group) // 2][0], float(median(value for _at, value in group)))
        for group in groups
    ]


def trend(points: Sequence[Point]) -> Trend | None:
    """The robust line through the points; None where they are too few or too close."""
    if len(points) < LEAST_POINTS or points[-1][0] - points[0][0] < LEAST_SPAN:
        return None
    last = points[-1][0]
    days = [(at - last) / DAY for at, _value in points]
    values = [value for _at, value in points]
    slopes = sorted(
        (values[j] - values[i]) / (days[j] - days[i])
        for i in range(len(points))
        for j in range(i + 1, len(points))
        if days[j] > days[i]
    )
    if not slopes:
        return None
    slope = float(median(slopes))
    count = len(points)
    spread = SURE * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    first = max(0, round((len(slopes) - spread) / 2))
    final = min(len(slopes) - 1, round((len(slopes) + spread) / 2))
    offset = median(value - slope * day for value, day in zip(values, days, strict=True))
    return Trend(slope, slopes[first], slopes[final], last, float(offset))


def forecast(points: Sequence[Point], aim: Aim) -> Forecast | None:
    """What becomes of it, or None where the past says nothing about that."""
    few = thinned(sorted(points))
    found = trend(few)
    if found is None:
        return None
    error, tries = backtest(few)
    reached = earliest = latest = None
    if found.sure and (found.slope > 0) == aim.rising:
        reached = _reached(found, aim, found.slope)
        fast, slow = (found.high, found.low) if aim.rising else (found.low, found.high)
        earliest, latest = _reached(found, aim, fast), _reached(found, aim, slow)
    return Forecast(found, aim, reached, earliest, latest, error, tries)


def _reached(found: Trend, aim: Aim, slope: float) -> datetime | None:
    left = aim.limit - found.value
    if left == 0 or (left < 0) == aim.rising:
        return found.at  # it is there already
    if slope == 0 or (left > 0) != (slope > 0):
        return None
    days = left / slope
    return found.at + DAY * days if days <= FARTHEST / DAY else None


def chance(found: Forecast, until: datetime) -> float:
    """How likely the end is there by an instant, by how far the slopes of its past lie apart.

    What goes neither way for certain gives no alarm, however near its end it is, and what has
    reached it nothing that lies ahead: a full image that is mounted has been so for long.
    """
    line = found.trend
    left, days = found.aim.limit - line.value, (until - line.at) / DAY
    reached = left == 0 or (left < 0) == found.aim.rising
    if reached or not line.sure or days <= 0:
        return 0.0
    over = (line.slope - left / days) * (1 if found.aim.rising else -1)
    spread = (line.high - line.low) / (2 * SURE)
    if spread == 0:
        return float(over >= 0)
    return 0.5 * (1 + math.erf(over / spread / math.sqrt(2)))


def backtest(points: Sequence[Point], ahead: timedelta = AHEAD) -> tuple[float | None, int]:
    """How far off forecasts of the past were: the median over all that can be checked."""
    misses = []
    places = range(LEAST_POINTS, len(points))
    for place in places[:: max(1, len(places) // MOST_TRIES)]:
        known = points[:place]
        target = known[-1][0] + ahead
        later = [one for one in points[place:] if one[0] >= target]
        before = trend(known[-(MOST_POINTS // 2) :])
        if before is None or not later:
            continue
        at, came = later[0]
        misses.append(abs(before.value_at(at) - came))
    return (float(median(misses)), len(misses)) if misses else (None, 0)


def in_words(found: Forecast, name: str, unit: str) -> str:
    """The forecast as a sentence, with how it did on the past."""
    change = f"{abs(found.trend.slope):.2g}{unit} a day"
    if not found.trend.sure:
        said = f"{name} goes neither up nor down for certain"
    else:
        said = f"{name} {'grows' if found.trend.slope > 0 else 'falls'} by {change}"
    if found.reached_at is not None:
        said += f" and would be {found.aim.words} in about {_days(found, found.reached_at)} days"
        if found.earliest and found.latest:
            said += f" ({_days(found, found.earliest)} to {_days(found, found.latest)})"
    said += "."
    if found.error is not None:
        times = f"{found.tries} time{'' if found.tries == 1 else 's'}"
        said += f" Tried on its own past {times}, it was {found.error:.2g}{unit} off after a week."
    return said


def _days(found: Forecast, at: datetime) -> int:
    return max(0, round((at - found.trend.at) / DAY))


def unusual(value: float, at: datetime, points: Sequence[Point]) -> float | None:
    """The usual value at this hour of the day, where this one is far from it; else None.

    Held against the same hour of earlier days by their median and spread, so that a nightly backup
    is usual at night.
    """
    same = [
        other
        for when, other in points
        if at - when > DAY / 2 and min((at - when) % DAY, DAY - (at - when) % DAY) <= DAY / 48
    ]
    if len(same) < LEAST_HOURS:
        return None
    usual = float(median(same))
    spread = float(median(abs(other - usual) for other in same))
    allowed = max(UNUSUAL * spread / 0.6745, 0.1 * max(abs(usual), 1.0), 5.0)
    return usual if abs(value - usual) > allowed else None
