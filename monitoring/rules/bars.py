"""A check's past as bars and as a share of time, without hiding what we did not see.

Maintenance that was agreed and stretches in which we ourselves were blind are taken out before
anything is divided; they are drawn as what they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from functools import partial
from itertools import chain, islice, pairwise, takewhile

# From best to worst. A bar shows the worst it holds; "unknown" is worse than up and not an outage.
RANKS = ("up", "maintenance", "unknown", "late", "degraded", "down")
_RANK = {state: at for at, state in enumerate(RANKS)}

Gap = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One state from one instant to another."""

    state: str
    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasted."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Bar:
    """A slice of the past: its worst state and how long it was down."""

    state: str
    start: datetime
    end: datetime
    down: timedelta


def timeline(
    flips: Iterable[tuple[datetime, str]],
    start: datetime,
    end: datetime,
    *,
    maintenance: Iterable[Gap] = (),
    blind: Iterable[Gap] = (),
) -> list[Stretch]:
    """The states between two instants, from the changes of a check before and within them.

    Before its first change a check is unknown, and so is one that is new or paused. Maintenance
    covers blindness, and both cover what the check said meanwhile.
    """
    changes = sorted((at, state if state in _RANK else "unknown") for at, state in flips)
    said = []
    for at, (since, state) in enumerate(changes):
        until = changes[at + 1][0] if at + 1 < len(changes) else end
        said.append(Stretch(state, since, until))
    layers = [
        [Stretch("maintenance", *gap) for gap in maintenance],
        [Stretch("unknown", *gap) for gap in blind],
        said,
    ]
    return _flattened(layers, start, end)


def merged(timelines: Sequence[Sequence[Stretch]]) -> list[Stretch]:
    """Several checks of one device as one: at each instant the worst of them, never added up."""
    if not timelines:
        return []
    start = min(stretches[0].start for stretches in timelines)
    end = max(stretches[-1].end for stretches in timelines)
    ranked = [
        [one for stretches in timelines for one in stretches if one.state == state]
        for state in reversed(RANKS)
    ]
    return _flattened(ranked, start, end)


def bars(stretches: Sequence[Stretch], start: datetime, end: datetime, count: int) -> list[Bar]:
    """The past in equal slices; where nothing is known of a slice, it says so."""
    edges = [start + (end - start) * at / count for at in range(count + 1)]
    found = []
    first = 0
    for opening, closing in pairwise(edges):
        while first < len(stretches) and stretches[first].end <= opening:
            first += 1
        later = islice(stretches, first, None)
        inside = list(takewhile(partial(_begins_before, closing), later))
        found.append(_bar(inside, opening, closing))
    return found


def availability(stretches: Iterable[Stretch]) -> Fraction | None:
    """The share of the time that counts in which it was not down; None where none counts.

    Late is not down. Unknown and maintenance do not count either way.
    """
    counted, down = timedelta(), timedelta()
    for stretch in stretches:
        if stretch.state in ("maintenance", "unknown"):
            continue
        counted += stretch.length
        if stretch.state == "down":
            down += stretch.length
    if not counted:
        return None
    return Fraction((counted - down) // _TICK, counted // _TICK)


def shown_percent(share: Fraction, places: int = 4) -> Decimal:
    """A share as a percentage, cut off after some places so that it never flatters."""
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_FLOOR)


_TICK = timedelta(microseconds=1)


def _begins_before(instant: datetime, stretch: Stretch) -> bool:
    return stretch.start < instant


def _bar(inside: Sequence[Stretch], start: datetime, end: datetime) -> Bar:
    down = timedelta()
    worst = "up" if inside else "unknown"
    for stretch in inside:
        worst = max(worst, stretch.state, key=_RANK.__getitem__)
        if stretch.state == "down":
            down += min(end, stretch.end) - max(start, stretch.start)
    return Bar(worst, start, end, down)


def _flattened(
    layers: Sequence[Sequence[Stretch]], start: datetime, end: datetime
) -> list[Stretch]:
    """One state for each instant: the first layer that says anything, else unknown."""
    cuts = {start, end}
    for stretch in chain.from_iterable(layers):
        cuts.update(at for at in (stretch.start, stretch.end) if start < at < end)
    edges = sorted(cuts)
    place = {at: number for number, at in enumerate(edges)}
    states = ["unknown"] * (len(edges) - 1)
    for stretch in chain.from_iterable(reversed(layers)):
        opening, closing = max(start, stretch.start), min(end, stretch.end)
        if opening < closing:
            number = place[closing] - place[opening]
            states[place[opening] : place[closing]] = [stretch.state] * number
    return _joined(
        Stretch(state, opening, closing)
        for state, (opening, closing) in zip(states, pairwise(edges), strict=True)
    )


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    flat: list[Stretch] = []
    for stretch in stretches:
        if flat and flat[-1].state == stretch.state:
            flat[-1] = Stretch(stretch.state, flat[-1].start, stretch.end)
        else:
            flat.append(stretch)
    return flat
