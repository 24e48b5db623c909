"""What people write, made safe to show.

Two walls: the Markdown reader makes no HTML but its own, and the cleaner lets only a short list of
harmless tags through. Pictures are refused, because fetching one tells a stranger who read what
and when; headings, because a message is not a chapter of the page it stands on.
"""

import nh3
from markdown_it import MarkdownIt

LONGEST = 50_000

_READER = MarkdownIt("js-default", {"html": False, "breaks": True}).disable(
    ["heading", "lheading", "image", "table"]
)
_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "ul",
}
_SCHEMES = {"http", "https", "mailto", "tel"}


def html_of(body: str) -> str:
    """The Markdown of a message as HTML that is safe on any page."""
    return nh3.clean(
        _READER.render(body),
        tags=_TAGS,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def one_line(text: str, longest: int = 200) -> str:
    """A text on one line, cut at a word where it is too long."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rsplit(" ", 1)[0] or cut) + "…"
