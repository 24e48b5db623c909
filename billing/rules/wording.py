"""The arithmetic of a line in words, made from nothing but its stored trace."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from billing.rules import adjusting_words, credit_words, usage_words
from billing.rules.adjusting_words import price
from msp.kit.money import format_money
from msp.kit.periods import Period

_COUNTINGS = {
    "daily": "Counted day by day.",
    "snapshot_start": "Counted on {day}, the first day.",
    "snapshot_end": "Counted on {day}, the day after the last.",
    "peak": "Counted on {day}, the first day with most at once.",
    "adds_only": "Counted day by day; what left counts to the end.",
    "touched": "Everything that was there on any day counts.",
}
_NOUNS = {"per_device": "device", "per_user": "person", "per_licence": "seat"}


def arithmetic(trace: Mapping[str, Any], currency: str) -> list[str]:
    """How the amount came about, one sentence a step; the last one gives the amount."""
    if trace["kind"] == "once":
        return [_once(trace, currency)]
    steps = _STEPS.get(trace["kind"])
    if steps is not None:
        said = [*steps(trace, currency)]
    elif noun_of(trace["kind"]):
        said = [*_counted(trace), *_priced(trace, currency)]
    else:
        said = [*_flat(trace, currency), _sum(trace, currency)]
    return [*said, *adjusting_words.after(trace, currency)]


def _once(trace: Mapping[str, Any], currency: str) -> str:
    unit, many = Decimal(trace["unit_price"]), Decimal(trace["quantity"])
    total = format_money(Decimal(trace["amount"]), currency)
    said = f"{price(unit, currency)} \u00d7 {quantity(many)} = {total}"
    if "milestone" in trace:
        signed = f", accepted by {trace['signed']}" if trace["signed"] else ""
        return f"A milestone of {trace['project_name']}, {trace['phase']}{signed}: {said}"
    return f"Delivered once, as accepted with the quote {trace['quote']}: {said}"


def _capped(trace: Mapping[str, Any], currency: str) -> Iterator[str]:
    cap, before, worked, beyond = (
        format_money(Decimal(trace[name]), currency)
        for name in ("cap", "before", "worked", "beyond")
    )
    yield f"{trace['project_name']} comes to {cap} at most; {before} of it was billed before."
    yield f"The work on this bill comes to {worked}."
    yield f"{beyond} of it is beyond the cap and is taken off."


def noun_of(kind: str) -> str:
    """What a line of this kind counts: device, person, or nothing."""
    return _NOUNS.get(kind, "")


def unit_sum(trace: Mapping[str, Any]) -> str:
    """How many of what, and the days they make: `3 devices, 80 device-days`."""
    if trace["kind"] == "usage":
        return f"{usage_words.number(trace['used'])} {trace['measure']}"
    noun = _NOUNS[trace["kind"]]
    return f"{_many(trace['units'], noun)}, {_many(trace['counted_days'], noun + '-day')}"


def days_of(trace: Mapping[str, Any]) -> str:
    """The days that are charged: `680 device-days`, or plain days where nothing is counted."""
    noun = _NOUNS.get(trace["kind"])
    return _many(trace["unit_days"], f"{noun}-day" if noun else "day")


def quantity(amount: Decimal) -> str:
    """A quantity for reading, four places at most; the days behind it are exact."""
    rounded = round(amount, 4).normalize()
    return f"{rounded:,f}"


def _counted(trace: Mapping[str, Any]) -> Iterator[str]:
    noun = _NOUNS[trace["kind"]]
    day = trace.get("counted_on")
    yield _COUNTINGS[trace["counting"]].format(day=_day(day) if day else "")
    counted, units = trace["counted_days"], trace["units"]
    makes = "makes" if units == 1 else "make"
    yield f"{_many(units, noun)} {makes} {_many(counted, noun + '-day')}."
    if trace["included"]:
        left = counted - trace["included_days"]
        yield (
            f"{trace['included']} included: {_many(trace['included_days'], noun + '-day')}"
            f" are free, {left} are left."
        )
    if trace["minimum_days"]:
        yield (
            f"At least {trace['minimum']} are charged:"
            f" {_many(trace['minimum_days'], noun + '-day')} are added,"
            f" {trace['unit_days'] - trace.get('overridden_days', 0)} in all."
        )
    yield from _by_hand(trace, noun)


def _by_hand(trace: Mapping[str, Any], noun: str) -> Iterator[str]:
    """Numbers said by hand, and what they did to the count that stays beside them (Q7)."""
    for one in trace.get("overrides", ()):
        days = Period(date.fromisoformat(one["from"]), date.fromisoformat(one["to"]))
        yield f"{days}: {_many(one['quantity'], noun)} charged by hand, {one['reason']}."
    change = trace.get("overridden_days", 0)
    if change:
        word = "added" if change > 0 else "taken off"
        days_said = _many(abs(change), noun + "-day")
        yield f"{days_said} {word} by that, {trace['unit_days']} in all."


def _flat(trace: Mapping[str, Any], currency: str) -> Iterator[str]:
    start, end = (date.fromisoformat(text) for text in trace["service"])
    if trace["unit_days"] == trace["period_days"]:
        yield f"One amount for the whole {every_of(trace)}."
    else:
        yield f"In force {Period(start, end)}: {trace['unit_days']} of {trace['period_days']} days."
    if "hours" in trace:
        more = price(Decimal(trace["overage_rate"]), currency)
        hours = f"{Decimal(trace['hours']).normalize():f}"
        yield f"{hours} hours are in it; each one more costs {more}."


def _worked(trace: Mapping[str, Any], currency: str) -> Iterator[str]:
    """Work on a line: how long, what it counts as, and what that costs."""
    if trace["outcome"] == "voided":
        yield from _voided(trace, currency)
        return
    many, minutes = trace["entries"], Decimal(trace["minutes"])
    times, rate = Decimal(trace["multiplier"]), Decimal(trace["rate"])
    yield f"{many} {'entry' if many == 1 else 'entries'} of work, {_hours(trace['seconds'])} h."
    if trace["outcome"] in ("included", "no_charge", "stopped"):
        yield "Nothing is charged for it."
        return
    if trace["outcome"] == "drawn":
        yield f"It counts {quantity(minutes / 60)} h and was taken from what was paid ahead."
        return
    if times != 1:
        yield f"Each hour counts {times.normalize():f} times."
    counted = quantity(minutes / 60)
    total = format_money(Decimal(trace["amount"]), currency)
    yield f"{price(rate, currency)} × {counted} h = {total}"


def _voided(trace: Mapping[str, Any], currency: str) -> Iterator[str]:
    """Work that was on an earlier bill and should not have been."""
    for one in trace["voided"]:
        took = _hours(one["seconds"])
        yield f"{took} h of {one['person']} on {_day(one['on'])} was wrong: {one['why']}."
    was, right = Decimal(trace["was"]), Decimal(trace["right"])
    if "of_block" in trace:
        back = format_money(Decimal(trace["of_block"]), currency)
        yield f"It was taken from hours whose rest was given back since: {back} is given back."
        return
    if was == right:
        yield "Nothing was charged for it; what was drawn may be drawn again."
        return
    yield (
        f"{format_money(was, currency)} was charged on {trace['bill']},"
        f" {format_money(right, currency)} is right."
    )
    if "cap" in trace:
        worked, cap = (Decimal(trace[name]) for name in ("worked", "cap"))
        yield (
            f"The right work of the project comes to {format_money(worked, currency)}, its cap is"
            f" {format_money(cap, currency)}, {format_money(Decimal(trace['before']), currency)}"
            " of it was charged."
        )
    yield f"{format_money(-Decimal(trace['amount']), currency)} is given back."


def _bought(trace: Mapping[str, Any], currency: str) -> Iterator[str]:
    hours = f"{Decimal(trace['hours']).normalize():f}"
    if "refund" in trace:
        left, each = Decimal(trace["refund"]["hours"]), Decimal(trace["refund"]["rate"])
        yield f"{hours} hours were bought, {quantity(left)} of them are left."
        yield f"{price(round(each, 6), currency)} × {quantity(left)} h is given back."
        return
    yield f"{hours} hours bought on {_day(trace['bought_on'])}."
    if trace["expires_on"]:
        yield f"They can be used until {_day(trace['expires_on'])}."
    yield f"That makes {format_money(Decimal(trace['amount']), currency)}."


def _hours(seconds: int) -> str:
    return quantity(Decimal(seconds) / 3600)


def every_of(trace: Mapping[str, Any]) -> str:
    """The period a price is for: month, quarter or year."""
    terms: Mapping[str, Any] = trace.get("terms", {})
    return str(terms.get("every", "month"))


def _priced(trace: Mapping[str, Any], currency: str) -> Iterator[str]:
    """The price of what is charged: by one rate, or by what each day's count costs in tiers."""
    if "steps" not in trace:
        yield _sum(trace, currency)
        return
    noun, whole = _NOUNS[trace["kind"]], trace["period_days"]
    costs: dict[int, tuple[int, str]] = {}
    for many, days, cost in trace["steps"]:
        costs[many] = (costs.get(many, (0, ""))[0] + days, cost)
    for many, (days, cost) in costs.items():
        said = f"{_many(many, noun)} cost {price(Decimal(cost), currency)} by the tiers"
        yield said + (f", on {days} of {whole} days." if len(costs) > 1 or days != whole else ".")
    rated = Decimal(trace.get("rated", trace["amount"]))
    yield f"Together {format_money(rated, currency)}."


def _sum(trace: Mapping[str, Any], currency: str) -> str:
    unit, amount = Decimal(trace["unit_price"]), Decimal(trace.get("rated", trace["amount"]))
    days, whole = trace["unit_days"], trace["period_days"]
    total = format_money(amount, currency)
    if days == whole:
        return f"{price(unit, currency)} \u00d7 1 = {total}"
    if days % whole == 0:
        return f"{price(unit, currency)} \u00d7 {days // whole} = {total}"
    return f"{price(unit, currency)} \u00d7 {days} \u00f7 {whole} days = {total}"


def _many(count: int, noun: str) -> str:
    plural = "people" if noun == "person" else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"


_STEPS: dict[str, Callable[[Mapping[str, Any], str], Iterable[str]]] = {
    "percentage": adjusting_words.steps,
    "discount": adjusting_words.steps,
    "commitment": adjusting_words.steps,
    "credit": credit_words.steps,
    "time": _worked,
    "usage": usage_words.steps,
    "block": _bought,
    "cap": _capped,
}
