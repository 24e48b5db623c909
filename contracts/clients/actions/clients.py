"""Clients and their sites."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from contracts.clients import events
from contracts.clients.models import Client, Contact, Device, Site
from msp.kit import edits
from msp.kit.money import minor_units
from msp.kit.periods import zone_named
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce

SLUG_LENGTH = 60
MOST_PAYMENT_DAYS = 365
_WORDS = {
    "billing_email": "the billing e-mail", "tax_rate": "the tax rate", "zone": "the time zone",
    "approves_time": "whether its time is approved first",
    "payment_days": "the days to pay", "warning": "the pinned warning",
}  # fmt: skip
_CLIENT_FIELDS = {
    "name", "zone", "currency", "segment", "industry", "billing_email", "address", "tax_rate",
    "payment_days", "warning", "approves_time",
}  # fmt: skip


@transaction.atomic
def add_client(
    *, name: str, zone: str, currency: str = "USD", segment: str = "small", industry: str = "",
    billing_email: str = "", address: str = "", tax_rate: Decimal = Decimal(0),
    payment_days: int = 30, warning: str = "", approves_time: bool = False, by: Actor,
    at: datetime,
) -> Client:  # fmt: skip
    """Take on a client; its address in the product is made from its name."""
    client = Client(
        name=name.strip(), zone=zone, currency=currency, segment=segment, industry=industry,
        billing_email=billing_email, address=address, tax_rate=tax_rate,
        payment_days=payment_days, warning=warning, approves_time=approves_time, created_at=at,
        slug=_free_slug(name),
    )  # fmt: skip
    _check_client(client)
    _save_client(client)
    announce(events.ClientAdded(client.pk, client.name), by=by, at=at)
    return client


@transaction.atomic
def change_client(*, client: Client, by: Actor, at: datetime, **fields: Any) -> Client:
    """Change what is known of a client; its slug stays, so that addresses keep working."""
    client = Client.objects.select_for_update().get(pk=client.pk)
    changed = edits.apply(client, fields, _CLIENT_FIELDS)
    if changed:
        _check_client(client)
        _save_client(client)
        announce(
            events.ClientChanged(client.pk, client.name, edits.said(changed, _WORDS)), by=by, at=at
        )
    return client


@transaction.atomic
def archive_client(*, client: Client, by: Actor, at: datetime) -> None:
    """Part with a client. What still counts is ended first, so no bill loses it by accident."""
    client = Client.objects.select_for_update().get(pk=client.pk)
    if client.archived_at is not None:
        raise Conflict(f"{client.name} is archived already.")
    counting = Device.objects.filter(client=client, retired_on__isnull=True).count()
    if counting:
        raise Refused(f"{counting} of its devices still count. Retire them first.")
    users = Contact.objects.filter(
        client=client, counts_from_on__isnull=False, counts_until_on__isnull=True
    ).count()
    if users:
        raise Refused(f"{users} of its people still count as users. End that first.")
    client.archived_at = at
    client.save(update_fields=["archived_at"])
    announce(events.ClientArchived(client.pk, client.name), by=by, at=at)


@transaction.atomic
def add_site(*, client: Client, name: str, address: str = "", by: Actor, at: datetime) -> Site:
    """One more place of a client."""
    _require_open(client)
    site = Site(client=client, name=name.strip(), address=address, created_at=at)
    _save_site(site)
    announce(events.SiteAdded(site.pk, client.pk, site.name), by=by, at=at)
    return site


@transaction.atomic
def change_site(*, site: Site, by: Actor, at: datetime, **fields: Any) -> Site:
    """Write down another name or address; nothing is told where nothing changed."""
    site = Site.objects.select_for_update().get(pk=site.pk)
    changed = edits.apply(site, fields, {"name", "address"})
    if changed:
        _save_site(site)
        announce(
            events.SiteChanged(site.pk, site.client_id, site.name, edits.said(changed, {})),
            by=by, at=at,
        )  # fmt: skip
    return site


def _require_open(client: Client) -> None:
    if client.archived_at is not None:
        raise Conflict(f"{client.name} is archived.", field="client")


def _check_client(client: Client) -> None:
    if not client.name:
        raise Refused("A client needs a name.", field="name")
    try:
        zone_named(client.zone)
    except ValueError:
        raise Refused(f"{client.zone!r:.80} is not a known time zone.", field="zone") from None
    try:
        minor_units(client.currency)
    except ValueError:
        raise Refused(
            f"{client.currency!r:.80} is not an ISO 4217 currency.", field="currency"
        ) from None
    if client.segment not in Client.Segment.values:
        raise Refused(f"There is no segment {client.segment!r:.80}.", field="segment")
    if not 0 <= client.tax_rate < 100:
        raise Refused("A tax rate is 0 to less than 100 percent.", field="tax_rate")
    if not 0 <= client.payment_days <= MOST_PAYMENT_DAYS:
        raise Refused(f"Payment is due within 0 to {MOST_PAYMENT_DAYS} days.", field="payment_days")


def _save_client(client: Client) -> None:
    try:
        with transaction.atomic():
            client.save()
    except IntegrityError as error:
        raise Refused(f"There is a client called {client.name} already.", field="name") from error


def _save_site(site: Site) -> None:
    if not site.name:
        raise Refused("A site needs a name.", field="name")
    try:
        with transaction.atomic():
            site.save()
    except IntegrityError as error:
        raise Refused(f"There is a site called {site.name} already.", field="name") from error


def _free_slug(name: str) -> str:
    base = slugify(name)[: SLUG_LENGTH - 5] or "client"
    taken = set(Client.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken and base != "new":
        return base
    return next(f"{base}-{n}" for n in range(2, 100_000) if f"{base}-{n}" not in taken)
