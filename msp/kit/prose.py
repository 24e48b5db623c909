"""What people write in Markdown, made safe to show and ready to print.

Two walls: the reader makes no HTML but its own, and the cleaner lets only a short list of harmless
tags through. Pictures are refused, because fetching one tells a stranger who read what and when;
headings, because a text is not a chapter of the page it stands on.
"""

from dataclasses import dataclass
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

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
    """A Markdown text as HTML that is safe on any page."""
    return nh3.clean(
        _READER.render(body),
        tags=_TAGS,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


@dataclass
class _Place:
    """Where in a text the reading is: inside how many lists, and what stands before the next."""

    depth: int = 0
    mark: str = ""


def blocks_of(body: str) -> list[dict[str, Any]]:
    """The same text for paper: paragraphs as runs of words, each plain, strong or emphasised.

    A block is `{"mark", "depth", "runs"}`; an item of a list has a mark and how deep it stands.
    """
    found: list[dict[str, Any]] = []
    place = _Place()
    counters: list[int] = []
    for token in _READER.parse(body):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            counters.append(
                0 if token.type == "bullet_list_open" else int(token.attrGet("start") or 1)
            )
            place.depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            counters.pop()
            place.depth -= 1
        elif token.type == "list_item_open":
            place.mark = f"{counters[-1]}." if counters[-1] else "•"
            counters[-1] += 1 if counters[-1] else 0
        elif token.type == "inline":
            runs = _runs(token.children or [])
            found.append({"mark": place.mark, "depth": place.depth, "runs": runs})
            place.mark = ""
        elif token.type in ("fence", "code_block"):
            runs = [{"text": token.content.rstrip("\n"), "strong": False, "em": False}]
            found.append({"mark": "", "depth": place.depth, "runs": runs})
    return found


def _runs(tokens: list[Token]) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = []
    strong = em = 0
    for token in tokens:
        step = {"_open": 1, "_close": -1}.get(token.type[token.type.find("_") :], 0)
        strong += step if token.type.startswith("strong") else 0
        em += step if token.type.startswith("em") else 0
        text = "\n" if token.type in ("softbreak", "hardbreak") else token.content
        if text and not step:
            runs.append({"text": text, "strong": strong > 0, "em": em > 0})
    return runs
