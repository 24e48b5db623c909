"""How often a line is billed, and whether before or after: periods anchored on one date (P1).

Each boundary is measured from the anchor, so 31 January gives 28 February and 31 March again. A
bill is made when a month is over; in arrears it takes the periods that ended in that month, in
advance those that begin in the month that follows.
"""

from dataclasses import dataclass
from datetime import date

from msp.kit.facts import Facts, InvalidFact
from msp.kit.periods import Period, anchored, month_of

MONTHS = {"month": 1, "quarter": 3, "year": 12}
TIMINGS = ("arrears", "advance")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every month, quarter or year, in arrears or in advance.

    Without `anchor_on` periods begin on the first of the month the agreement began in.
    """

    every: str = "month"
    timing: str = "arrears"
    anchor_on: date | None = None

    def __post_init__(self) -> None:
        if self.every not in MONTHS:
            raise InvalidFact("every", f"{self.every!r:.80} is not one of {', '.join(MONTHS)}")
        if self.timing not in TIMINGS:
            raise InvalidFact("timing", f"{self.timing!r:.80} is not one of {', '.join(TIMINGS)}")

    @property
    def in_advance(self) -> bool:
        return self.timing == "advance"

    @property
    def is_plain(self) -> bool:
        """Whether it is the calendar month, billed when it is over."""
        return self == MONTHLY

    def anchored_by(self, starts_on: date) -> "Rhythm":
        """With its anchor filled in from when the agreement began."""
        anchor = self.anchor_on or starts_on.replace(day=1)
        return Rhythm(self.every, self.timing, anchor)


MONTHLY = Rhythm()


def read_rhythm(facts: Facts) -> Rhythm:
    """The rhythm as it was stored; nothing stored means every month in arrears."""
    anchor_on = facts.day("anchor_on") if facts.has("anchor_on") else None
    return Rhythm(facts.text("every", "month"), facts.text("timing", "arrears"), anchor_on)


def period_at(rhythm: Rhythm, day: date) -> Period:
    """The period of an anchored rhythm that contains a date, before the anchor too."""
    anchor = _anchor(rhythm)
    step = MONTHS[rhythm.every]
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    number = months // step
    if anchored(anchor, number * step) > day:
        number -= 1
    elif anchored(anchor, (number + 1) * step) <= day:
        number += 1
    return Period(anchored(anchor, number * step), anchored(anchor, (number + 1) * step))


def meeting(rhythm: Rhythm, stretch: Period) -> list[Period]:
    """Every period of an anchored rhythm that shares a day with a stretch, in order."""
    found = [period_at(rhythm, stretch.start)]
    while found[-1].end < stretch.end:
        found.append(period_at(rhythm, found[-1].end))
    return found


def due(rhythm: Rhythm, month: Period) -> list[Period]:
    """The periods that the bill of a month charges for the first time."""
    if rhythm.in_advance:
        coming = month_of(month.end)
        return [one for one in meeting(rhythm, coming) if coming.contains(one.start)]
    return [one for one in meeting(rhythm, month) if month.start < one.end <= month.end]


def running(rhythm: Rhythm, month: Period) -> list[Period]:
    """The periods paid in advance that were under way in a month: what changed is settled."""
    return meeting(rhythm, month) if rhythm.in_advance else []


def _anchor(rhythm: Rhythm) -> date:
    if rhythm.anchor_on is None:
        raise ValueError("anchor_on: a rhythm is anchored before it is asked for periods")
    return rhythm.anchor_on
