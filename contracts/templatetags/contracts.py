from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_datetime, format_time
from django import template

from contracts.rules import words
from contracts.rules.spans import write_span
from contracts.rules.terms import Terms
from msp.templatetags.wording import locale

register = template.Library()


@register.simple_tag
def counts(terms: Terms) -> str:
    """What a line counts, in a few words."""
    return words.counts(terms)


@register.simple_tag
def price(amount: Decimal, currency: str) -> str:
    """A rate with every digit it has."""
    return words.money(amount, currency)


@register.filter
def plain(amount: Decimal) -> str:
    """A count without an exponent."""
    return f"{amount:f}"


@register.filter
def critical(targets: dict[str, Any]) -> str:
    """The promise for the most urgent tickets: reply, fix."""
    target = targets["1"]
    return f"{write_span(target['response'])}, {write_span(target['resolution'])}"


@register.simple_tag
def priority_word(number: int) -> str:
    return words.PRIORITY_WORDS[str(number)].capitalize()


@register.simple_tag
def wall(at: datetime) -> str:
    """An instant on the wall clock it already carries, with the name of that clock's zone."""
    text = format_datetime(at, "EEE, MMM d, h:mm a", tzinfo=at.tzinfo, locale=locale())
    return f"{text} {at.tzname()}"


@register.simple_tag
def wall_short(at: datetime) -> str:
    """The same without the zone, where it is said once for all."""
    return format_datetime(at, "EEE, MMM d, h:mm a", tzinfo=at.tzinfo, locale=locale())


@register.simple_tag
def clock(at: datetime) -> str:
    """The hour of an instant on the wall clock it already carries."""
    return format_time(at, "short", tzinfo=at.tzinfo, locale=locale())


_EVERY = {"once": "once", "month": "a month", "quarter": "a quarter", "year": "a year"}


@register.simple_tag
def every(rhythm: str) -> str:
    """How often an amount of a quote is paid."""
    return _EVERY[rhythm]


@register.filter
def at(values: dict[str, Any], key: str) -> Any:
    """What stands in a mapping under a key; nothing where there is none."""
    return values.get(key)


@register.filter
def span(seconds: int | None) -> str:
    """A target in hours and minutes."""
    return write_span(seconds) if seconds else "\u2013"


@register.filter
def figure(figures: list[tuple[str, Any]], prefix: str) -> Any:
    """What a line of the draft would bill, if it can be read."""
    return dict(figures).get(prefix)
