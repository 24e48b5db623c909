"""A support calendar's year as a picture: one small drawing for each month, so that they reflow.

A day's kind is told by its shape as well as its colour, and by words for who sees neither.
"""

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from contracts.rules.year import WORDS, Day, Kind, Month, Year, in_words
from msp.templatetags.drawing import el, text

register = template.Library()

_CELL, _BOX = 14, 12


@register.simple_tag
def year_picture(year: Year) -> SafeString:
    """Twelve months, each with a title for every day."""
    return mark_safe("".join(_month(one, year.number) for one in year.months))  # noqa: S308


@register.simple_tag
def year_legend(year: Year) -> SafeString:
    """What each shape means, and how many days are so."""
    counts = year.counts
    keys = [
        el("li", _sample(kind), text(f"{WORDS[kind]} {counts[kind]}"))
        for kind in Kind
        if counts[kind]
    ]
    return el("ul", *keys, class_="yr__l")


@register.filter
def in_brief(year: Year) -> str:
    return in_words(year.counts)


def _month(month: Month, year: int) -> SafeString:
    name = f"{_(month.name)} {year}: {in_words(month.counts)}"
    drawn = el(
        "svg",
        *(_cell(month, day) for day in month.days),
        class_="yr__m",
        viewBox=f"-1 -1 {7 * _CELL} {6 * _CELL}",
        role="img",
        aria_label=name,
    )
    head = el("figcaption", text(_(month.name)[:3]))
    return el("figure", head, drawn)


def _cell(month: Month, day: Day) -> SafeString:
    place = month.indent + day.day.day - 1
    row, column = divmod(place, 7)
    x, y = column * _CELL, row * _CELL
    told = f"{day.day:%a, %b} {day.day.day}: {day.words}"
    return el("g", el("title", text(told)), *_shape(day.kind, x, y), data_k=str(day.kind))


def _sample(kind: Kind) -> SafeString:
    return el(
        "svg", el("g", *_shape(kind, 0, 0), data_k=str(kind)), class_="yr__k",
        viewBox=f"-1 -1 {_BOX + 2} {_BOX + 2}", aria_hidden="true",
    )  # fmt: skip


def _shape(kind: Kind, x: int, y: int) -> list[SafeString]:
    """A whole box is open, a half one short, a tall one extra; a holiday is crossed out."""
    box = el("rect", x=x, y=y, width=_BOX, height=_BOX, rx=2, class_="box")
    if kind is Kind.SHORT:
        half = _BOX // 2
        return [box, el("rect", x=x, y=y + half, width=_BOX, height=half, rx=1, class_="part")]
    if kind is Kind.EXTRA:
        return [box, el("path", d=f"M{x + 6} {y + 2.5}v7M{x + 2.5} {y + 6}h7", class_="mark")]
    if kind is Kind.HOLIDAY:
        return [box, el("path", d=f"M{x + 3} {y + 3}l6 6M{x + 9} {y + 3}l-6 6", class_="mark")]
    return [box]
