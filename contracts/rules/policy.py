"""How a service level is applied beside its targets: matrix, updates, warnings, pauses, reopening.

A level's version keeps this frozen with its targets, so that a ticket is judged by the rules it
began under. A version from before a rule existed has the rule's default.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from msp.kit.facts import Facts, InvalidFact

Matrix = tuple[tuple[int, ...], ...]

# Rows are impact 1 to 3, columns urgency 1 to 3; one is the gravest (S8).
DEFAULT_MATRIX: Matrix = ((1, 2, 3), (2, 3, 4), (3, 4, 5))
_GRADES = (1, 2, 3)
_LEAST, _MOST = 1, 5


class Updates(StrEnum):
    """When the client is owed the next word: after each of theirs, or at a steady interval."""

    REPLY = "reply"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules a ticket is held to while its targets count.

    `warn_at` are shares of a target in percent at which somebody is told, `grace` the open seconds
    still granted when a raised priority's target is over already, `longest_pause_days` the days
    after which a wait ends by itself, `goal` the share of promises in percent that is to be kept.
    """

    matrix: Matrix = DEFAULT_MATRIX
    updates: Updates = Updates.REPLY
    pauses_update: bool = False
    warn_at: tuple[int, ...] = (70, 90)
    grace: int = 30 * 60
    reopen_days: int = 7
    longest_pause_days: int | None = None
    goal: int | None = None


def read_policy(values: object) -> Policy:
    """The policy of a stored or posted mapping; what is left out has its default."""
    facts, usual = Facts(values), Policy()
    policy = Policy(
        matrix=_matrix(facts) if facts.has("matrix") else usual.matrix,
        updates=_updates(facts.text("updates", usual.updates)),
        pauses_update=facts.flag("pauses_update", usual.pauses_update),
        warn_at=_shares(facts) if facts.has("warn_at") else usual.warn_at,
        grace=_between(facts, "grace", usual.grace, 0, 7 * 86_400),
        reopen_days=_between(facts, "reopen_days", usual.reopen_days, 0, 365),
        longest_pause_days=_perhaps(facts, "longest_pause_days", 365),
        goal=_perhaps(facts, "goal", 100),
    )
    facts.done()
    return policy


def write_policy(policy: Policy) -> dict[str, Any]:
    """The policy in values that JSON has."""
    return {
        "matrix": [list(row) for row in policy.matrix],
        "updates": str(policy.updates),
        "pauses_update": policy.pauses_update,
        "warn_at": list(policy.warn_at),
        "grace": policy.grace,
        "reopen_days": policy.reopen_days,
        "longest_pause_days": policy.longest_pause_days,
        "goal": policy.goal,
    }


def priority_of(matrix: Matrix, impact: int, urgency: int) -> int:
    """The priority that an impact and an urgency of 1 to 3 give together."""
    for name, value in (("impact", impact), ("urgency", urgency)):
        if value not in _GRADES:
            raise InvalidFact(name, f"must be 1, 2 or 3, not {value}")
    return matrix[impact - 1][urgency - 1]


def _updates(text: str) -> Updates:
    if text not in set(Updates):
        raise InvalidFact("updates", f"{text!r:.40} is neither reply nor interval")
    return Updates(text)


def _matrix(facts: Facts) -> Matrix:
    rows = facts.items("matrix", most=3)
    if len(rows) != 3:
        raise InvalidFact("matrix", "must have three rows, one for each impact")
    return tuple(_row(at, row) for at, row in enumerate(rows))


def _row(at: int, row: object) -> tuple[int, ...]:
    if not isinstance(row, list | tuple) or len(row) != 3:
        raise InvalidFact(f"matrix[{at}]", "must have three priorities, one for each urgency")
    return tuple(_whole(f"matrix[{at}]", value, _LEAST, _MOST) for value in row)


def _shares(facts: Facts) -> tuple[int, ...]:
    shares = [_whole("warn_at", value, 1, 1000) for value in facts.items("warn_at", most=6)]
    if len(set(shares)) < len(shares):
        raise InvalidFact("warn_at", "names a share twice")
    return tuple(sorted(shares))


def _between(facts: Facts, name: str, usual: int, least: int, most: int) -> int:
    return _whole(name, facts.whole(name, usual), least, most)


def _perhaps(facts: Facts, name: str, most: int) -> int | None:
    return _between(facts, name, 1, 1, most) if facts.has(name) else None


def _whole(name: str, value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidFact(name, f"must be a whole number from {least} to {most}, not {value!r:.20}")
    return value
