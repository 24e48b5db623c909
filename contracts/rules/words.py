"""An agreement in plain words: what a line counts, what is promised, what a new version changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.rules import line_words, targets
from contracts.rules.spans import write_span
from contracts.rules.terms import Counting, PerDevice, PerLicence, PerUser, Terms

PRIORITY_WORDS = {
    "0": "major incident",
    "1": "critical",
    "2": "high",
    "3": "medium",
    "4": "low",
    "5": "lowest",
}
PROMISE_WORDS = {"response": "First reply", "update": "Next word", "resolution": "Fix"}
COUNTING_WORDS = {
    "daily": "by the day",
    "snapshot_start": "as of the first day",
    "snapshot_end": "as of the last day",
    "peak": "at its most",
    "adds_only": "by the day, leavers to the end",
    "touched": "everyone who was there",
}


def counts(terms: Terms) -> str:
    """What the line counts: `each server and firewall`, `each user`, `one amount`."""
    if isinstance(terms, PerUser):
        return "each user"
    if isinstance(terms, PerLicence):
        return f"each seat of {_listed(terms.products)}" if terms.products else "each licence"
    if not isinstance(terms, PerDevice):
        return line_words.what(terms)
    names = [name.replace("_", " ") for name in terms.device_classes]
    if not names:
        return "each device"
    return f"each {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    listed = [", ".join(names[:-1]), names[-1]] if len(names) > 1 else names
    return " and ".join(listed)


def sentence(terms: Terms, currency: str) -> str:
    """The whole line as one sentence a client can read."""
    if not isinstance(terms, Counting):
        return line_words.amount_sentence(terms, currency)
    said = f"{line_words.rate(terms, currency)} for {counts(terms)}"
    said += f", counted {COUNTING_WORDS[terms.counting]}"
    return said + line_words.limits(terms, currency) + line_words.billed(terms)


def money(amount: Any, currency: str) -> str:
    """A price with every digit it has, at least the cents."""
    return line_words.money(amount, currency)


def promised(values: Mapping[str, Mapping[str, int]], hours: str) -> list[str]:
    """The promise of each priority as a sentence."""
    return [
        f"{word.capitalize()}: a first reply within {write_span(values[priority]['response'])}, "
        f"{_updated(values[priority])}"
        f"fixed within {write_span(values[priority]['resolution'])}, counted {hours}."
        for priority, word in PRIORITY_WORDS.items()
        if priority in values
    ]


def _updated(target: Mapping[str, int]) -> str:
    every = target.get("update")
    return f"then word from us within {write_span(every)}, " if every else ""


def target_words(seconds: int | None) -> str:
    """A target as people read it, also where there is none."""
    return "not promised" if seconds is None else write_span(seconds)


@dataclass(frozen=True, slots=True)
class Said:
    """What a version says, as far as two versions can differ for a reader."""

    currency: str
    lines: Sequence[tuple[str, str, Terms]]
    level: str = ""
    hours: str = ""
    targets: Mapping[str, Mapping[str, int]] | None = None
    terms: Sequence[tuple[str, str]] = ()
    coverage: Sequence[str] = ()
    credits: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is told otherwise: before, after, either of them missing."""

    before: str
    after: str


def differences(before: Said, after: Said) -> list[Difference]:
    """What a reader of the old version must learn about the new one, lines first."""
    return [
        *_line_changes(before, after),
        *_level_changes(before, after),
        *_named_changes(before.terms, after.terms),
        *_row_changes(before.coverage, after.coverage),
        *_row_changes(before.credits, after.credits),
    ]


def _named_changes(
    before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]
) -> list[Difference]:
    old, new = dict(before), dict(after)
    return [
        Difference(_named(name, old.get(name, "")), _named(name, new.get(name, "")))
        for name in dict.fromkeys([*old, *new])
        if old.get(name, "") != new.get(name, "")
    ]


def _row_changes(before: Sequence[str], after: Sequence[str]) -> list[Difference]:
    gone = [Difference(row, "") for row in before if row not in after]
    return gone + [Difference("", row) for row in after if row not in before]


def _line_changes(before: Said, after: Said) -> list[Difference]:
    old = {key: _told(name, terms, before.currency) for key, name, terms in before.lines}
    new = {key: _told(name, terms, after.currency) for key, name, terms in after.lines}
    return [
        Difference(old.get(key, ""), new.get(key, ""))
        for key in [*old, *(key for key in new if key not in old)]
        if old.get(key) != new.get(key)
    ]


def _level_changes(before: Said, after: Said) -> list[Difference]:
    found = [
        Difference(_named(what, was), _named(what, now))
        for what, was, now in (
            ("Service level", before.level, after.level),
            ("Support hours", before.hours, after.hours),
        )
        if was != now
    ]
    if before.targets and after.targets:
        for priority, promise, was, now in targets.changes(before.targets, after.targets):
            name = f"{PROMISE_WORDS[promise]}, {PRIORITY_WORDS[priority]}"
            found.append(Difference(f"{name}: {target_words(was)}", f"{name}: {target_words(now)}"))
    return found


def _told(name: str, terms: Terms, currency: str) -> str:
    return f"{name}: {sentence(terms, currency)}"


def _named(what: str, name: str) -> str:
    return f"{what}: {name}" if name else ""
