"""The targets of a service level: for each priority, how soon a reply, an update and a solution."""

from collections.abc import Mapping
from typing import Any

from msp.kit.facts import Facts, InvalidFact, inside

# Every level names these. A major incident ("0") and the lowest priority ("5") may be left out.
PRIORITIES = ("1", "2", "3", "4")
MAJOR, LOWEST = "0", "5"
ALL_PRIORITIES = (MAJOR, *PRIORITIES, LOWEST)
PROMISES = ("response", "resolution")
UPDATE = "update"
ALL_PROMISES = ("response", UPDATE, "resolution")
_NEAREST = {MAJOR: "1", LOWEST: "4"}
_LONGEST = 366 * 86_400

_MINUTE, _HOUR = 60, 3600
USUAL: dict[str, dict[str, int]] = {
    "1": {"response": 15 * _MINUTE, "resolution": 4 * _HOUR},
    "2": {"response": 30 * _MINUTE, "resolution": 8 * _HOUR},
    "3": {"response": 2 * _HOUR, "resolution": 16 * _HOUR},
    "4": {"response": 4 * _HOUR, "resolution": 40 * _HOUR},
    "5": {"response": 8 * _HOUR, "resolution": 80 * _HOUR},
}

Targets = Mapping[str, Mapping[str, int]]


def read_targets(values: object) -> dict[str, dict[str, int]]:
    """Seconds of support time by priority and promise; what cannot be promised is refused."""
    facts = Facts(values)
    targets = {}
    for priority in ALL_PRIORITIES:
        if priority in PRIORITIES or facts.has(priority):
            targets[priority] = _read(priority, facts.value(priority))
    facts.done()
    return targets


def at_priority(targets: Targets, priority: int | str) -> Mapping[str, int]:
    """What is promised at a priority; one that is not named is held to its neighbour."""
    name = str(priority)
    return targets.get(name) or targets.get(_NEAREST.get(name, name)) or {}


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[str, str, int | None, int | None]]:
    """Where two sets of targets differ: priority, promise, seconds before and after."""
    found = []
    for priority in ALL_PRIORITIES:
        old, new = before.get(priority) or {}, after.get(priority) or {}
        for promise in ALL_PROMISES:
            if old.get(promise) != new.get(promise):
                found.append((priority, promise, old.get(promise), new.get(promise)))
    return found


def _read(priority: str, given: object) -> dict[str, int]:
    with inside(priority):
        one = Facts(given)
        target = {promise: _seconds(one, promise) for promise in PROMISES}
        if one.has(UPDATE):
            target[UPDATE] = _seconds(one, UPDATE)
        one.done()
        _check_order(target)
    return target


def _seconds(facts: Facts, promise: str) -> int:
    seconds = facts.whole(promise)
    if not 0 < seconds <= _LONGEST:
        raise InvalidFact(promise, "must be more than nothing and at most a year")
    return seconds


def _check_order(target: Mapping[str, int]) -> None:
    if target["resolution"] < target["response"]:
        raise InvalidFact("resolution", "cannot be promised before the first reply")
