"""Which of several prices holds, with the reason (T10): the narrowest that is dated for the day.

There is no price by default. One that is missing, or stands in another currency only, is an error
and never 0.00.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

# From the narrowest to the widest.
SOURCES = ("override", "line", "client list", "list")
_SAID = {
    "override": "typed in for this entry",
    "line": "the agreement line says so",
    "client list": 'the client\'s price list "{name}"',
    "list": 'the price list "{name}"',
}


class NoPrice(ValueError):
    """Nothing says what it costs on that day in that currency."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A price somebody wrote down; `ends_on` is the first day it no longer holds."""

    source: str
    amount: Decimal
    currency: str
    name: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    price_id: int | None = None

    def holds(self, day: date) -> bool:
        """Whether it is in effect on the date."""
        begun = self.starts_on is None or self.starts_on <= day
        return begun and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True, slots=True)
class Priced:
    """The price that holds and the sentence that says why."""

    offered: Offered
    reason: str


def pick_price(offers: Iterable[Offered], *, currency: str, day: date, what: str) -> Priced:
    """The price of the day: entry override, then line, then client's list, then catalogue."""
    written = list(offers)
    fitting = [one for one in written if one.currency == currency and one.holds(day)]
    if not fitting:
        raise NoPrice(_missing(written, currency, day, what))
    first = min(fitting, key=lambda one: (SOURCES.index(one.source), -_age(one)))
    return Priced(first, f"{first.amount.normalize():f} {currency}: {_said(first)}.")


def _said(offer: Offered) -> str:
    since = f" since {offer.starts_on}" if offer.starts_on else ""
    return _SAID[offer.source].format(name=offer.name) + since


def _missing(offers: Sequence[Offered], currency: str, day: date, what: str) -> str:
    elsewhere = sorted({one.currency for one in offers} - {currency})
    said = f"{what} has no price in {currency} on {day}."
    coming = [one for one in offers if one.currency == currency and one.starts_on]
    later = min((one.starts_on for one in coming if one.starts_on and one.starts_on > day),
                default=None)  # fmt: skip
    if later:
        return f"{said} The first begins on {later}."
    over = max((one.ends_on for one in coming if one.ends_on and one.ends_on <= day), default=None)
    if over:
        return f"{said} The last one ended on {over - timedelta(days=1)}."
    if elsewhere:
        return f"{said} There is one in {' and '.join(elsewhere)}, which is not converted."
    return said


def _age(offer: Offered) -> int:
    return (offer.starts_on or date.min).toordinal()
