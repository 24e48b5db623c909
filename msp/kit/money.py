"""The only place where an amount is rounded.

Amounts are Decimal and are rounded once, where a line is made, half away from zero, to what the
currency can pay. Unit prices keep every digit they were given.
"""

import re
from collections.abc import Sequence
from copy import copy
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from math import floor

from babel import Locale
from babel.numbers import NumberPattern, list_currencies

MINUS = "\u2212"
_CODE_BEFORE_FIGURE = re.compile(r"(?<=[A-Z]{3})(?=\d)")

# ISO 4217 where it differs from two places. Babel follows CLDR, which prefers habit to the norm.
# fmt: off
_NO_PLACES = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
    "VND", "VUV", "XAF", "XOF", "XPF",
)
_THREE_PLACES = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_FOUR_PLACES = ("CLF", "UYW")
# fmt: on
_PLACES = (
    dict.fromkeys(_NO_PLACES, 0) | dict.fromkeys(_THREE_PLACES, 3) | dict.fromkeys(_FOUR_PLACES, 4)
)


@lru_cache(maxsize=512)
def minor_units(currency: str) -> int:
    """How many decimal places the currency is paid in: 2 for USD, 0 for JPY, 3 for KWD."""
    if currency not in _known_currencies():
        raise ValueError(f"currency: {currency!r} is not an ISO 4217 code")
    return _PLACES.get(currency, 2)


@lru_cache(maxsize=1)
def _known_currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def round_money(
    amount: Decimal, currency: str = "USD", *, rounding: str = ROUND_HALF_UP
) -> Decimal:
    """The amount as the currency can pay it; half goes away from zero unless told otherwise."""
    step = Decimal(1).scaleb(-minor_units(currency))
    with localcontext() as context:
        context.prec = 60
        rounded = amount.quantize(step, rounding=rounding)
    return rounded if rounded else abs(rounded)


def round_price(price: Decimal, places: int) -> Decimal:
    """A unit price to so many places, half up: for a new price, never for an amount."""
    with localcontext() as context:
        context.prec = 60
        return price.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def split(total: Decimal, weights: Sequence[Decimal | int], currency: str) -> list[Decimal]:
    """Share a total by weight so that the parts sum to it exactly.

    Each part gets its whole minor units; what is left goes one by one to the largest remainders,
    the earlier part first where two are equal. A negative total is shared like its opposite.
    """
    if round_money(total, currency) != total:
        raise ValueError(f"total: {total} has more places than {currency}")
    if any(weight < 0 for weight in weights):
        raise ValueError("weights: a share cannot be negative")
    whole = sum((Fraction(weight) for weight in weights), Fraction(0))
    if not whole:
        raise ValueError("weights: at least one share must be above zero")
    places = minor_units(currency)
    units = int(abs(total).scaleb(places))
    parts = _largest_remainders([units * Fraction(weight) / whole for weight in weights], units)
    sign = -1 if total < 0 else 1
    return [Decimal(sign * part).scaleb(-places) for part in parts]


def round_together(amounts: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Round amounts so that they sum to their rounded sum, each within one minor unit."""
    places = minor_units(currency)
    total = int(round_money(sum(amounts, Decimal(0)), currency).scaleb(places))
    exact = [Fraction(amount) * 10**places for amount in amounts]
    return [Decimal(part).scaleb(-places) for part in _largest_remainders(exact, total)]


def _largest_remainders(exact: Sequence[Fraction], total: int) -> list[int]:
    """Round down, then give what is left of the total to the largest remainders, earlier first."""
    parts = [floor(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in by_remainder[: total - sum(parts)]:
        parts[at] += 1
    return parts


def format_money(amount: Decimal, currency: str, locale: str = "en_US") -> str:
    """The amount as people of the locale write it, with a true minus sign before a credit."""
    text: str = _pattern(locale, minor_units(currency)).apply(
        round_money(amount, currency), locale, currency=currency, currency_digits=False
    )
    return _CODE_BEFORE_FIGURE.sub("\u00a0", text.replace("-", MINUS))


@lru_cache(maxsize=256)
def _pattern(locale: str, places: int) -> NumberPattern:
    pattern: NumberPattern = copy(Locale.parse(locale).currency_formats["standard"])
    pattern.frac_prec = (places, places)
    return pattern
