"""Lengths of support time as people write and read them: `15 min`, `4 h`, `1 h 30 min`.

There are no days: a day of support hours is as long as the calendar makes it.
"""

import re

_PART = re.compile(r"(\d{1,5})\s*(hours?|h|minutes?|min|m)", re.IGNORECASE | re.ASCII)


class NotASpan(ValueError):
    """The text is not a length of time."""


def read_span(text: str) -> int:
    """The seconds of `1 h 30 min`; what cannot be read is refused with an example."""
    rest, seconds = text.strip(), 0
    while rest:
        part = _PART.match(rest)
        if part is None:
            break
        seconds += int(part[1]) * (3600 if part[2][0] in "hH" else 60)
        rest = rest[part.end() :].strip()
    if rest or not seconds:
        raise NotASpan(f"{text!r:.60} is not a time like 30 min, 4 h or 1 h 30 min")
    return seconds


def write_span(seconds: int) -> str:
    """The seconds in hours and minutes."""
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    parts = [f"{hours} h"] if hours else []
    if minutes or not hours:
        parts.append(f"{minutes} min")
    return " ".join(parts)
