"""What was billed ahead, brought to what it comes to by now."""

from collections.abc import Mapping, Sequence
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


def corrected(line: RatedLine, billed: Decimal, key: str, said: Sequence[str]) -> RatedLine | None:
    """The recount of a month that was issued less what it came to; None where it is nothing.

    `said` is what was learned, in words.
    """
    change = settled(line, billed, key)
    if change is None:
        return None
    return replace(
        change, description_key="corrected", trace=change.trace | {"corrects": list(said)}
    )


MOST_LEARNED = 20


def learned(before: Sequence[tuple[str, int]], after: Sequence[tuple[str, int]]) -> list[str]:
    """Which units count for other days than were billed, one sentence each."""
    was, now = dict(before), dict(after)
    said = [
        f"{name} counts {_days(now.get(name, 0))} instead of {was.get(name, 0)}."
        for name in sorted({*was, *now})
        if was.get(name, 0) != now.get(name, 0)
    ]
    if len(said) > MOST_LEARNED:
        said = [*said[:MOST_LEARNED], f"And {len(said) - MOST_LEARNED} more."]
    return said


def read_anew(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], measure: str
) -> list[str]:
    """Which meters used another amount than was billed, one sentence each."""
    was, now = _used(before), _used(after)
    said = [
        f"{name} used {now.get(name, Decimal(0)).normalize():f} {measure}"
        f" instead of {was.get(name, Decimal(0)).normalize():f}."
        for name in sorted({*was, *now})
        if was.get(name, 0) != now.get(name, 0)
    ]
    return said[:MOST_LEARNED]


def _used(meters: Sequence[Mapping[str, Any]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for one in meters:
        found[one["name"]] = found.get(one["name"], Decimal(0)) + Decimal(one["used"])
    return found


def _days(many: int) -> str:
    return f"{many} day" if many == 1 else f"{many} days"


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
