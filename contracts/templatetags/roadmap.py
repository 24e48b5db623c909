"""The picture of a plan: one bar a phase over the months, drawn here so that it needs no script."""

from collections.abc import Sequence
from datetime import date

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from contracts.queries.roadmaps import Stage
from msp.kit.periods import anchored

register = template.Library()

WIDTH, LEFT, ROW, TOP = 720, 190, 34, 26
MOST_MONTHS = 14


@register.simple_tag
def phases_picture(stages: Sequence[Stage]) -> SafeString | str:
    """The phases over time; nothing where there are none. Its table says the same in words."""
    if not stages:
        return ""
    begins, ends = stages[0].phase.starts_on, stages[-1].phase.ends_on
    height = TOP + ROW * len(stages) + 4
    said = "; ".join(
        f"{one.phase.name}: {one.phase.starts_on:%B %d, %Y}, {one.phase.weeks} weeks"
        for one in stages
    )
    return format_html(
        '<svg class="rmap" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        WIDTH, height, said, _months(begins, ends, height), _bars(stages, begins, ends),
    )  # fmt: skip


def _place(day: date, begins: date, ends: date) -> float:
    whole = (ends - begins).days or 1
    return round(LEFT + (WIDTH - LEFT - 4) * (day - begins).days / whole, 1)


def _months(begins: date, ends: date, height: int) -> SafeString:
    first = begins.replace(day=1)
    count = (ends.year - first.year) * 12 + ends.month - first.month + 1
    step = max(1, -(-count // MOST_MONTHS))
    days = [anchored(first, number) for number in range(0, count, step)]
    marks = [(day, max(LEFT, _place(day, begins, ends))) for day in days if day < ends]
    return format_html_join(
        "",
        '<line class="rmap__t" x1="{}" x2="{}" y1="18" y2="{}"></line>'
        '<text class="rmap__m" x="{}" y="12">{}</text>',
        [(at, at, height, at + 2, f"{day:%b}" + (f" {day:%y}" if day.month == 1 else ""))
         for day, at in marks],
    )  # fmt: skip


def _bars(stages: Sequence[Stage], begins: date, ends: date) -> SafeString:
    rows = []
    for number, one in enumerate(stages):
        start, end = (_place(day, begins, ends) for day in (one.phase.starts_on, one.phase.ends_on))
        top = TOP + ROW * number
        name = one.phase.name if len(one.phase.name) <= 26 else f"{one.phase.name[:25]}…"
        rows.append(
            (top + 17, f"{number + 1}. {name}", number % 4 + 1, start, top, max(4, end - start))
        )
    return format_html_join(
        "",
        '<text class="rmap__n" x="0" y="{}">{}</text>'
        '<rect class="rmap__b" data-s="{}" x="{}" y="{}" width="{}" height="24" rx="4"></rect>',
        rows,
    )
