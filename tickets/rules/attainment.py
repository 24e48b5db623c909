"""Which promises were kept, and the share of them (S18)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Verdict:
    """One promise that was judged: whose, for what, in which month it was due, and kept or not."""

    agreement_id: int | None
    target: str
    month: date
    kept: bool


@dataclass(frozen=True, slots=True)
class Score:
    """How many promises were kept and missed; what is still open is in neither."""

    met: int = 0
    missed: int = 0

    @property
    def judged(self) -> int:
        return self.met + self.missed

    @property
    def share(self) -> Fraction | None:
        return attainment(self.met, self.missed)

    def reaches(self, goal: int) -> bool:
        """Whether an agreed share was kept, compared unrounded; nothing judged is no miss."""
        share = self.share
        return share is None or share >= Fraction(goal, 100)

    @property
    def percent(self) -> Decimal | None:
        share = self.share
        return None if share is None else shown_percent(share)

    def __add__(self, other: "Score") -> "Score":
        return Score(self.met + other.met, self.missed + other.missed)


def verdict_of(
    *, met_at: datetime | None, missed_at: datetime | None, stopped_at: datetime | None
) -> bool | None:
    """Whether a clock's promise was kept; None while it is open, and for one that was given up.

    Merged, moved and cancelled clocks were stopped: they are judged neither way, also where they
    had been late. A miss counts at once, not only when the work is done.
    """
    if stopped_at is not None:
        return None
    if missed_at is not None:
        return False
    return True if met_at is not None else None


def score(verdicts: Iterable[Verdict]) -> Score:
    """The verdicts counted."""
    kept = [verdict.kept for verdict in verdicts]
    return Score(kept.count(True), kept.count(False))


def attainment(met: int, missed: int) -> Fraction | None:
    """The share of targets kept, unrounded for comparing; None while nothing was judged."""
    return Fraction(met, met + missed) if met + missed else None


def shown_percent(share: Fraction) -> Decimal:
    """A share as a percentage with two places, for reading only."""
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


_DEEDS = {"response": "answered", "update": "kept you posted on", "resolution": "fixed"}
_THINGS = {"response": "request", "update": "question", "resolution": "request"}


def in_words(target: str, counted: Score) -> str:
    """The score of one promise as a client reads it: we answered 46 of 49 requests in time."""
    deed, thing = _DEEDS[target], _THINGS[target]
    if counted.judged == 1:
        return f"We {deed} the one {thing} {'in time' if counted.met else 'later than promised'}."
    if not counted.missed:
        return f"We {deed} all {counted.judged} {thing}s in time."
    return f"We {deed} {counted.met} of {counted.judged} {thing}s in time."
