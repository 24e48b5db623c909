"""Who is on call at an instant.

A rota is layers and, above them, overrides. The uppermost layer that has somebody decides; a layer
hands over at a time on the wall of the rota's zone, so a shift over a change of the clocks is an
hour longer or shorter. Shifts are half-open: at the instant of handover it is the next one's.
"""

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from msp.kit.periods import first_instant, zone_named

DAY, WEEK = "day", "week"
UNITS = {DAY: 1, WEEK: 7}
LONGEST = timedelta(days=400)
MORNING = time.fromisoformat("09:00")


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekdays (Monday is 0) and a stretch of each; one that ends before it starts runs over
    midnight and belongs to the day it starts on."""

    days: tuple[int, ...]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns from a date on; each turn lasts `every` days or weeks.

    With `hours` the layer has somebody only then. `ends_on` is the first date it has nobody.
    """

    name: str
    people: tuple[int, ...]
    starts_on: date
    handover: time = MORNING
    unit: str = WEEK
    every: int = 1
    ends_on: date | None = None
    hours: tuple[Hours, ...] = ()

    @property
    def turn_days(self) -> int:
        return UNITS[self.unit] * self.every


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody takes over for a stretch. Of two that overlap the one agreed last counts."""

    person: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Rota:
    """A whole schedule; `gone` are people who can no longer be called."""

    zone: str
    layers: tuple[Layer, ...] = ()
    overrides: tuple[Override, ...] = ()
    gone: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch one person is on call, and by which layer: `override` where somebody took over.

    Nobody's stretches are shifts too, with `person` None.
    """

    start: datetime
    end: datetime
    person: int | None
    layer: str = ""
    override: bool = False


def on_call(rota: Rota, at: datetime) -> int | None:
    """The person on call, or None where nobody is."""
    return _decided(rota, at)[0]


def shifts(rota: Rota, since: datetime, until: datetime) -> list[Shift]:
    """The time between two instants, laid out without a hole; nobody's stretches included."""
    edges = sorted({since, until, *_edges(rota, since, until)})
    found: list[Shift] = []
    for start, end in itertools.pairwise(edges):
        person, layer, override = _decided(rota, start)
        last = found[-1] if found else None
        if last and (last.person, last.layer, last.override) == (person, layer, override):
            found[-1] = Shift(last.start, end, person, layer, override)
        else:
            found.append(Shift(start, end, person, layer, override))
    return found


def next_change(rota: Rota, at: datetime, within: timedelta = timedelta(days=35)) -> Shift | None:
    """The shift that runs at an instant, as far as it is known."""
    for shift in shifts(rota, at, at + within):
        return shift
    return None


def gaps(rota: Rota, since: datetime, until: datetime) -> list[Shift]:
    """The stretches in which nobody would be called."""
    return [one for one in shifts(rota, since, until) if one.person is None]


def turn_bounds(layer: Layer, zone: str, number: int) -> tuple[datetime, datetime]:
    """When a layer's turn of a number begins and ends, counted from its first."""
    return _handover(layer, zone, number), _handover(layer, zone, number + 1)


# -- how it is decided -----------------------------------------------------------------------------


def _decided(rota: Rota, at: datetime) -> tuple[int | None, str, bool]:
    for override in reversed(rota.overrides):
        if override.start <= at < override.end and override.person not in rota.gone:
            return override.person, "", True
    for layer in rota.layers:
        person = _of_layer(layer, rota.zone, at)
        if person is not None and person not in rota.gone:
            return person, layer.name, False
    return None, "", False


def _of_layer(layer: Layer, zone: str, at: datetime) -> int | None:
    if not layer.people or at < _handover(layer, zone, 0):
        return None
    if layer.ends_on is not None and at >= _on_wall(layer.ends_on, layer.handover, zone):
        return None
    if layer.hours and not any(_inside(one, zone, at) for one in layer.hours):
        return None
    return layer.people[_turn_at(layer, zone, at) % len(layer.people)]


def _turn_at(layer: Layer, zone: str, at: datetime) -> int:
    """Which turn runs. The date says it to within one; the handover's instant decides."""
    local = at.astimezone(zone_named(zone)).date()
    number = (local - layer.starts_on).days // layer.turn_days
    if at < _handover(layer, zone, number):
        return number - 1
    return number + 1 if at >= _handover(layer, zone, number + 1) else number


def _handover(layer: Layer, zone: str, number: int) -> datetime:
    day = layer.starts_on + timedelta(days=number * layer.turn_days)
    return _on_wall(day, layer.handover, zone)


def _on_wall(day: date, clock: time, zone: str) -> datetime:
    return first_instant(datetime.combine(day, clock), zone_named(zone))


def _inside(hours: Hours, zone: str, at: datetime) -> bool:
    local = at.astimezone(zone_named(zone)).date()
    days = (local - timedelta(days=1), local)
    return any(start <= at < end for start, end in _stretches(hours, zone, days))


def _stretches(
    hours: Hours, zone: str, days: Collection[date]
) -> Iterator[tuple[datetime, datetime]]:
    for day in days:
        if day.weekday() in hours.days:
            last = day if hours.end > hours.start else day + timedelta(days=1)
            yield _on_wall(day, hours.start, zone), _on_wall(last, hours.end, zone)


# -- where it may change ---------------------------------------------------------------------------


def _edges(rota: Rota, since: datetime, until: datetime) -> Iterator[datetime]:
    for edge in _all_edges(rota, since, min(until, since + LONGEST)):
        if since < edge < until:
            yield edge


def _all_edges(rota: Rota, since: datetime, until: datetime) -> Iterator[datetime]:
    for override in rota.overrides:
        yield from (override.start, override.end)
    for layer in rota.layers:
        yield from _of_turns(layer, rota.zone, since, until)
        if layer.ends_on is not None:
            yield _on_wall(layer.ends_on, layer.handover, rota.zone)
        for hours in layer.hours:
            for stretch in _stretches(hours, rota.zone, _days(rota.zone, since, until)):
                yield from stretch


def _of_turns(layer: Layer, zone: str, since: datetime, until: datetime) -> Iterator[datetime]:
    if not layer.people:
        return
    number = max(0, _turn_at(layer, zone, since))
    while (edge := _handover(layer, zone, number)) < until:
        yield edge
        number += 1


def _days(zone: str, since: datetime, until: datetime) -> Sequence[date]:
    first = since.astimezone(zone_named(zone)).date() - timedelta(days=1)
    last = until.astimezone(zone_named(zone)).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
