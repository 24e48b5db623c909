"""A client with an agreement, office hours and two promises; and one nobody promised anything."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser

from contracts import actions as contracts
from contracts.actions import LineInput
from contracts.clients import actions as clients
from contracts.clients.models import Client, Contact, Device
from contracts.models import Agreement, Calendar, ServiceLevelVersion
from contracts.queries.levels import forget
from msp.kit.refs import Actor, system
from tenants.context import Tenant
from tenants.people.models import Person
from tickets import actions
from tickets.models import Clock, Ticket

BEFORE = datetime(2026, 1, 5, 12, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
HOUR = 3600
OFFICE = {
    "zone": "America/New_York",
    "windows": [{"weekday": day, "start": "09:00", "end": "17:00"} for day in range(5)],
}
TARGETS = {
    "1": {"response": HOUR // 4, "resolution": 4 * HOUR},
    "2": {"response": HOUR, "resolution": 8 * HOUR},
    "3": {"response": 2 * HOUR, "resolution": 8 * HOUR},
    "4": {"response": 4 * HOUR, "resolution": 24 * HOUR},
}


def ny(*parts: int) -> datetime:
    """An instant by a New York clock."""
    return datetime(*parts, tzinfo=NEW_YORK).astimezone(UTC)


def actor(person: Person) -> Actor:
    return Actor("person", person.pk, person.name)


def by_contact(contact: Contact) -> Actor:
    return Actor("contact", contact.pk, contact.name)


@dataclass
class Scene:
    """What the tests of this room start from."""

    harbor: Client
    quill: Client
    office: ServiceLevelVersion
    always: ServiceLevelVersion
    agreement: Agreement
    server: Device
    laptop: Device
    dana: Contact
    eve: Contact
    erin: Contact
    ben: Person
    by: Actor

    def open(self, *, at: datetime, **facts: Any) -> Ticket:
        """A ticket of Dana's laptop, unless the facts say otherwise."""
        facts = {
            "client": self.harbor,
            "subject": "Scanner drops off the network",
            "channel": "phone",
            "contact": self.dana,
            "device": self.laptop,
            "by": self.by,
        } | facts
        return actions.open_ticket(at=at, **facts)

    def dana_by(self) -> Actor:
        return by_contact(self.dana)


def clock_of(ticket: Ticket, target: str) -> Clock:
    return Clock.objects.get(ticket=ticket, target=target)


def revised(scene: Scene, *, update: int | None = None, **policy: Any) -> ServiceLevelVersion:
    """A newer version of the office's level, with a next word promised or another policy."""
    more = {"update": update} if update else {}
    return contracts.revise_level(
        level=scene.office.level, targets={p: t | more for p, t in TARGETS.items()},
        calendar=Calendar.objects.get(), policy=policy, by=system("Tests"), at=BEFORE,
    )  # fmt: skip


def _levels(by: Actor) -> tuple[ServiceLevelVersion, ServiceLevelVersion]:
    hours: Calendar = contracts.add_calendar(
        name="Office hours", definition=OFFICE, by=by, at=BEFORE
    )
    office = contracts.add_level(name="Standard", targets=TARGETS, calendar=hours, by=by, at=BEFORE)
    always = contracts.add_level(name="Servers", targets=TARGETS, by=by, at=BEFORE)
    return office, always


def _agreement(
    client: Client, office: ServiceLevelVersion, always: ServiceLevelVersion, by: Actor
) -> Agreement:
    agreement = contracts.draft_agreement(
        client=client, name="Managed Complete", starts_on=date(2026, 1, 1), by=by, at=BEFORE
    )
    version = agreement.versions.get()
    servers = {"unit_price": "120.00", "device_classes": ["server"]}
    laptops = {"unit_price": "40.00", "device_classes": ["laptop"]}
    contracts.set_lines(
        version=version,
        lines=[
            LineInput("Servers", "per_device", servers, level_version=always),
            LineInput("Laptops", "per_device", laptops),
        ],
        level_version=office,
        by=by,
        at=BEFORE,
    )
    contracts.publish(version=version, by=by, at=BEFORE, backdated=True)
    return agreement


def build_scene() -> Scene:
    forget()
    by = system("Tests")
    office, always = _levels(by)
    harbor = clients.add_client(
        name="Harbor Dental Group", zone="America/Chicago", by=by, at=BEFORE
    )
    quill = clients.add_client(name="Quill Legal", zone="America/New_York", by=by, at=BEFORE)
    agreement = _agreement(harbor, office, always, by)
    dana = clients.add_contact(
        client=harbor, name="Dana Whitcomb", email="dana@harbor.example", by=by, at=BEFORE
    )
    erin = clients.add_contact(
        client=harbor, name="Erin Moss", email="erin@harbor.example", by=by, at=BEFORE
    )
    eve = clients.add_contact(
        client=quill, name="Eve Quill", email="eve@quill.example", by=by, at=BEFORE
    )
    for contact, role in ((dana, "admin"), (erin, "user"), (eve, "admin")):
        clients.open_portal(contact=contact, role=role, by=by, at=BEFORE)
        contact.refresh_from_db()
    day = date(2026, 1, 1)
    server = clients.add_device(
        client=harbor, name="HDG-SRV-01", kind="server", counts_from_on=day, by=by, at=BEFORE
    )
    laptop = clients.add_device(
        client=harbor, name="HDG-LAP-07", kind="laptop", counts_from_on=day, by=by, at=BEFORE
    )
    ben = Person.objects.get(name="Ben")
    return Scene(
        harbor, quill, office, always, agreement, server, laptop, dana, eve, erin, ben, actor(ben)
    )


@pytest.fixture
def scene(alpha: Tenant) -> Scene:
    return build_scene()


@pytest.fixture
def portal(scene: Scene, sign_in: Callable) -> Callable[[Contact], Browser]:
    """The browser of a client's person."""

    def enter(contact: Contact) -> Browser:
        return sign_in(contact.person)

    return enter
