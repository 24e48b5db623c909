"""The comparison of plans on paper, for the table it is decided at."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.queries.plans import Comparison
from billing.rules.plans import Cost
from billing.rules.wording import quantity
from msp.kit import papers
from msp.kit.money import format_money
from msp.kit.periods import local_date
from tenants.context import current


def render(found: Comparison, at: datetime) -> bytes:
    """The PDF, as of when it was asked for."""
    return papers.render("billing/papers/plans.typ", document(found, at), stamp=at)


def document(found: Comparison, at: datetime) -> dict[str, Any]:
    """What is printed: totals as bars, months as a table, what is in and out, what is assumed."""
    top = max((cost.total for cost in found.costs), default=Decimal(0)) or Decimal(1)
    first, last = found.months[0], found.months[-1]
    return {
        "title": f"Plans compared for {found.client.name}",
        "seller": current().name,
        "client": found.client.name,
        "period": str(first) if first == last else f"{first} to {last}",
        "made": f"{local_date(at, found.client.zone)}",
        "currency": found.currency,
        "plans": [_plan(cost, top, found.currency) for cost in found.costs],
        "months": [f"{month.start:%b %y}" for month in found.months],
        "assumed": _assumed(found),
    }


def _plan(cost: Cost, top: Decimal, currency: str) -> dict[str, Any]:
    return {
        "name": cost.plan.name,
        "total": format_money(cost.total, currency),
        "share": float(max(Decimal(0), cost.total) / top),
        "months": [format_money(one.total, currency) for one in cost.months],
        "is_in": ", ".join(cost.plan.is_in),
        "is_out": ", ".join(cost.plan.is_out),
        "notes": list(cost.plan.notes),
    }


def _assumed(found: Comparison) -> list[str]:
    said, labour = found.assumed, found.assumed.labour
    own = format_money(said.own_rate, found.currency)
    return [
        f"An hour costs {format_money(labour.rate, found.currency)}, at least {labour.minimum} "
        f"minutes, in steps of {labour.step}, {labour.after.normalize():f} times after hours.",
        f"A block of {quantity(said.block_hours)} hours costs "
        f"{format_money(said.block_price, found.currency)}, bought when the last is used up.",
        f"An hour of the client's own IT costs {own}.",
        "Monthly fees pay for work after hours too."
        if said.nights
        else "Work after hours is charged by the hour in every plan.",
        "Projects and training are charged by the hour in every plan.",
        "Work, devices and people are those of these months, prices those of today. Before tax.",
    ]
