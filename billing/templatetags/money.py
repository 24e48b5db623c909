"""Small pictures and words of bills."""

from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from billing.queries.evidence import Counted
from billing.rules import wording
from msp.kit.periods import Period
from msp.templatetags import drawing

register = template.Library()
_CELL, _GAP, _HIGH = 9, 1, 14


@register.simple_tag
def day_cells(unit: Counted, period: Period) -> SafeString:
    """A month of one unit: a cell for each day, filled where it counted."""
    counted = {
        (stretch.start - period.start).days + offset
        for stretch in unit.stretches
        for offset in range(stretch.days)
    }
    told = ", ".join(str(stretch) for stretch in unit.stretches)
    return _picture(
        period,
        drawing.el("path", class_="day", d=_path(set(range(period.days)) - counted)),
        drawing.el("path", class_="day day--on", d=_path(counted)),
        label=told,
    )


@register.simple_tag
def day_ruler(period: Period) -> SafeString:
    """The numbers of the days above the cells, every seventh."""
    marks = [
        drawing.el("text", drawing.text(day + period.start.day), x=day * _CELL, y=11)
        for day in range(0, period.days, 7)
    ]
    return _picture(period, *marks, label="")


@register.filter
def quantity(amount: object) -> str:
    """How many, without digits that say nothing."""
    return wording.quantity(Decimal(str(amount)))


@register.filter
def words(name: object) -> str:
    """A class as people say it: access point."""
    return str(name).replace("_", " ").capitalize()


def _path(days: set[int]) -> str:
    """One square for each day, as a single path."""
    side = _CELL - _GAP
    return "".join(f"M{day * _CELL} 0h{side}v{_HIGH}h-{side}z" for day in sorted(days))


def _picture(period: Period, *inside: str, label: str) -> SafeString:
    voice = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    width = period.days * _CELL - _GAP
    return drawing.el(
        "svg", *inside, class_="days", viewBox=f"0 0 {width} {_HIGH}", width=width, height=_HIGH,
        **voice,
    )  # fmt: skip
