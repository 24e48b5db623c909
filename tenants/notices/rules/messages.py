"""What a message to a person says: one alert in full, several as a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from tenants.notices.rules.grouping import END

MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One alert as words, with the address to open."""

    reason: str
    text: str
    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class Message:
    """A subject and a text, for mail and for any channel."""

    subject: str
    text: str


def composed(lines: Sequence[Line], msp: str) -> Message:
    """The message; what there is no room for is counted."""
    if len(lines) == 1:
        one = lines[0]
        text = "\n".join(filter(None, (one.text, one.url)))
        return Message(f"{one.reason}: {one.text}"[:200], f"{one.reason}\n\n{text}\n\n{msp}\n")
    over = sum(one.kind == END for one in lines)
    said = [f"{count} {word}" for count, word in ((len(lines) - over, "alerts"), (over, "over"))
            if count]  # fmt: skip
    body = [f"- {one.reason}: {one.text} {one.url}".rstrip() for one in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        body.append(f"and {len(lines) - MOST_LINES} more, in your inbox")
    return Message(f"{', '.join(said)} at {msp}"[:200], "\n".join(body) + f"\n\n{msp}\n")
