"""What a message means by the words in it, where the sender says nothing else about it.

A backup program writes one mail for good and bad. Failure words are looked for first, then success,
then start; case counts, and a part of a word is enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

IGNORE, FAIL = "ignore", "fail"
MOST_WORDS, LONGEST_WORD = 10, 80


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a check; `otherwise` is what a message means that has none of them."""

    fail: tuple[str, ...] = ()
    ok: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    otherwise: str = IGNORE


def signal_of(words: Words, text: str) -> str:
    """`fail`, `ok`, `start`, or what is set for anything else; ignored is a log entry (A7)."""
    for signal, wanted in (("fail", words.fail), ("ok", words.ok), ("start", words.start)):
        if any(word in text for word in wanted):
            return signal
    return "fail" if words.otherwise == FAIL else "log"


def words_of(kept: Mapping[str, Any] | None) -> Words | None:
    """The words as a row keeps them; None where the check has none."""
    if not kept:
        return None
    fail, ok, start = (tuple(kept.get(name, ())) for name in ("fail", "ok", "start"))
    return Words(fail, ok, start, kept.get("otherwise", IGNORE))


def kept_words(words: Words) -> dict[str, Any] | None:
    """The words for a row; nothing where there are none."""
    named: dict[str, Sequence[str]] = {"fail": words.fail, "ok": words.ok, "start": words.start}
    kept: dict[str, Any] = {name: list(found) for name, found in named.items() if found}
    return kept | {"otherwise": words.otherwise} if kept else None
