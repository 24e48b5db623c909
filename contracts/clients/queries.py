"""Reading clients, and the unit register as it was known at a time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Q, QuerySet

from contracts.clients.models import Client, Contact, Device, UnitVersion
from contracts.clients.rules import register
from tenants.people.rules.viewer import Viewer

_FAR = datetime(9999, 1, 1, tzinfo=UTC)
MOST_FOUND = 6


def client_by_slug(slug: str, viewer: Viewer) -> Client | None:
    """The client of an address, if the viewer may see it."""
    return Client.objects.visible_to(viewer).filter(slug=slug).first()


def contact_by_email(email: str) -> Contact | None:
    """The contact who writes from this address; matching, never permission."""
    return (
        Contact.objects.select_related("client")
        .filter(email__iexact=email.strip(), archived_at__isnull=True)
        .first()
    )


def unit_versions(
    *, client_id: int, unit_type: str, known_at: datetime | None = None
) -> list[register.UnitVersion]:
    """What the register says of a client's units; with `known_at`, what it said by then."""
    rows = UnitVersion.objects.filter(client_id=client_id, unit_type=unit_type)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    return _versions(rows)


def known_intervals(*, unit_type: str, unit_id: int) -> list[register.Interval]:
    """When one unit was and is countable, as known by now, in order."""
    versions = _versions(UnitVersion.objects.filter(unit_type=unit_type, unit_id=unit_id))
    return sorted(register.as_known(versions, _FAR), key=lambda one: one.starts_on)


@dataclass(frozen=True)
class Countable:
    """Who and what was countable on one day, as known at one moment."""

    devices: list[register.Interval]
    users: list[register.Interval]


def countable_on(*, client_id: int, day: date, known_at: datetime) -> Countable:
    """The register's answer for a day with the knowledge of a moment."""
    found = {
        unit_type: register.snapshot(
            register.as_known(
                unit_versions(client_id=client_id, unit_type=unit_type, known_at=known_at),
                known_at,
            ),
            day,
        )
        for unit_type in ("device", "user")
    }
    return Countable(found["device"], found["user"])


def _versions(rows: QuerySet[UnitVersion]) -> list[register.UnitVersion]:
    return [
        register.UnitVersion(
            str(row.interval_id), row.unit_type, row.unit_id, row.unit_class, row.name,
            row.client_id, row.site_id, row.starts_on, row.ends_on, row.recorded_at, row.pk,
        )
        for row in rows.order_by("pk")
    ]  # fmt: skip


def search_clients(viewer: Viewer, text: str) -> list[Client]:
    """The clients whose name contains the text."""
    rows = Client.objects.visible_to(viewer).filter(archived_at__isnull=True)
    return list(rows.filter(name__icontains=text)[:MOST_FOUND])


def search_contacts(viewer: Viewer, text: str) -> list[Contact]:
    """The contacts whose name or address contains the text."""
    rows = Contact.objects.visible_to(viewer).filter(archived_at__isnull=True)
    found = rows.filter(Q(name__icontains=text) | Q(email__istartswith=text))
    return list(found.select_related("client")[:MOST_FOUND])


def search_devices(viewer: Viewer, text: str) -> list[Device]:
    """The devices in service whose name or serial number contains the text."""
    rows = Device.objects.visible_to(viewer).filter(retired_on__isnull=True)
    found = rows.filter(Q(name__icontains=text) | Q(serial__iexact=text))
    return list(found.select_related("client")[:MOST_FOUND])
