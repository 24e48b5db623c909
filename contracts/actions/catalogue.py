"""What we offer: services and products, tiers and bundles, and what they cost from when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from contracts import events
from contracts.clients.models import Client
from contracts.models import Offer, OfferPart, Price, PriceList, Service
from contracts.rules.repricing import uplift_facts
from contracts.rules.terms import read_terms, write_terms
from msp.kit import edits
from msp.kit.facts import InvalidFact
from msp.kit.money import minor_units
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce

SERVICE_FIELDS = frozenset(
    {
        "name", "code", "description", "domain", "nature", "partner", "includes", "excludes",
        "retired_at", "cost",
    }
)  # fmt: skip
OFFER_FIELDS = frozenset({"name", "code", "description", "rank", "retired_at"})
_SAID = {
    "cost": "what it costs us", "retired_at": "the availability", "includes": "what is in",
    "excludes": "what is out",
}  # fmt: skip


@dataclass(frozen=True)
class PartInput:
    """A service of an offer as it is written down."""

    service: Service
    verdict: str = "in"
    quantity: int = 1
    note: str = ""


@transaction.atomic
def add_service(
    *, name: str, code: str, description: str = "", by: Actor, at: datetime, **fields: Any
) -> Service:
    """One more thing we sell."""
    service = Service(name=name.strip(), code=code.strip(), description=description)
    edits.apply(service, fields, SERVICE_FIELDS)
    _check_service(service)
    _save(service, "code", f"There is a service with the code {code!r:.80} already.")
    announce(events.ServiceAdded(service.pk, service.name), by=by, at=at)
    return service


@transaction.atomic
def change_service(*, service: Service, by: Actor, at: datetime, **fields: Any) -> Service:
    """Change what a service says, or with `retired_at` stop offering it."""
    service = Service.objects.select_for_update().get(pk=service.pk)
    changed = edits.apply(service, fields, SERVICE_FIELDS)
    if changed:
        _check_service(service)
        _save(service, "code", f"There is a service with the code {service.code!r:.80} already.")
        announce(
            events.ServiceChanged(service.pk, service.name, edits.said(changed, _SAID)),
            by=by, at=at,
        )  # fmt: skip
    return service


@transaction.atomic
def add_offer(
    *, kind: str, name: str, code: str, description: str = "", rank: int = 1,
    parts: Iterable[PartInput] = (), by: Actor, at: datetime,
) -> Offer:  # fmt: skip
    """A tier or a bundle, with what is in it and what is not."""
    if kind not in Offer.Kind.values:
        raise Refused("An offer is a tier or a bundle.", field="kind")
    offer = Offer(
        kind=kind, name=name.strip(), code=code.strip(), description=description, rank=rank
    )
    _save(offer, "code", f"There is an offer with the code {code!r:.80} already.")
    _write_parts(offer, list(parts))
    announce(events.OfferAdded(offer.pk, offer.name, offer.kind), by=by, at=at)
    return offer


@transaction.atomic
def change_offer(
    *, offer: Offer, parts: Iterable[PartInput] | None = None, by: Actor, at: datetime,
    **fields: Any,
) -> Offer:  # fmt: skip
    """Change an offer's words or parts; agreements made from it keep what they say."""
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    changed = edits.apply(offer, fields, OFFER_FIELDS)
    _save(offer, "code", f"There is an offer with the code {offer.code!r:.80} already.")
    if parts is not None and _write_parts(offer, list(parts)):
        changed.append("parts")
    if changed:
        said = edits.said(changed, _SAID | {"parts": "what is in it"})
        announce(events.OfferChanged(offer.pk, offer.name, said), by=by, at=at)
    return offer


@transaction.atomic
def add_price_list(
    *, name: str, currency: str, client: Client | None = None, by: Actor, at: datetime
) -> PriceList:
    """Prices in a currency; one list for everybody in each, and any number for single clients."""
    try:
        minor_units(currency)
    except ValueError:
        raise Refused(f"{currency!r:.80} is not an ISO 4217 currency.", field="currency") from None
    taken = PriceList.objects.filter(currency=currency, client=None, retired_at=None).first()
    if client is None and taken is not None:
        raise Conflict(f"{taken.name} is the general list in {currency}.", field="currency")
    row = PriceList(name=name.strip(), currency=currency, client=client)
    _save(row, "name", f"There is a price list called {row.name} already.")
    announce(events.PriceListAdded(row.pk, row.name, currency), by=by, at=at)
    return row


@transaction.atomic
def set_price(
    *, price_list: PriceList, service: Service | None = None, offer: Offer | None = None,
    kind: str, facts: dict[str, Any], starts_on: date, by: Actor, at: datetime,
) -> Price:  # fmt: skip
    """The price from a day on; the one before ends on that day.

    A price that begins on or after that day must be taken first: prices are written in order.
    """
    price_list = PriceList.objects.select_for_update(of=("self",)).get(pk=price_list.pk)
    if (service is None) == (offer is None):
        raise Refused("A price is of one service or of one offer.", field="service_id")
    terms = _terms(kind, facts)
    of = {"service": service, "offer": offer}
    last = Price.objects.filter(price_list=price_list, **of).order_by("-starts_on").first()
    if last is not None and last.starts_on >= starts_on:
        raise Refused(
            f"A price begins on {last.starts_on}; the next begins later.", field="starts_on"
        )
    price = _next(last, price_list, of, kind, write_terms(terms), starts_on, at)
    named = service or offer
    announce(
        events.PriceSet(price_list.pk, price_list.name, str(named), starts_on.isoformat()),
        by=by, at=at,
    )  # fmt: skip
    return price


@transaction.atomic
def uplift_prices(
    *, price_list: PriceList, percent: Decimal, effective_on: date, by: Actor, at: datetime
) -> list[Price]:
    """Every price in effect on a day, raised by a percentage from then on (T9)."""
    price_list = PriceList.objects.select_for_update(of=("self",)).get(pk=price_list.pk)
    if not 0 < percent <= 100:
        raise Refused("An uplift is above 0 and at most 100 percent.", field="percent")
    places = minor_units(price_list.currency)
    running = Q(ends_on__isnull=True) | Q(ends_on__gt=effective_on)
    later = price_list.prices.filter(starts_on__gte=effective_on).select_related("service", "offer")
    if first := later.first():
        raise Refused(
            f"{first.service or first.offer} has a price from {first.starts_on} already.",
            field="effective_on",
        )
    made = [
        _next(
            price, price_list, {"service": price.service, "offer": price.offer}, price.kind,
            uplift_facts(price.facts, percent, places), effective_on, at,
        )
        for price in price_list.prices.filter(running).select_related("service", "offer")
    ]  # fmt: skip
    if not made:
        raise Refused("No price is in effect on that day.", field="effective_on")
    announce(
        events.PricesUplifted(
            price_list.pk, price_list.name, f"{percent.normalize():f}", effective_on.isoformat(),
            len(made),
        ),
        by=by, at=at,
    )  # fmt: skip
    return made


def _next(
    last: Price | None, price_list: PriceList, of: dict[str, Any], kind: str,
    facts: dict[str, Any], starts_on: date, at: datetime,
) -> Price:  # fmt: skip
    if last is not None and (last.ends_on is None or last.ends_on > starts_on):
        last.ends_on = starts_on
        last.save(update_fields=["ends_on"])
    return Price.objects.create(
        price_list=price_list, kind=kind, facts=facts, starts_on=starts_on, created_at=at, **of
    )


def _write_parts(offer: Offer, parts: list[PartInput]) -> bool:
    """Replace the parts; whether that changed anything."""
    seen: set[int] = set()
    for at, part in enumerate(parts):
        if part.service.pk in seen:
            raise Refused(f"{part.service} is named twice.", field=f"parts[{at}].service_id")
        if part.verdict not in OfferPart.Verdict.values or part.quantity < 1:
            raise Refused("A part is in, out or extra, once or more.", field=f"parts[{at}]")
        seen.add(part.service.pk)
    rows = [
        OfferPart(
            offer=offer, service=part.service, verdict=part.verdict, quantity=part.quantity,
            note=part.note.strip()[:160],
        )
        for part in parts
    ]  # fmt: skip
    before = {_facts_of(row) for row in offer.parts.all()}
    if before == {_facts_of(row) for row in rows}:
        return False
    offer.parts.all().delete()
    OfferPart.objects.bulk_create(rows)
    return True


def _facts_of(row: OfferPart) -> tuple[int, str, int, str]:
    return row.service_id, row.verdict, row.quantity, row.note


def _check_service(service: Service) -> None:
    if not service.name:
        raise Refused("A service needs a name.", field="name")
    if service.domain not in Service.Domain.values:
        raise Refused(f"There is no domain {service.domain!r:.40}.", field="domain")
    if service.nature not in Service.Nature.values:
        raise Refused("It is a service or a product.", field="nature")


def _terms(kind: str, facts: dict[str, Any]) -> Any:
    try:
        return read_terms(kind, facts)
    except InvalidFact as error:
        raise Refused(error.reason, field=error.field) from error


def _save(row: models.Model, field: str, taken: str) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(taken, field=field) from error
