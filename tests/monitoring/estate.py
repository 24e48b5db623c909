"""A client with a site, a key and devices, as monitoring's tests need them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from contracts import actions as contracts
from contracts.actions import LineInput
from contracts.clients import actions as clients
from contracts.clients.models import Client, Device, Site
from contracts.models import Agreement, AgreementLine, Calendar, ServiceLevelVersion
from monitoring import actions
from monitoring.ingest import directory
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


def another_key(where: Estate, known: Device | None = None) -> str:
    """The token of one more key, of a device where one is given, which the intake knows of."""
    _key, token = actions.enrol_key(site=where.site, device=known, name="Another", by=BY, at=T0)
    directory.forget()
    return token


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


def many(
    where: Estate,
    names: Sequence[str],
    *,
    per_site: int = 0,
    kind: str = "server",
    **fields: object,
) -> list[Check]:
    """The same for many at once, at the estate's site or so many at a site of their own."""
    sites = [where.site] * len(names)
    if per_site:
        made = [
            Site(client=where.client, name=f"Branch {number}", created_at=T0)
            for number in range(-(-len(names) // per_site))
        ]
        Site.objects.bulk_create(made)
        sites = [made[place // per_site] for place in range(len(names))]
    devices = Device.objects.bulk_create(
        [
            Device(
                client=where.client, site=site, name=name, kind=kind, created_at=T0,
                counts_from_on=date(2026, 1, 1),
            )
            for name, site in zip(names, sites, strict=True)
        ]
    )  # fmt: skip
    state = {
        "period_seconds": 60, "grace_seconds": 120, "status": "up", "status_at": T0,
        "last_seen_at": T0, "due_at": T0 + after(180),
    } | fields  # fmt: skip
    return Check.objects.bulk_create([Check(device=one, created_at=T0, **state) for one in devices])


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def packed(where: Estate, body: bytes, at: datetime = T0) -> bytes:
    return envelope.pack(where.key.pk, envelope.milliseconds(at), envelope.JSON, body)


def promise(
    where: Estate, calendar: Calendar | None = None
) -> tuple[ServiceLevelVersion, Agreement, AgreementLine]:
    """An agreement over the client's servers: a reply in 15 minutes, a fix in four hours, 24x7
    where no calendar is given."""
    level = contracts.add_level(
        name="Standard", calendar=calendar, by=BY, at=T0,
        targets={str(p): {"response": 900 * p, "resolution": 14400 * p} for p in range(1, 5)},
    )  # fmt: skip
    agreement = contracts.draft_agreement(
        client=where.client, name="Managed", starts_on=date(2026, 6, 1), by=BY, at=T0
    )
    version = agreement.versions.get()
    servers = LineInput(
        description="Servers", kind="per_device",
        facts={"unit_price": "145.00", "device_classes": ["server"]},
    )  # fmt: skip
    contracts.set_lines(version=version, lines=[servers], level_version=level, by=BY, at=T0)
    contracts.publish(version=version, by=BY, at=T0)
    return level, agreement, version.lines.get()
