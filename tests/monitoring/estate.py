"""A client with a site, a key and devices, as monitoring's tests need them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from contracts.clients import actions as clients
from contracts.clients.models import Client, Device, Site
from monitoring import actions
from monitoring.models import Check, EnrolmentKey
from monitoring.rules import envelope
from msp.kit.refs import system

BY = system("Tests")
T0 = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)


@dataclass
class Estate:
    client: Client
    site: Site
    key: EnrolmentKey
    token: str


def estate(name: str = "Harbor Dental", *, cap: int = 100, at: datetime = T0) -> Estate:
    client = clients.add_client(name=name, zone="America/Chicago", by=BY, at=at)
    site = clients.add_site(client=client, name="Main office", by=BY, at=at)
    key, token = actions.enrol_key(site=site, name="Agents", cap=cap, by=BY, at=at)
    return Estate(client, site, key, token)


def device(where: Estate, name: str = "hdg-srv-01", kind: str = "server") -> Device:
    return clients.add_device(
        client=where.client, name=name, kind=kind, site=where.site,
        counts_from_on=date(2026, 1, 1), by=BY, at=T0,
    )  # fmt: skip


def check(where: Estate, name: str = "hdg-srv-01", **fields: object) -> Check:
    """A check of a device that is up: its last beat came at T0, every minute with two to spare."""
    made = actions.add_check(
        device=device(where, name), name="Heartbeat", slug="heartbeat", period=60, grace=120,
        by=BY, at=T0,
    )  # fmt: skip
    state = {"status": "up", "status_at": T0, "last_seen_at": T0, "due_at": T0 + after(180)}
    Check.objects.filter(pk=made.pk).update(**(state | fields))
    made.refresh_from_db()
    return made


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def packed(where: Estate, body: bytes, at: datetime = T0) -> bytes:
    return envelope.pack(where.key.pk, envelope.milliseconds(at), envelope.JSON, body)
