"""Tiers as people write them: `10: 20.00`, `50: 15.00`, `more: 12.00`, one a line.

The first number is how far the tier reaches, then the price of each in it; `+ 5.00` behind it is
owed as soon as the tier is reached.
"""

import re
from decimal import Decimal

from contracts.rules.pricing.schemes import MOST_TIERS, Tier
from msp.kit.facts import InvalidFact

_LINE = re.compile(
    r"(?:up to\s+)?(?P<to>\d{1,8}(?:\.\d{1,6})?|more|beyond)\s*:\s*"
    r"(?P<price>\d{1,10}(?:\.\d{1,6})?)(?:\s*\+\s*(?P<flat>\d{1,10}(?:\.\d{1,6})?))?",
    re.IGNORECASE | re.ASCII,
)


def read_tiers_text(text: str, *, step: bool = False) -> tuple[Tier, ...]:
    """The tiers of a text; in a step scheme the one figure of a line is its whole amount."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_TIERS:
        raise InvalidFact("tiers", f"at most {MOST_TIERS} lines")
    return tuple(_read(line, step) for line in lines)


def write_tiers_text(tiers: tuple[Tier, ...], *, step: bool = False) -> str:
    """The tiers as they are typed."""
    return "\n".join(_write(tier, step) for tier in tiers)


def _read(line: str, step: bool) -> Tier:
    found = _LINE.fullmatch(line)
    if found is None:
        raise InvalidFact("tiers", f"{line!r:.60} is not a line like “10: 20.00” or “more: 12.00”")
    up_to = None if found["to"].lower() in ("more", "beyond") else Decimal(found["to"])
    price, flat = Decimal(found["price"]), Decimal(found["flat"] or 0)
    return Tier(up_to, Decimal(0), price + flat) if step else Tier(up_to, price, flat)


def _write(tier: Tier, step: bool) -> str:
    to = "more" if tier.up_to is None else f"{tier.up_to.normalize():f}"
    if step:
        return f"{to}: {tier.flat:f}"
    return f"{to}: {tier.unit_price:f}" + (f" + {tier.flat:f}" if tier.flat else "")
