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
    version may begin in the past because the agreement was running before we knew of it.
    """

    lines: Sequence[Counted]
    effective_on: date
    ends_on: date | None = None
    follows_number: int | None = None
    follows_on: date | None = None
    backdated: bool = False


def findings(draft: Draft, others: Iterable[Counted], today: date) -> list[Finding]:
    """Everything that would bill wrongly; an empty list may be published."""
    found = _dates(draft, today)
    if not draft.lines:
        found.append(Finding("lines", "An agreement needs at least one line."))
    for double in doubles(draft.lines, others):
        reason = f"It would charge twice: {double.reason}."
        found.append(Finding(f"lines[{double.at}].kind", reason))
    return found


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
