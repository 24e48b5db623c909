"""How far a project is: its phases on a line of days, and what is done of them.

A phase has no dates of its own. It ends when the last of its milestones is due and begins when the
phase before ends, so that the picture shows nothing that nobody said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

PLANNED, DONE, ACCEPTED, LATE = "planned", "done", "accepted", "late"


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone as the arithmetic needs it; `due_on` is the last day it is in time."""

    phase: str
    title: str
    amount: Decimal
    due_on: date | None
    done: bool = False
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase on the line: half-open days, and how many of its milestones are done."""

    name: str
    starts_on: date
    ends_on: date
    steps: int
    done: int
    state: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What is done and accepted of all milestones, by number and by amount."""

    steps: int
    done: int
    accepted: int
    amount: Decimal
    done_amount: Decimal
    accepted_amount: Decimal

    @property
    def percent(self) -> int:
        """Percent complete: by amount where milestones have one, else by their number."""
        if self.amount:
            return int(100 * self.done_amount / self.amount)
        return 100 * self.done // self.steps if self.steps else 0


def state_of(step: Step, today: date) -> str:
    """Where one milestone stands; late is what was due before today and is not done."""
    if step.accepted:
        return ACCEPTED
    if step.done:
        return DONE
    return LATE if step.due_on is not None and step.due_on < today else PLANNED


def progress(steps: Sequence[Step]) -> Progress:
    """The sums of a project's milestones."""
    done = [one for one in steps if one.done]
    accepted = [one for one in steps if one.accepted]
    return Progress(len(steps), len(done), len(accepted), _sum(steps), _sum(done), _sum(accepted))


def stretches(steps: Sequence[Step], starts_on: date, ends_on: date, today: date) -> list[Stretch]:
    """The phases in their order, one after the other from the first day to the last.

    A phase without a date shares the days up to the next one that has one.
    """
    phases: dict[str, list[Step]] = {}
    for step in steps:
        phases.setdefault(step.phase, []).append(step)
    ends = _ends([list(found) for found in phases.values()], starts_on, ends_on)
    found, begins = [], starts_on
    for (name, own), until in zip(phases.items(), ends, strict=True):
        done = sum(one.done for one in own)
        found.append(Stretch(name, begins, until, len(own), done, _state(own, today)))
        begins = until
    return found


def _ends(phases: Sequence[Sequence[Step]], starts_on: date, ends_on: date) -> list[date]:
    """The first day after each phase: as said, else shared evenly, and never backwards."""
    said = [_last_due(own) for own in phases]
    if said and said[-1] is None:
        said[-1] = max(ends_on, starts_on + timedelta(days=1))
    found: list[date] = []
    begins = starts_on
    for place, until in enumerate(said):
        if until is None:
            ahead = next(at for at in range(place, len(said)) if said[at] is not None)
            known = said[ahead] or ends_on
            until = begins + (known - begins) / (ahead - place + 1)
        begins = max(until, begins + timedelta(days=1))
        found.append(begins)
    return found


def _last_due(own: Sequence[Step]) -> date | None:
    days = [one.due_on for one in own if one.due_on is not None]
    return max(days) + timedelta(days=1) if days else None


def _state(own: Sequence[Step], today: date) -> str:
    states = [state_of(one, today) for one in own]
    if LATE in states:
        return LATE
    if all(one == ACCEPTED for one in states):
        return ACCEPTED
    return DONE if all(one in (ACCEPTED, DONE) for one in states) else PLANNED


def _sum(steps: Sequence[Step]) -> Decimal:
    return sum((one.amount for one in steps), Decimal(0))
