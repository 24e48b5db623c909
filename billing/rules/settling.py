"""What was billed ahead, brought to what it comes to by now."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from contracts.rules.rating import RatedLine


def settled(line: RatedLine, billed: Decimal, key: str) -> RatedLine | None:
    """The recount less what was billed, with the recount in its trace; None where it is nothing."""
    change = line.amount - billed
    if not change:
        return None
    said = {
        "settles": key,
        "amount": f"{line.amount:f}",
        "billed": f"{billed:f}",
        "settled": f"{change:f}",
    }
    return replace(
        line,
        description_key="settled",
        quantity=Decimal(1),
        unit_price=change,
        amount=change,
        trace=line.trace | said,
    )


def withdrawn(trace: Mapping[str, Any], billed: Decimal, key: str) -> RatedLine | None:
    """All of what was billed given back, because its terms were replaced before they began."""
    if not billed:
        return None
    said = {
        "kind": trace["kind"],
        "period": trace["period"],
        "service": trace["service"],
        "period_days": trace["period_days"],
        "unit_days": trace["unit_days"],
        "unit_price": trace["unit_price"],
        "settles": key,
        "withdrawn": True,
        "amount": "0.00",
        "billed": f"{billed:f}",
        "settled": f"{-billed:f}",
    }
    return RatedLine("withdrawn", Decimal(1), -billed, -billed, said)
