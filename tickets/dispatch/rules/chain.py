"""Which step of an escalation comes next, and when.

One turn is due at a time. Done, it says the next: the next step after its delay, or before that a
reminder to those told last. A step that reached nobody falls through to the next at once. After the
last step it starts again as often as was asked; then only reminders are left, and they go on: who
is reached can change by the hour. Whoever took it on may be asked whether they still are on it;
without a word from them it begins anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

PERSON, TEAM, SCHEDULE = "person", "team", "schedule"
KINDS = (PERSON, TEAM, SCHEDULE)
MOST_TURNS = 200  # of one call: reminders of a night, not of a month


@dataclass(frozen=True, slots=True)
class Target:
    """A person, a team, or whoever a schedule says is on call."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Step:
    """Whom to call, and how many seconds after the step before."""

    after: int
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """The steps in order, how often all of them come again, and how often to remind (0: never).

    After `ask` seconds whoever took it on is asked about it, and after as many more let go; with 0
    it is theirs until it is over.
    """

    steps: tuple[Step, ...]
    repeat: int = 0
    remind: int = 0
    ask: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a call: a step of a round, or a reminder of it.

    `since` is when its step was done, from which the next step's delay counts.
    """

    number: int
    round: int
    step: int
    due_at: datetime
    reminder: bool = False
    since: datetime | None = None


def first(chain: Chain, at: datetime) -> Turn:
    """The turn a call begins with."""
    return Turn(1, 0, 0, at + timedelta(seconds=chain.steps[0].after))


def following(chain: Chain, turn: Turn, at: datetime, *, reached: bool) -> Turn | None:
    """The turn after one that was done at an instant; None when there is nothing left to do.

    `reached` tells whether anybody was told by this turn.
    """
    if turn.number >= MOST_TURNS:
        return None
    since = turn.since if turn.reminder and turn.since else at
    place = _place_after(chain, turn)
    due = since + timedelta(seconds=chain.steps[place[1]].after) if place else None
    if place and not reached and not turn.reminder:
        due = at
    reminds = chain.remind and (reached or place is None)
    remind = at + timedelta(seconds=chain.remind) if reminds else None
    if place and due and (remind is None or due <= remind):
        return Turn(turn.number + 1, place[0], place[1], max(due, at))
    if remind is None:
        return None
    return Turn(turn.number + 1, turn.round, turn.step, remind, reminder=True, since=since)


def asking(chain: Chain, number: int, at: datetime) -> Turn | None:
    """The turn that asks whoever took it on at an instant; None where nobody is asked."""
    if not chain.ask or number >= MOST_TURNS:
        return None
    return Turn(number, 0, 0, at + timedelta(seconds=chain.ask), reminder=True)


def letting_go(chain: Chain, asked: Turn, at: datetime) -> Turn:
    """The turn that lets them go when nothing is heard after they were asked."""
    return Turn(asked.number + 1, 0, 0, at + timedelta(seconds=chain.ask), since=at)


def anew(chain: Chain, gone: Turn, at: datetime) -> Turn:
    """The turn the calling begins anew with."""
    return replace(first(chain, at), number=gone.number + 1)


def is_last(chain: Chain, turn: Turn) -> bool:
    """Whether no step follows this one any more."""
    return _place_after(chain, turn) is None


def _place_after(chain: Chain, turn: Turn) -> tuple[int, int] | None:
    if turn.step + 1 < len(chain.steps):
        return turn.round, turn.step + 1
    return (turn.round + 1, 0) if turn.round < chain.repeat else None


@dataclass(frozen=True, slots=True)
class Rule:
    """What a policy is for. What it does not name it takes all of; of several the first fits."""

    severities: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    clients: tuple[int, ...] = ()
    sites: tuple[int, ...] = ()
    tickets: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What somebody is to be called about."""

    severity: str = ""
    level: int | None = None
    client: int | None = None
    site: int | None = None
    ticket: bool = False


def fits(rule: Rule, case: Case) -> bool:
    """Whether a policy is for this case."""
    if case.ticket and not rule.tickets:
        return False
    if rule.severities and not case.ticket and case.severity not in rule.severities:
        return False
    places = ((rule.levels, case.level), (rule.clients, case.client), (rule.sites, case.site))
    return all(not wanted or value in wanted for wanted, value in places)


def chosen(rules: Sequence[tuple[int, Rule]], case: Case) -> int | None:
    """The id of the first policy that fits, in their order."""
    return next((pk for pk, rule in rules if fits(rule, case)), None)


def rule_of(kept: Mapping[str, list[int] | list[str] | bool]) -> Rule:
    """A policy's rule as a row keeps it."""

    def listed(name: str) -> tuple[int, ...]:
        values = kept.get(name) or []
        return tuple(int(one) for one in values) if isinstance(values, list) else ()

    severities = kept.get("severities") or []
    words = tuple(str(one) for one in severities) if isinstance(severities, list) else ()
    return Rule(
        words, listed("levels"), listed("clients"), listed("sites"), bool(kept.get("tickets"))
    )
