"""When a measured value is a problem, and when it no longer is.

A level is raised at one value and cleared at another, so that a value on the edge does not ring
twice a minute. Both may have to last, by the time of the samples. A sample older than the last one
changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

OK, WARNING, CRITICAL = "ok", "warning", "critical"
LEVELS = (OK, WARNING, CRITICAL)
_RANK = {level: rank for rank, level in enumerate(LEVELS)}
MISSED = 3  # intervals without a value until nothing is known any more (E6)


class BadLimits(ValueError):
    """Levels that contradict each other; `field` is the one that is wrong."""

    def __init__(self, reason: str, *, field: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


@dataclass(frozen=True, slots=True)
class Level:
    """Raised from this value on, held until the value is past the other."""

    raise_at: float
    clear_at: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much of a quantity; with `above` false, what is too little.

    `raise_for` and `clear_for` are seconds it must last, `attempts` how many samples in a row must
    say so (soft until then, E1).
    """

    warning: Level | None = None
    critical: Level | None = None
    above: bool = True
    raise_for: int = 0
    clear_for: int = 0
    attempts: int = 1

    def level(self, name: str) -> Level | None:
        return self.critical if name == CRITICAL else self.warning


@dataclass(frozen=True, slots=True)
class Watch:
    """How a value stands. `rising` holds for each level since when and how often it was met."""

    level: str = OK
    rising: Mapping[str, tuple[datetime, int]] = field(default_factory=dict)
    falling_since: datetime | None = None
    at: datetime | None = None


def met(limits: Limits, held: str, value: float) -> str:
    """The level a value means for something that stands at `held` (E2)."""
    if not limits.above:
        value = -value
    for name in (CRITICAL, WARNING):
        level = limits.level(name)
        if level is None:
            continue
        bound = level.clear_at if _RANK[held] >= _RANK[name] else level.raise_at
        if value >= (bound if limits.above else -bound):
            return name
    return OK


def advance(limits: Limits, watch: Watch, at: datetime, value: float) -> Watch:
    """The watch after one more sample; one that is late or told twice leaves it as it is."""
    if watch.at is not None and at <= watch.at:
        return watch
    said = met(limits, watch.level, value)
    if _RANK[said] > _RANK[watch.level]:
        return _rise(limits, watch, said, at)
    if _RANK[said] < _RANK[watch.level]:
        return _fall(limits, watch, said, at)
    return Watch(watch.level, at=at)


def _rise(limits: Limits, watch: Watch, said: str, at: datetime) -> Watch:
    rising: dict[str, tuple[datetime, int]] = {}
    reached = watch.level
    for name in LEVELS[_RANK[watch.level] + 1 : _RANK[said] + 1]:
        since, count = watch.rising.get(name, (at, 0))
        rising[name] = (since, count + 1)
        lasted = at - since >= timedelta(seconds=limits.raise_for)
        if limits.level(name) and lasted and count + 1 >= limits.attempts:
            reached = name
    left = {name: kept for name, kept in rising.items() if _RANK[name] > _RANK[reached]}
    return Watch(reached, left, at=at)


def _fall(limits: Limits, watch: Watch, said: str, at: datetime) -> Watch:
    since = watch.falling_since or at
    if at - since >= timedelta(seconds=limits.clear_for):
        return Watch(said, at=at)
    return replace(watch, rising={}, falling_since=since, at=at)


def silent_at(last: datetime, interval: int) -> datetime:
    """The instant from which nothing is known of a value that stopped coming (E6)."""
    return last + timedelta(seconds=MISSED * interval)


# -- as people type them and as they are kept ------------------------------------------------------


def demand(limits: Limits) -> None:
    """Raise BadLimits, naming the field, where the levels contradict each other."""
    if limits.warning is None and limits.critical is None:
        raise BadLimits("Give a level for the warning, for the problem, or both.", field="critical")
    sign = 1 if limits.above else -1
    word = "below" if limits.above else "above"
    for name in (WARNING, CRITICAL):
        level = limits.level(name)
        if level and sign * level.clear_at > sign * level.raise_at:
            raise BadLimits(
                f"It is raised at {level.raise_at:g}; clear it there or {word}.",
                field=f"{name}_clear",
            )
    if limits.warning and limits.critical:
        if sign * limits.critical.raise_at <= sign * limits.warning.raise_at:
            raise BadLimits("A problem must be worse than what is warned of.", field="critical")
        if sign * limits.critical.clear_at < sign * limits.warning.clear_at:
            raise BadLimits("A problem cannot end after the warning does.", field="critical_clear")


def limits_of(kept: Mapping[str, Any]) -> Limits:
    """The limits as a row keeps them."""
    levels = {name: Level(*kept[name]) if kept.get(name) else None for name in (WARNING, CRITICAL)}
    return Limits(
        levels[WARNING], levels[CRITICAL], kept.get("above", True), kept.get("raise_for", 0),
        kept.get("clear_for", 0), kept.get("attempts", 1),
    )  # fmt: skip


def kept_limits(limits: Limits) -> dict[str, Any]:
    """The limits for a row."""
    named = {name: limits.level(name) for name in (WARNING, CRITICAL)}
    kept: dict[str, Any] = {
        name: [level.raise_at, level.clear_at] for name, level in named.items() if level
    }
    return kept | {
        "above": limits.above, "raise_for": limits.raise_for, "clear_for": limits.clear_for,
        "attempts": limits.attempts,
    }  # fmt: skip


def watch_of(kept: Mapping[str, Any]) -> Watch:
    """The watch as a row keeps it."""
    rising = {
        name: (datetime.fromisoformat(since), count)
        for name, (since, count) in kept.get("rising", {}).items()
    }
    falling, at = kept.get("falling"), kept.get("at")
    return Watch(
        kept.get("level", OK), rising, falling and datetime.fromisoformat(falling),
        at and datetime.fromisoformat(at),
    )  # fmt: skip


def kept_watch(watch: Watch) -> dict[str, Any]:
    """The watch for a row; what is not there is not written."""
    kept: dict[str, Any] = {"level": watch.level}
    if watch.rising:
        kept["rising"] = {
            name: [since.isoformat(), count] for name, (since, count) in watch.rising.items()
        }
    if watch.falling_since:
        kept["falling"] = watch.falling_since.isoformat()
    if watch.at:
        kept["at"] = watch.at.isoformat()
    return kept
