"""Beginning a quote from the catalogue: a line at the price of the day, our tiers as options."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.clients.models import Client
from contracts.clients.queries import metered
from contracts.models import Offer, OfferPart, Quote, Service
from contracts.queries.estimate import estimate
from contracts.queries.offering import list_offers, price_for
from contracts.queries.pricing import known_units
from contracts.rules.pricing import NoPrice
from contracts.rules.register import Interval, snapshot, total
from contracts.rules.terms import Counting, Flat, PerDevice, PerLicence, Terms, Usage
from contracts.rules.terms.stored import write_terms
from msp.kit.periods import month_of


@dataclass(frozen=True)
class Proposed:
    """A line as the catalogue has it, with as many as the client has; tiers by number."""

    service: Service
    kind: str
    facts: dict[str, Any]
    quantity: Decimal
    tiers: tuple[int, ...] = ()
    optional: bool = False


def proposed(
    *, client: Client, currency: str, day: date, service: Service,
    units: Sequence[Interval] | None = None,
) -> Proposed:  # fmt: skip
    """A service at the price of the day; a product is delivered once. No price is an error."""
    terms = price_for(service=service, currency=currency, day=day, client=client).listed.terms
    known = known_units([client.pk])[client.pk] if units is None else units
    if service.nature == Service.Nature.PRODUCT and isinstance(terms, Flat):
        facts = {"unit_price": f"{terms.amount:f}"}
        return Proposed(service, "once", facts, Decimal(1))
    if isinstance(terms, Usage):
        return Proposed(service, terms.kind, write_terms(terms), used_lately(terms, known, day))
    return Proposed(service, terms.kind, write_terms(terms), Decimal(count(terms, known, day)))


def used_lately(terms: Usage, units: Iterable[Interval], day: date) -> Decimal:
    """What their meters used in the last month of readings; nought where nobody has read."""
    known = list(units)
    meters = metered({one.unit_id for one in known if one.unit_type == terms.unit_type})
    found = estimate(terms, known, month_of(day), "USD", meters=meters)
    return found.many.quantize(Decimal("0.0001"))


def count(terms: Terms, units: Iterable[Interval], day: date) -> int:
    """How many units of a line are there on a day; one for a line that counts nothing."""
    if not isinstance(terms, Counting):
        return 1
    wanted = [one for one in units if one.unit_type == terms.unit_type]
    if isinstance(terms, PerLicence) and terms.products:
        names = {name.casefold() for name in terms.products}
        wanted = [one for one in wanted if one.name.casefold() in names]
    classes = terms.device_classes if isinstance(terms, PerDevice) else None
    return total(snapshot(wanted, day, classes))


def tiers_for(quote: Quote, day: date) -> tuple[list[Offer], list[Proposed]]:
    """Our tiers, and a line for each service they name that has a price.

    What is in a tier is a line of it; what a tier has for more is a line one may tick.
    """
    tiers = list_offers(kind=Offer.Kind.TIER)[:4]
    units = known_units([quote.client_id])[quote.client_id]
    found: list[Proposed] = []
    for service in _services(tiers):
        try:
            line = proposed(
                client=quote.client, currency=quote.currency, day=day, service=service,
                units=units,
            )  # fmt: skip
        except NoPrice:
            continue
        for verdict, optional in ((OfferPart.Verdict.IN, False), (OfferPart.Verdict.EXTRA, True)):
            named = tuple(tier.pk for tier in tiers if _says(tier, service, verdict))
            if named:
                found.append(
                    Proposed(service, line.kind, line.facts, line.quantity, named, optional)
                )
    return tiers, found


def _services(tiers: Iterable[Offer]) -> list[Service]:
    found = {part.service_id: part.service for tier in tiers for part in tier.parts.all()}
    return sorted(found.values(), key=lambda one: (one.domain, one.name))


def _says(tier: Offer, service: Service, verdict: str) -> bool:
    parts = tier.parts.all()
    return any(part.service_id == service.pk and part.verdict == verdict for part in parts)
