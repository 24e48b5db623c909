"""What stands against publishing a draft, by the field it stands in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.rules.doubles import Counted, doubles


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason not to publish, and the input it concerns."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A version before it is published.

    `follows_on` is when the version before began, if there is one; `backdated` says that a first
    version may begin in the past because the agreement was running before we knew of it. `bought`
    has the position, words and day of each block that no version before had.
    """

    lines: Sequence[Counted]
    effective_on: date
    ends_on: date | None = None
    follows_number: int | None = None
    follows_on: date | None = None
    backdated: bool = False
    bought: Sequence[tuple[int, str, date]] = ()


def findings(draft: Draft, others: Iterable[Counted], today: date) -> list[Finding]:
    """Everything that would bill wrongly; an empty list may be published."""
    found = _dates(draft, today)
    if not draft.lines:
        found.append(Finding("lines", "An agreement needs at least one line."))
    for double in doubles(draft.lines, others):
        reason = f"It would charge twice: {double.reason}."
        found.append(Finding(f"lines[{double.at}].kind", reason))
    if not draft.backdated:  # what was bought before we took over is paid already
        found += _never_charged(draft)
    return found


def _never_charged(draft: Draft) -> list[Finding]:
    """Blocks bought on a day that no bill of the version meets: their hours would be free."""
    return [
        Finding(
            f"lines[{at}].bought_on",
            f"{words} is bought on {day}, before the version begins on {draft.effective_on}, so no"
            " bill would charge it. Say a day from then on.",
        )
        for at, words, day in draft.bought
        if day < draft.effective_on
    ]


def _dates(draft: Draft, today: date) -> list[Finding]:
    found = []
    first = draft.follows_on is None
    if draft.effective_on < today and not (first and draft.backdated):
        found.append(
            f"{draft.effective_on} is past; bills of that time exist or are due. The first "
            f"possible day is {today}."
        )
    if draft.follows_on is not None and draft.effective_on < draft.follows_on:
        found.append(
            f"Version {draft.follows_number} begins on {draft.follows_on}; this one cannot begin "
            "before."
        )
    if draft.ends_on is not None and draft.effective_on >= draft.ends_on:
        found.append(f"The agreement ends before {draft.ends_on}.")
    return [Finding("effective_on", reason) for reason in found]
