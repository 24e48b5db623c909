"""Clients, sites, contacts and devices that have been there since the start of 2026."""

from datetime import UTC, date, datetime
from typing import Any

from contracts.clients import actions
from contracts.clients.models import Client, Contact, Device, Site
from msp.kit.refs import system
from tenants.people.models import Person

BY = system("Tests")
STARTED_AT = datetime(2026, 1, 1, 14, 0, tzinfo=UTC)
STARTED_ON = date(2026, 1, 1)


def client(name: str = "Harbor Dental", **fields: Any) -> Client:
    """A client in New York unless told otherwise."""
    fields = {"zone": "America/New_York", "by": BY, "at": STARTED_AT} | fields
    return actions.add_client(name=name, **fields)


def site(client: Client, name: str = "Main Street", **fields: Any) -> Site:
    return actions.add_site(client=client, name=name, **({"by": BY, "at": STARTED_AT} | fields))


def contact(client: Client, name: str = "Cleo", **fields: Any) -> Contact:
    """A person of the client; pass `counts_from_on` to make them a billed user."""
    fields = {
        "email": f"{name.lower().replace(' ', '.')}@{client.slug}.example",
        "by": BY,
        "at": STARTED_AT,
    } | fields
    return actions.add_contact(client=client, name=name, **fields)


def portal(contact: Contact, role: str = "admin") -> Person:
    """Let the contact into the portal and return the person who signs in."""
    return actions.open_portal(contact=contact, role=role, by=BY, at=STARTED_AT)


def device(client: Client, name: str = "hdg-srv-01", kind: str = "server", **fields: Any) -> Device:
    """A device that counts from 1 January 2026 unless told otherwise."""
    fields = {"counts_from_on": STARTED_ON, "by": BY, "at": STARTED_AT} | fields
    return actions.add_device(client=client, name=name, kind=kind, **fields)
