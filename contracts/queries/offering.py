"""The catalogue as it is read: what is offered, what it costs on a day and why, who uses it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from contracts.clients.models import Client
from contracts.models import (
    Agreement,
    AgreementVersion,
    Offer,
    OfferPart,
    Price,
    PriceList,
    Service,
)
from contracts.rules import words
from contracts.rules.pricing import NoPrice, Offered, Part, Split, pick_price, split_price
from contracts.rules.pricing.bundles import saving
from contracts.rules.terms import Terms, read_terms
from contracts.rules.terms.stored import write_terms
from msp.kit.money import round_money

_USED = Q(published_at__isnull=False, superseded_on__isnull=True)


def list_services(
    *, q: str = "", domain: str = "", nature: str = "", state: str = ""
) -> QuerySet[Service]:
    """Services on offer, or retired ones; found by name, code, words or partner."""
    rows = Service.objects.filter(retired_at__isnull=state != "retired")
    if q:
        rows = rows.filter(
            Q(name__icontains=q)
            | Q(code__icontains=q)
            | Q(description__icontains=q)
            | Q(partner__icontains=q)
        )
    if domain:
        rows = rows.filter(domain=domain)
    if nature:
        rows = rows.filter(nature=nature)
    return rows.order_by("domain", "name", "pk")


def domain_counts() -> list[tuple[str, str, int]]:
    """Each domain with how many services are on offer in it."""
    rows = Service.objects.filter(retired_at=None).order_by().values_list("domain")
    counts = dict(rows.annotate(n=Count("pk")))
    return [(key, str(label), counts.get(key, 0)) for key, label in Service.Domain.choices]


def list_offers(*, kind: str = "", state: str = "") -> list[Offer]:
    """Tiers by rank, then bundles, each with its parts."""
    rows = Offer.objects.filter(retired_at__isnull=state != "retired")
    if kind:
        rows = rows.filter(kind=kind)
    return list(
        rows.prefetch_related(
            Prefetch("parts", OfferPart.objects.select_related("service"))
        ).order_by("-kind", "rank", "name")
    )


@dataclass(frozen=True)
class TierRow:
    """A service and what each tier says of it, in the tiers' order."""

    service: Service
    pairs: list[tuple[Offer, OfferPart | None]]


def tier_table(tiers: Iterable[Offer]) -> list[TierRow]:
    """Tiers side by side: every service that one of them names."""
    known = list(tiers)
    by_tier = [{part.service_id: part for part in tier.parts.all()} for tier in known]
    services = {part.service_id: part.service for tier in known for part in tier.parts.all()}
    ordered = sorted(services.values(), key=lambda one: (one.domain, one.name))
    return [
        TierRow(one, [(t, p.get(one.pk)) for t, p in zip(known, by_tier, strict=True)])
        for one in ordered
    ]


@dataclass(frozen=True)
class Listed:
    """A price that holds on a day, in its list, with its terms and words."""

    price: Price
    terms: Terms
    said: str

    @property
    def sold(self) -> Service | Offer:
        return _sold(self.price)

    @property
    def last_on(self) -> date | None:
        """The last day it holds, as people name the end."""
        return self.price.ends_on - timedelta(days=1) if self.price.ends_on else None


def listed(price: Price) -> Listed:
    """A price as people read it."""
    terms = read_terms(price.kind, price.facts)
    return Listed(price, terms, words.sentence(terms, price.price_list.currency))


def prices_on(price_list: PriceList, day: date, *, q: str = "") -> list[Listed]:
    """What a list says on a day, by what is sold."""
    rows = _holding(price_list.prices.all(), day)
    if q:
        rows = rows.filter(Q(service__name__icontains=q) | Q(offer__name__icontains=q))
    return sorted((listed(row) for row in rows), key=lambda one: str(_sold(one.price)).casefold())


def price_history(price_list: PriceList, *, service: Service | None = None) -> list[Listed]:
    """Every price of a list, the newest first; of one service where it is named."""
    rows = price_list.prices.select_related("price_list", "service", "offer")
    if service is not None:
        rows = rows.filter(service=service)
    return [listed(row) for row in rows.order_by("-starts_on", "pk")]


def prices_of(*, service: Service | None = None, offer: Offer | None = None) -> list[Listed]:
    """Every price anybody ever wrote for it, by list, the newest first."""
    rows = Price.objects.filter(service=service, offer=offer).select_related("price_list__client")
    return [listed(row) for row in rows.order_by("price_list__name", "-starts_on")]


@dataclass(frozen=True)
class Found:
    """The price that holds for somebody on a day, and why."""

    listed: Listed
    reason: str


def price_for(
    *, service: Service | None = None, offer: Offer | None = None, currency: str, day: date,
    client: Client | None = None,
) -> Found:  # fmt: skip
    """The client's own list before the general one; nothing found is an error, never nought."""
    rows = Price.objects.filter(
        Q(price_list__client=client) | Q(price_list__client=None),
        service=service,
        offer=offer,
        price_list__retired_at=None,
    ).select_related("price_list", "service", "offer")
    by_id = {row.pk: row for row in rows}
    offers = [_offered(row) for row in by_id.values()]
    picked = pick_price(offers, currency=currency, day=day, what=str(service or offer))
    found = listed(by_id[picked.offered.price_id or 0])
    return Found(found, picked.reason)


def _offered(row: Price) -> Offered:
    price = row.facts.get("unit_price") or row.facts.get("amount") or row.facts.get("percent") or 0
    return Offered(
        "client list" if row.price_list.client_id else "list", Decimal(str(price)),
        row.price_list.currency, row.price_list.name, row.starts_on, row.ends_on, row.pk,
    )  # fmt: skip


@dataclass(frozen=True)
class Bundled:
    """A bundle's price on a day as the revenue of its parts, and what buying it saves.

    `missing` are parts without a price of their own in that currency: they cannot have a share.
    """

    price: Decimal | None
    splits: list[Split]
    saving: Decimal
    missing: list[str]
    currency: str


def bundled(offer: Offer, *, currency: str, day: date, client: Client | None = None) -> Bundled:
    """How a bundle's one price is shared (T7)."""
    parts, missing = _parts_of(offer, currency, day, client)
    try:
        terms = price_for(offer=offer, currency=currency, day=day, client=client).listed.terms
    except NoPrice:
        return Bundled(None, [], Decimal(0), missing, currency)
    price = round_money(headline(terms), currency)
    return Bundled(price, split_price(price, parts, currency), saving(price, parts), missing,
                   currency)  # fmt: skip


def _parts_of(
    offer: Offer, currency: str, day: date, client: Client | None
) -> tuple[list[Part], list[str]]:
    parts, missing = [], []
    for row in offer.parts.filter(verdict=OfferPart.Verdict.IN).select_related("service"):
        try:
            found = price_for(service=row.service, currency=currency, day=day, client=client)
        except NoPrice:
            missing.append(row.service.name)
            continue
        parts.append(
            Part(row.service.name, headline(found.listed.terms), row.quantity, row.service_id)
        )
    return parts, missing


def headline(terms: Terms) -> Decimal:
    """The one figure of a price: its rate or its amount."""
    for name in ("unit_price", "amount", "percent"):
        value = getattr(terms, name, None)
        if isinstance(value, Decimal) and value:
            return value
    return Decimal(0)


@dataclass(frozen=True)
class LineOffer:
    """Something of the catalogue as a line of a draft: its words, terms and why it costs that."""

    description: str
    kind: str
    facts: dict[str, Any]
    service_id: int | None
    reason: str
    offer_id: int | None = None


def as_line(
    agreement: Agreement, day: date, *, service: Service | None = None, offer: Offer | None = None
) -> LineOffer:
    """A line at the price of the day; a bundle brings along whose revenue its amount is."""
    found = price_for(
        service=service, offer=offer, currency=agreement.currency, day=day, client=agreement.client
    )
    facts = write_terms(found.listed.terms)
    if offer is not None and hasattr(found.listed.terms, "parts"):
        parts, _missing = _parts_of(offer, agreement.currency, day, agreement.client)
        facts["parts"] = [
            {
                "name": part.name, "list_price": f"{part.list_price:f}",
                "quantity": part.quantity, "service_id": part.service_id,
            }
            for part in parts
        ]  # fmt: skip
    named = service or offer
    return LineOffer(
        str(named),
        found.listed.price.kind,
        facts,
        service.pk if service else None,
        found.reason,
        offer.pk if offer else None,
    )


def offered_choices(agreement: Agreement, day: date) -> list[tuple[str, str]]:
    """What can be added to a draft: whatever has a price in its currency on the day."""
    rows = _holding(
        Price.objects.filter(
            Q(price_list__client=agreement.client) | Q(price_list__client=None),
            price_list__currency=agreement.currency,
            price_list__retired_at=None,
        ).exclude(Q(service__retired_at__isnull=False) | Q(offer__retired_at__isnull=False)),
        day,
    )
    found: dict[str, str] = {}
    for row in rows:
        key = f"service-{row.service_id}" if row.service_id else f"offer-{row.offer_id}"
        found[key] = str(_sold(row))
    return sorted(found.items(), key=lambda one: one[1].casefold())


def users_of(service: Service) -> list[AgreementVersion]:
    """The versions in effect that name a service on a line, by client."""
    rows = AgreementVersion.objects.filter(_USED, lines__service=service).select_related(
        "agreement__client"
    )
    return list(rows.distinct().order_by("agreement__client__name", "pk")[:50])


def list_price_lists(*, state: str = "") -> QuerySet[PriceList]:
    """Price lists, the general ones first, with how many prices they hold."""
    rows = PriceList.objects.filter(retired_at__isnull=state != "retired")
    return (
        rows.select_related("client")
        .annotate(price_count=Count("prices", filter=Q(prices__ends_on=None)))
        .order_by("client__name", "currency", "name")
    )


def offered_to(client: Client, day: date) -> list[dict[str, Any]]:
    """The catalogue by domain in a client's words, with its price where there is one."""
    services = Service.objects.filter(retired_at=None).order_by("domain", "name")
    groups: dict[str, list[dict[str, Any]]] = {}
    prices = _prices_for(client, day)
    for one in services:
        said = prices.get(one.pk, "")
        groups.setdefault(one.get_domain_display(), []).append({"service": one, "price": said})
    return [{"domain": name, "rows": rows} for name, rows in groups.items()]


def _prices_for(client: Client, day: date) -> dict[int, str]:
    """Service to its price in words; the client's own list before the general one."""
    rows = _holding(
        Price.objects.filter(
            Q(price_list__client=client) | Q(price_list__client=None),
            service__isnull=False,
            price_list__currency=client.currency,
            price_list__retired_at=None,
        ),
        day,
    )
    return {row.service_id: listed(row).said for row in sorted(rows, key=_own) if row.service_id}


def _own(row: Price) -> bool:
    return row.price_list.client_id is not None


def _holding(rows: QuerySet[Price], day: date) -> QuerySet[Price]:
    return rows.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day
    ).select_related("price_list__client", "service", "offer")


def _sold(price: Price) -> Service | Offer:
    sold = price.service or price.offer
    if sold is None:
        raise ValueError(f"{price.pk}: a price is of something")
    return sold
