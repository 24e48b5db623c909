"""Plans over months as lines on one picture; the table beside it says the same in figures."""

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from billing.rules.plans import Cost
from msp.templatetags import drawing, wording

register = template.Library()
_WIDE, _HIGH, _LEFT, _TOP, _FOOT = 720, 220, 56, 10, 22
_STEPS = 4


@register.simple_tag
def plan_lines(costs: Sequence[Cost], currency: str) -> SafeString:
    """One line a plan from the first month to the last, from nought to the dearest month."""
    top = _ceiling(max((one.total for cost in costs for one in cost.months), default=Decimal(0)))
    drawn = [*_grid(top, currency), *_months(costs)]
    for number, cost in reversed(list(enumerate(costs, start=1))):
        points = [(_x(at, len(cost.months)), _y(one.total, top)) for at, one in
                  enumerate(cost.months)]  # fmt: skip
        drawn.append(_line(points, number))
    spoken = "; ".join(
        f"{cost.plan.name} {wording.money(cost.total, currency, whole=True)}" for cost in costs
    )
    return drawing.el(
        "svg", *drawn, class_="plans", viewBox=f"0 0 {_WIDE} {_HIGH}", role="img",
        aria_label=spoken,
    )  # fmt: skip


def _grid(top: Decimal, currency: str) -> list[str]:
    drawn = []
    for step in range(_STEPS + 1):
        amount = top * step / _STEPS
        y = _y(amount, top)
        drawn.append(drawing.el("path", d=f"M{_LEFT} {y}H{_WIDE}", class_="grid"))
        text = wording.money(amount, currency, whole=True)
        drawn.append(drawing.el("text", drawing.text(text), x=_LEFT - 6, y=y + 3, class_="y"))
    return drawn


def _months(costs: Sequence[Cost]) -> list[str]:
    months = costs[0].months if costs else ()
    every = max(1, -(-len(months) // 12))
    return [
        drawing.el(
            "text", drawing.text(f"{one.month.start:%b}"), x=_x(at, len(months)), y=_HIGH - 6,
            class_="x",
        )
        for at, one in enumerate(months)
        if at % every == 0
    ]  # fmt: skip


def _line(points: Sequence[tuple[float, float]], number: int) -> str:
    """A line, and a dot where there is only one month to join."""
    if len(points) == 1:
        return drawing.el("circle", cx=points[0][0], cy=points[0][1], r=3, data_s=number)
    joined = " ".join(f"{x},{y}" for x, y in points)
    return drawing.el("polyline", points=joined, data_s=number)


def _x(at: int, many: int) -> float:
    step = (_WIDE - _LEFT - 24) / max(1, many - 1)
    return round(_LEFT + 12 + at * step, 1)


def _y(amount: Decimal, top: Decimal) -> float:
    high = _HIGH - _TOP - _FOOT
    return round(_TOP + high - float(amount / top) * high, 1)


def _ceiling(amount: Decimal) -> Decimal:
    """The next round figure, so that the scale can be read."""
    if amount <= 0:
        return Decimal(1)
    unit = Decimal(10) ** (len(str(int(amount))) - 1)
    half = unit / 2
    return (amount // half + 1) * half
