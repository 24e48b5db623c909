"""The targets of a service level: for each priority, how soon a reply and how soon a solution."""

from collections.abc import Mapping
from typing import Any

from msp.kit.facts import Facts, InvalidFact, inside

PRIORITIES = ("1", "2", "3", "4")
PROMISES = ("response", "resolution")
_LONGEST = 366 * 86_400


def read_targets(values: object) -> dict[str, dict[str, int]]:
    """Seconds of support time by priority and promise; what cannot be promised is refused."""
    facts = Facts(values)
    targets = {}
    for priority in PRIORITIES:
        given = facts.value(priority)
        with inside(priority):
            one = Facts(given)
            targets[priority] = {promise: _seconds(one, promise) for promise in PROMISES}
            one.done()
            _check_order(targets[priority])
    facts.done()
    return targets


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, int, int]]:
    """Where two sets of targets differ: priority, promise, seconds before and after."""
    return [
        (priority, promise, before[priority][promise], after[priority][promise])
        for priority in PRIORITIES
        for promise in PROMISES
        if before[priority][promise] != after[priority][promise]
    ]


def _seconds(facts: Facts, promise: str) -> int:
    seconds = facts.whole(promise)
    if not 0 < seconds <= _LONGEST:
        raise InvalidFact(promise, "must be more than nothing and at most a year")
    return seconds


def _check_order(target: Mapping[str, int]) -> None:
    if target["resolution"] < target["response"]:
        raise InvalidFact("resolution", "cannot be promised before the first reply")
