"""A quote as people write it, read into what is stored: prices less their discount, tiers as they
are today."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.models import Offer, OfferPart, Service
from contracts.rules import quoting
from msp.kit.facts import InvalidFact
from msp.kit.money import minor_units
from msp.kit.refusals import Refused

LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class OptionInput:
    """A way to buy as it is written; a tier brings along what it includes."""

    name: str
    text: str = ""
    recommended: bool = False
    offer: Offer | None = None
    key: str = ""


@dataclass(frozen=True)
class QuotedInput:
    """A line as it is written: `facts` are those of the list, `discount` is taken off them."""

    description: str
    kind: str
    facts: dict[str, Any]
    quantity: Decimal = Decimal(1)
    options: tuple[str, ...] = ()
    optional: bool = False
    ticked: bool = False
    discount: Decimal = Decimal(0)
    service: Service | None = None
    key: str = ""
    phase: str = ""


def written_content(
    options: Sequence[OptionInput], lines: Sequence[QuotedInput], currency: str
) -> quoting.Content:
    """The content as it will be read; what cannot be is refused at its field."""
    if len(options) > quoting.MOST_OPTIONS:
        raise Refused(f"At most {quoting.MOST_OPTIONS} options.", field="options")
    if len(lines) > quoting.MOST_LINES:
        raise Refused(f"At most {quoting.MOST_LINES} lines.", field="lines")
    stored = {
        "options": [_option(at, one) for at, one in enumerate(options)],
        "lines": [_line(at, one, minor_units(currency)) for at, one in enumerate(lines)],
    }
    try:
        return quoting.read_content(stored)
    except InvalidFact as error:
        field = error.field.replace(".facts.", ".").replace(".list_facts.", ".")
        raise Refused(error.reason[:1].upper() + error.reason[1:], field=field) from error


def _option(at: int, given: OptionInput) -> dict[str, Any]:
    included = []
    if given.offer is not None:
        included = [
            {"name": part.service.name, "verdict": str(part.verdict)}
            for part in OfferPart.objects.filter(offer=given.offer).select_related("service")
        ]
    return {
        "key": given.key or "abcdefgh"[at],
        "name": given.name,
        "text": given.text[:LONGEST_TEXT],
        "recommended": given.recommended,
        "offer_id": given.offer.pk if given.offer else None,
        "includes": included,
    }


def _line(at: int, given: QuotedInput, places: int) -> dict[str, Any]:
    try:
        net = quoting.net_facts(given.kind, given.facts, given.discount, places)
    except (InvalidFact, ArithmeticError) as error:
        reason = error.reason if isinstance(error, InvalidFact) else "has a price like no other"
        raise Refused(reason[:1].upper() + reason[1:], field=f"lines[{at}].discount") from error
    return {
        "key": _key(given.key),
        "description": given.description,
        "kind": given.kind,
        "facts": net,
        "list_facts": given.facts,
        "quantity": f"{Decimal(given.quantity):f}",
        "options": list(given.options),
        "optional": given.optional,
        "ticked": given.ticked and given.optional,
        "service_id": given.service.pk if given.service else None,
        "discount": f"{Decimal(given.discount):f}",
        "phase": given.phase,
    }


def _key(given: str) -> str:
    """The key a line had, or a new one: it becomes the key of the agreement's line."""
    try:
        return str(uuid.UUID(given))
    except ValueError:
        return str(uuid.uuid4())
