"""In words: what follows from other lines, and what was done to an amount after it was rated."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from msp.kit.money import format_money, round_money


def price(unit: Decimal, currency: str) -> str:
    """A unit price with every digit it was agreed in, however fine."""
    written = format_money(unit, currency)
    return written if unit == round_money(unit, currency) else f"{unit.normalize():f} {currency}"


def steps(trace: Mapping[str, Any], currency: str) -> list[str]:
    """A line that follows from the others, one sentence a step."""
    base, amount = Decimal(trace["base"]), Decimal(trace["amount"])
    others = f"The agreement's other lines come to {format_money(base, currency)}."
    told = {"percentage": _percentage, "discount": _reduction, "commitment": _commitment}
    return [others, *told[trace["kind"]](trace, currency), _equals(amount, currency)]


def after(trace: Mapping[str, Any], currency: str) -> Iterator[str]:
    """What came after the rating: the rest to a commitment, what was billed before, the parts."""
    if Decimal(trace.get("commit_added", 0)):
        commit = price(Decimal(trace["commit"]), currency)
        added = format_money(Decimal(trace["commit_added"]), currency)
        whole = trace["service"] == trace["period"]
        share = "" if whole else ", of which the days in force count"
        yield f"At least {commit} is committed{share}: {added} is added."
        yield _equals(Decimal(trace["amount"]), currency)
    if "billed" in trace:
        billed, settled = Decimal(trace["billed"]), Decimal(trace["settled"])
        if "corrects" in trace:
            yield f"{format_money(billed, currency)} was billed, as it was known then."
            yield from trace["corrects"]
        else:
            yield f"{format_money(billed, currency)} of it was billed in advance."
        word = "still owed" if settled > 0 else "given back"
        yield f"{format_money(abs(settled), currency)} is {word}."
    for part in trace.get("split", ()):
        yield f"{format_money(Decimal(part['amount']), currency)} of it is {part['name']}."


def _percentage(trace: Mapping[str, Any], currency: str) -> Iterator[str]:
    yield f"{_plain(trace['percent'])} % of that is charged."
    if Decimal(trace["least"]):
        yield f"It is at least {price(Decimal(trace['least']), currency)}."
    if "most" in trace:
        yield f"It is at most {price(Decimal(trace['most']), currency)}."


def _reduction(trace: Mapping[str, Any], currency: str) -> Iterator[str]:
    by_percent, fixed = (Decimal(text) for text in trace["taken"])
    if Decimal(trace["percent"]):
        yield f"{_plain(trace['percent'])} % off takes {format_money(by_percent, currency)}."
    if Decimal(trace["off"]):
        yield f"Then {format_money(fixed, currency)} is taken off."


def _commitment(trace: Mapping[str, Any], currency: str) -> Iterator[str]:
    days, whole = trace["unit_days"], trace["period_days"]
    commit = price(Decimal(trace["commit"]), currency)
    share = "" if days == whole else f", {days} of {whole} days"
    yield f"At least {commit} is committed{share}."


def _equals(amount: Decimal, currency: str) -> str:
    return f"That makes {format_money(amount, currency)}."


def _plain(text: str) -> str:
    return f"{Decimal(text).normalize():f}"
