"""The picture of a project, a bar for each phase, drawn here so that it needs no script."""

from datetime import date

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from msp.kit.periods import anchored
from tickets.projects.queries import Part, Standing

register = template.Library()

WIDTH, LEFT, ROW, TOP = 720, 170, 34, 26
MOST_MONTHS = 14
_WORDS = {"planned": "to do", "late": "late", "done": "done", "accepted": "accepted"}


@register.simple_tag
def project_picture(told: Standing) -> SafeString | str:
    """The phases over time with what is done of them, and today; nothing where there are none."""
    if not told.parts:
        return ""
    begins, ends = told.parts[0].stretch.starts_on, told.parts[-1].stretch.ends_on
    height = TOP + ROW * len(told.parts) + 4
    said = "; ".join(
        f"{one.stretch.name}: {one.stretch.starts_on:%B %d, %Y} to {one.stretch.ends_on:%B %d, %Y},"
        f" {one.stretch.done} of {one.stretch.steps} done, {_WORDS[one.stretch.state]}"
        for one in told.parts
    )
    return format_html(
        '<svg class="pj" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        WIDTH, height, said, _months(begins, ends, height),
        format_html_join("", "{}", ((_bar(at, one, begins, ends),)
                                    for at, one in enumerate(told.parts))),
        _today(told.today, begins, ends, height),
    )  # fmt: skip


def _place(day: date, begins: date, ends: date) -> float:
    whole = (ends - begins).days or 1
    return round(LEFT + (WIDTH - LEFT - 8) * (day - begins).days / whole, 1)


def _months(begins: date, ends: date, height: int) -> SafeString:
    first = begins.replace(day=1)
    count = (ends.year - first.year) * 12 + ends.month - first.month + 1
    step = max(1, -(-count // MOST_MONTHS))
    days = [anchored(first, number) for number in range(0, count, step)]
    marks = [(day, max(LEFT, _place(day, begins, ends))) for day in days if day < ends]
    return format_html_join(
        "",
        '<line class="pj__t" x1="{}" x2="{}" y1="18" y2="{}"></line>'
        '<text class="pj__m" x="{}" y="12">{}</text>',
        [(at, at, height, at + 2, f"{day:%b}" + (f" {day:%y}" if day.month == 1 else ""))
         for day, at in marks],
    )  # fmt: skip


def _bar(number: int, part: Part, begins: date, ends: date) -> SafeString:
    """The phase as long as it is, filled as far as its milestones are done, a mark for each."""
    one = part.stretch
    start, end = _place(one.starts_on, begins, ends), _place(one.ends_on, begins, ends)
    top, long = TOP + ROW * number, max(4, end - start)
    name = one.name if len(one.name) <= 24 else f"{one.name[:23]}…"
    filled = round(long * one.done / one.steps, 1) if one.steps else 0
    marks = [
        (row.state, _place(row.milestone.due_on, begins, ends), top + 12)
        for row in part.rows
        if row.milestone.due_on and begins <= row.milestone.due_on <= ends
    ]
    return format_html(
        '<text class="pj__n" x="0" y="{}">{}</text>'
        '<rect class="pj__b" x="{}" y="{}" width="{}" height="24" rx="4"></rect>'
        '<rect class="pj__d" data-s="{}" x="{}" y="{}" width="{}" height="24" rx="4"></rect>{}',
        top + 17, name, start, top, long, one.state, start, top, filled,
        format_html_join("", '<circle class="pj__p" data-s="{}" cx="{}" cy="{}" r="4"></circle>',
                         marks),
    )  # fmt: skip


def _today(today: date, begins: date, ends: date, height: int) -> SafeString | str:
    if not begins <= today <= ends:
        return ""
    at = _place(today, begins, ends)
    return format_html(
        '<line class="pj__now" x1="{}" x2="{}" y1="16" y2="{}"></line>', at, at, height
    )
