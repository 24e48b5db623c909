"""What people write, made safe to show."""

from msp.kit.prose import html_of

__all__ = ["LONGEST", "html_of", "one_line"]

LONGEST = 50_000


def one_line(text: str, longest: int = 200) -> str:
    """A text on one line, cut at a word where it is too long."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rsplit(" ", 1)[0] or cut) + "…"
