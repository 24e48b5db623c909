"""What a client is given back where a promise was missed, and how much of a fee that can be.

The base is the recurring fee of the month the promise was missed in, before tax. Everything of one
month together never passes the cap, and the cap is never more than the fee (X6).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from contracts.rules.pricing.schemes import check_price
from msp.kit.facts import Facts, InvalidFact, inside
from msp.kit.money import round_money

TARGETS = ("response", "resolution")
MOST_BANDS = 10
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Worth:
    """What one missed promise gives back: a percentage of the month's fee, or an amount."""

    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)

    def of(self, fee: Decimal) -> Decimal:
        """It in money, exactly."""
        return fee * self.percent / _HUNDRED + self.amount


@dataclass(frozen=True, slots=True)
class Band:
    """A month whose availability was below a percentage gives back so much of the fee."""

    below: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """What an agreement's version gives back. `worths` is by target, `bands` the deepest first.

    Misses count for tickets of a priority up to `lowest_priority`. A ticket that missed both its
    targets counts once, with the greater, unless `each_target` says otherwise.
    """

    worths: Mapping[str, Worth]
    bands: tuple[Band, ...] = ()
    cap_percent: Decimal = _HUNDRED
    lowest_priority: int = 5
    each_target: bool = False

    def band_of(self, available: Fraction) -> Band | None:
        """The deepest band an availability fell into, compared unrounded (S19)."""
        percent = available * 100
        return next((band for band in self.bands if percent < Fraction(band.below)), None)


@dataclass(frozen=True, slots=True)
class Miss:
    """A promise that was missed. What one `event` broke counts once: `given` is what was given
    back for the event before, for a lesser promise or in another month."""

    key: str
    event: str
    at: datetime
    worth: Worth
    given: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Credit:
    """What a miss gives back: `asked` before the cap, `given` after it, `before` it given to others
    of the same month."""

    miss: Miss
    asked: Decimal
    given: Decimal
    before: Decimal


def credited(
    terms: CreditTerms, fee: Decimal, misses: Iterable[Miss], currency: str, *,
    used: Decimal = Decimal(0),
) -> list[Credit]:  # fmt: skip
    """The credits of one month's misses in the order they happened; `used` was given before."""
    limit, spent = cap_of(terms, fee, currency), used
    found = []
    for miss in counted(terms, fee, misses):
        asked = max(worth_of(miss.worth, fee, currency) - miss.given, Decimal(0))
        given = min(asked, max(limit - spent, Decimal(0)))
        found.append(Credit(miss, asked, given, spent))
        spent += given
    return found


def counted(terms: CreditTerms, fee: Decimal, misses: Iterable[Miss]) -> list[Miss]:
    """The misses that count, each event once with what is worth most, in order."""
    best: dict[str, Miss] = {}
    for miss in sorted(misses, key=lambda one: (one.at, one.key)):
        event = miss.key if terms.each_target else miss.event
        kept = best.get(event)
        if kept is None or miss.worth.of(fee) > kept.worth.of(fee):
            best[event] = miss
    return sorted(best.values(), key=lambda one: (one.at, one.key))


def worth_of(worth: Worth, fee: Decimal, currency: str) -> Decimal:
    """What a miss is worth before the cap; nothing where there was no fee to give back."""
    return round_money(worth.of(fee), currency) if fee > 0 else Decimal(0)


def cap_of(terms: CreditTerms, fee: Decimal, currency: str) -> Decimal:
    """The most that is given back in a month, rounded so that it never passes the share."""
    share = max(fee, Decimal(0)) * terms.cap_percent / _HUNDRED
    return round_money(share, currency, rounding=ROUND_DOWN)


# -- stored and written --------------------------------------------------------------------------


def read_credits(values: object) -> CreditTerms | None:
    """The terms as they were stored; None where a version gives nothing back."""
    if not values:
        return None
    facts = Facts(values)
    worths = {target: _worth(facts, target) for target in TARGETS if facts.has(target)}
    bands = tuple(_band(at, one) for at, one in enumerate(facts.items("bands", most=MOST_BANDS)))
    terms = CreditTerms(
        worths,
        _ordered(bands),
        _percent("cap_percent", facts.decimal("cap_percent", _HUNDRED)),
        _priority(facts.whole("lowest_priority", 5)),
        facts.flag("each_target", False),
    )
    facts.done()
    if not worths and not bands:
        raise InvalidFact("response", "or another promise must give something back")
    return terms


def write_credits(terms: CreditTerms | None) -> dict[str, Any]:
    """The terms in values that JSON has."""
    if terms is None:
        return {}
    return {
        **{target: written_worth(worth) for target, worth in terms.worths.items()},
        "bands": [
            {"below": f"{one.below:f}", "percent": f"{one.percent:f}"} for one in terms.bands
        ],
        "cap_percent": f"{terms.cap_percent:f}",
        "lowest_priority": terms.lowest_priority,
        "each_target": terms.each_target,
    }


def written_worth(worth: Worth) -> dict[str, str]:
    """What a miss gives back, as it is stored: the one of the two that says something."""
    if worth.amount:
        return {"amount": f"{worth.amount:f}"}
    return {"percent": f"{worth.percent:f}"}


def read_worth(values: object) -> Worth:
    """What a miss gives back, a percentage or an amount and never both."""
    facts = Facts(values)
    worth = Worth(facts.decimal("percent", Decimal(0)), facts.decimal("amount", Decimal(0)))
    facts.done()
    if bool(worth.percent) == bool(worth.amount):
        raise InvalidFact("percent", "or an amount, one of the two, must be above 0")
    if worth.percent:
        _percent("percent", worth.percent)
    check_price("amount", worth.amount)
    return worth


def _worth(facts: Facts, target: str) -> Worth:
    with inside(target):
        return read_worth(facts.value(target))


def _band(at: int, value: object) -> Band:
    with inside(f"bands[{at}]"):
        facts = Facts(value)
        band = Band(
            _percent("below", facts.decimal("below")),
            _percent("percent", facts.decimal("percent")),
        )
        facts.done()
        return band


def _ordered(bands: Sequence[Band]) -> tuple[Band, ...]:
    """The deepest first; a deeper fall never gives back less."""
    found = tuple(sorted(bands, key=lambda one: one.below))
    for deeper, band in pairwise(found):
        if deeper.below == band.below:
            raise InvalidFact("bands", f"names {band.below.normalize():f} % twice")
        if deeper.percent < band.percent:
            said = f"{deeper.below.normalize():f} % must give back at least as much"
            raise InvalidFact("bands", f"{said} as {band.below.normalize():f} %")
    return found


def _percent(name: str, value: Decimal) -> Decimal:
    check_price(name, value)
    if not 0 < value <= _HUNDRED:
        raise InvalidFact(name, f"must be above 0 and at most 100, not {value}")
    return value


def _priority(value: int) -> int:
    if not 0 <= value <= 5:
        raise InvalidFact("lowest_priority", f"must be 0 to 5, not {value}")
    return value
