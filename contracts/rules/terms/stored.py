"""Terms in values that JSON has, and the pieces several kinds are read from."""

from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.rules.pricing.bundles import Part
from contracts.rules.pricing.schemes import Tier, check_price, write_tiers
from contracts.rules.rhythm import Rhythm
from msp.kit.facts import Facts, InvalidFact, inside

MOST_PARTS = 30
MOST_LISTED = 500


def write_terms(terms: Any) -> dict[str, Any]:
    """The terms as they are stored; amounts become text so that no digit is lost.

    A fact marked `sparse` is left out while it says nothing, so that lines written before it was
    known stay as they are.
    """
    stored: dict[str, Any] = {}
    for one in fields(terms):
        value = getattr(terms, one.name)
        if one.metadata.get("sparse") and one.default is not MISSING and value == one.default:
            continue
        stored[one.name] = _written(value)
    return stored


def _written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, tuple):
        return value
    if value and isinstance(value[0], Tier):
        return write_tiers(value)
    if value and isinstance(value[0], Part):
        return [_written_part(part) for part in value]
    return list(value)


def _written_part(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "list_price": f"{part.list_price:f}",
        "quantity": part.quantity,
        "service_id": part.service_id,
    }


def read_parts(facts: Facts) -> tuple[Part, ...]:
    """The parts of a bundle's price, as they were stored."""
    found = []
    for at, value in enumerate(facts.items("parts", most=MOST_PARTS)):
        with inside(f"parts[{at}]"):
            found.append(_read_part(value))
    return tuple(found)


def _read_part(value: object) -> Part:
    facts = Facts(value)
    part = Part(
        facts.text("name"),
        facts.decimal("list_price"),
        facts.whole("quantity", 1),
        facts.whole("service_id") if facts.has("service_id") else None,
    )
    facts.done()
    check_price("list_price", part.list_price)
    if part.quantity < 1:
        raise InvalidFact("quantity", f"must be at least 1, not {part.quantity}")
    return part


def read_ids(facts: Facts, name: str) -> tuple[int, ...]:
    """A list of row numbers; absent means none."""
    found = facts.items(name, most=MOST_LISTED)
    for at, value in enumerate(found):
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidFact(f"{name}[{at}]", "must be a whole number")
    return tuple(value for value in found if isinstance(value, int))


def rhythm_of(terms: Any) -> Rhythm:
    """How often a line is billed; a kind without a rhythm follows the month."""
    return (
        Rhythm(terms.every, terms.timing, terms.anchor_on) if hasattr(terms, "every") else Rhythm()
    )
