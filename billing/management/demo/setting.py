"""The start of the story: people, calendars, service levels, the catalogue, clients."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from billing.management.demo import cast
from contracts import actions as contracts
from contracts.clients import actions as clients
from contracts.clients.models import Client, Contact, Device, Site
from contracts.models import ServiceLevelVersion
from msp.kit.periods import anchored, day_start, local_date
from msp.kit.refs import Actor, system
from tenants.people import actions as people
from tenants.people.models import Person

SETUP = system("Set-up")
HOUR = 3600


@dataclass
class Story:
    """What the chapters hand on to each other."""

    now: datetime
    dice: random.Random = field(default_factory=lambda: random.Random(20260))  # noqa: S311
    staff: dict[str, Person] = field(default_factory=dict)
    levels: dict[str, ServiceLevelVersion] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    contacts: dict[str, list[Contact]] = field(default_factory=dict)
    devices: dict[str, list[Device]] = field(default_factory=dict)
    sites: dict[str, list[Site]] = field(default_factory=dict)
    keys: dict[int, tuple[int, str]] = field(default_factory=dict)  # of a site: key, token

    @property
    def today(self) -> date:
        return local_date(self.now, cast.ZONE)

    def month(self, ago: int) -> date:
        """The first of the month, some months ago."""
        return anchored(self.today.replace(day=1), -ago)

    def at(self, day: date, hour: int = 9, minute: int = 0) -> datetime:
        """A wall-clock time at the MSP as an instant, never later than now."""
        instant = day_start(day, cast.ZONE) + timedelta(hours=hour, minutes=minute)
        return min(instant, self.now)

    def by(self, first_name: str) -> Actor:
        person = next(p for n, p in self.staff.items() if n.startswith(first_name))
        return Actor("person", person.pk, person.name)


def hire(story: Story) -> None:
    """The MSP's people; the owner was invited when the MSP was built."""
    began = story.at(story.month(6) - timedelta(days=10))
    for name, role in cast.STAFF:
        if role == "owner":
            person = Person.objects.get(role="owner")
            people.set_password(person=person, password=cast.PASSWORD, by=SETUP, at=began)
        else:
            person = people.invite(
                email=address(name, f"{cast.SLUG}.example"),
                name=name,
                role=role,
                password=cast.PASSWORD,
                by=SETUP,
                at=began,
            )
        story.staff[name] = person
    technicians = [p for p in story.staff.values() if p.role == "technician"]
    people.create_team(name="Service desk", members=technicians, by=SETUP, at=began)


def address(name: str, host: str) -> str:
    return f"{name.split()[0]}.{name.split()[-1]}@{host}".lower()


def promise(story: Story) -> None:
    """Two service levels: office hours with holidays, and around the clock."""
    began = story.at(story.month(6) - timedelta(days=9))
    office = contracts.add_calendar(
        name="Office hours",
        by=SETUP,
        at=began,
        definition={
            "zone": cast.ZONE,
            "always_open": False,
            "windows": [{"weekday": d, "start": "08:00", "end": "18:00"} for d in range(5)],
            "overrides": [],
            "holidays": [
                {"name": "New Year's Day", "month": 1, "day": 1},
                {"name": "Independence Day", "month": 7, "day": 4},
                {"name": "Labor Day", "month": 9, "weekday": 0, "nth": 1},
                {"name": "Thanksgiving Day", "month": 11, "weekday": 3, "nth": 4},
                {"name": "Christmas Day", "month": 12, "day": 25},
            ],
        },
    )
    story.levels["essential"] = contracts.add_level(
        name="Essential",
        calendar=office,
        by=SETUP,
        at=began,
        targets=targets((1, 4), (2, 8), (4, 16), (8, 40)),
        policy={"goal": 90},
    )
    story.levels["complete"] = contracts.add_level(
        name="Complete 24x7",
        calendar=None,
        by=SETUP,
        at=began,
        targets=targets((0.25, 4), (1, 8), (4, 24), (8, 72), next_word=4),
        policy={"goal": 95, "longest_pause_days": 14},
    )


def targets(*hours: tuple[float, float], next_word: float = 0) -> dict[str, dict[str, int]]:
    """Hours to the first reply and to the fix, for priorities 1 to 4; and to each next word."""
    more = {"update": int(next_word * HOUR)} if next_word else {}
    return {
        str(number): {"response": int(reply * HOUR), "resolution": int(fix * HOUR)} | more
        for number, (reply, fix) in enumerate(hours, start=1)
    }


def welcome(story: Story, company: cast.Company) -> None:
    """A client with its sites, people, devices and agreement."""
    signed_on = story.month(company.months)
    began = story.at(signed_on - timedelta(days=3))
    host = f"{company.name.split()[0].lower()}.example"
    client = clients.add_client(
        name=company.name,
        zone=company.zone,
        industry=company.industry,
        billing_email=f"accounts@{host}" if company.plan != "none" else "",
        tax_rate=company.tax,
        payment_days=15,
        by=SETUP,
        at=began,
        address=cast.address_of(company),
    )
    story.clients[company.code] = client
    story.sites[company.code] = [
        clients.add_site(client=client, name=name, by=SETUP, at=began) for name in company.sites
    ]
    counts = company.plan in ("people", "complete")
    story.contacts[company.code] = [
        add_person(story, company, client, number, host, signed_on if counts else None, began)
        for number in range(company.users)
    ]
    story.devices[company.code] = add_devices(story, company, client, signed_on, began)
    if company.plan != "none":
        sign(story, company, client, signed_on, began)


def add_person(
    story: Story,
    company: cast.Company,
    client: Client,
    number: int,
    host: str,
    counts_from_on: date | None,
    at: datetime,
) -> Contact:
    pick = number + 3 * len(story.clients)
    name = f"{cast.FIRST[pick % len(cast.FIRST)]} {cast.LAST[(pick * 7) % len(cast.LAST)]}"
    contact = clients.add_contact(
        client=client,
        name=name,
        email=f"{name.split()[0]}.{number}@{host}".lower(),
        title="Office manager" if number == 0 else "",
        counts_from_on=counts_from_on,
        site=story.sites[company.code][0],
        by=SETUP,
        at=at,
    )
    if number < 2 and len(story.clients) <= 3:  # hashing a password takes a tenth of a second
        clients.open_portal(
            contact=contact,
            role="admin" if number == 0 else "user",
            password=cast.PASSWORD,
            by=SETUP,
            at=at,
        )
    return contact


def add_devices(
    story: Story, company: cast.Company, client: Client, on: date, at: datetime
) -> list[Device]:
    sites = story.sites[company.code]
    found = []
    for kind, count in company.devices.items():
        maker, model, system_name = cast.MODELS[kind]
        for number in range(1, count + 1):
            found.append(
                clients.add_device(
                    client=client,
                    name=f"{company.code}-{cast.SHORT[kind]}-{number:02}".lower(),
                    kind=kind,
                    counts_from_on=on,
                    site=sites[number % len(sites)],
                    maker=maker,
                    model=model,
                    system=system_name,
                    serial=f"{company.code}{story.dice.randrange(10**6):06}",
                    by=SETUP,
                    at=at,
                )
            )
    return found


def sign(
    story: Story, company: cast.Company, client: Client, starts_on: date, at: datetime
) -> None:
    """Draft the plan's agreement and publish it."""
    level = story.levels["complete" if company.plan == "complete" else "essential"]
    name = {
        "complete": "Managed Complete",
        "essential": "Managed Essential",
        "people": "Managed by person",
        "hourly": "By the hour",
        "prepaid": "Prepaid hours",
    }[company.plan]
    agreement = contracts.draft_agreement(
        client=client, name=name, starts_on=starts_on, by=SETUP, at=at
    )
    version = agreement.versions.get()
    contracts.set_lines(
        version=version, lines=plan_lines(company, starts_on) + agreed_apart(company),
        level_version=level,
        by=SETUP, at=at,
    )  # fmt: skip
    if company.plan == "complete":
        contracts.set_coverage(version=version, rows=NIGHTS, by=SETUP, at=at)
        contracts.set_credits(version=version, facts=GIVEN_BACK, by=SETUP, at=at)
        contracts.change_draft(
            version=version, name=name, effective_on=starts_on, ends_on=anchored(starts_on, 12),
            renews_months=12, notice_days=60, uplift_percent=Decimal(3), by=SETUP, at=at,
        )  # fmt: skip
    contracts.publish(version=version, by=SETUP, at=at)


GIVEN_BACK = {
    "response": {"percent": "2"}, "resolution": {"percent": "5"}, "cap_percent": "15",
    "bands": [{"below": "99.5", "percent": "5"}, {"below": "98", "percent": "10"}],
    "lowest_priority": 2,
}  # fmt: skip
NIGHTS = [
    {"name": "Projects", "verdict": "billable", "work_types": ["project"], "rate": "165"},
    {"name": "On holidays", "verdict": "billable", "hour_classes": ["holiday"], "multiplier": "2"},
    {
        "name": "Printers", "verdict": "no_charge", "owner": "client",
        "device_classes": ["printer"], "hour_classes": ["business"],
    },
]  # fmt: skip


def plan_lines(company: cast.Company, starts_on: date) -> list[contracts.LineInput]:
    """What each plan counts and costs."""
    if company.plan in ("hourly", "prepaid"):
        return worked_lines(company, starts_on)
    network = ["firewall", "switch", "access_point"]
    per_device = [
        ("Servers", ["server"], "145.00"),
        ("Workstations and laptops", ["workstation", "laptop"], "62.00"),
        ("Network devices", network, "28.00"),
    ]
    if company.plan == "people":
        priced = [
            device_line("Network devices", network, "24.00"),
            device_line("Device monitoring", ["server", "workstation", "laptop"], "6.00"),
        ]
        return [
            user_line("People, full support", "89.00"),
            *priced,
            flat_line("Cloud backup", "120.00"),
        ]
    if company.plan == "essential":
        per_device = [(text, kinds, price) for text, kinds, price in per_device]
        per_device[0] = ("Servers", ["server"], "110.00")
        per_device[1] = ("Workstations and laptops", ["workstation", "laptop"], "44.00")
        return [device_line(*row) for row in per_device]
    return [
        *(device_line(*row) for row in per_device),
        device_line("Printers and storage", ["printer", "storage"], "12.00"),
        user_line("E-mail security", "9.50"),
        flat_line("Quarterly review", "150.00"),
    ]


def worked_lines(company: cast.Company, starts_on: date) -> list[contracts.LineInput]:
    """Support by the hour, or from a block of hours that is bought ahead."""
    hour = line(
        "Work by the hour", "time", rate="150.00", minimum=15, step=15, after="1.5", holiday="2"
    )
    if company.plan == "hourly":
        return [hour, flat_line("Cloud backup", "120.00")]
    block = line(
        "Ten hours ahead", "block", amount="1350.00", hours="10",
        bought_on=starts_on.isoformat(), expires_on=anchored(starts_on, 6).isoformat(),
    )  # fmt: skip
    return [block, hour]


def agreed_apart(company: cast.Company) -> list[contracts.LineInput]:
    """What some negotiated for themselves, so that every kind of line is in the story."""
    terms: dict[str, tuple[str, str, dict[str, Any]]] = {
        "LLC": ("Project hours", "hours", {
            "amount": "300.00", "hours": "2", "overage_rate": "165.00", "work_types": ["project"],
        }),
        "MWE": ("Project retainer", "retainer", {
            "amount": "165.00", "rolls": 2, "work_types": ["project"],
        }),
        "MTA": ("Licence administration", "percentage", {"percent": "3"}),
        "ALA": ("Drawing software", "per_licence", {
            "unit_price": "38.00", "products": ["Draftline Studio"],
        }),
        "TWD": ("Pages printed", "usage", {
            "unit_price": "0.014", "measure": "pages", "included": "2000",
        }),
        "QHL": ("Three years signed", "discount", {"percent": "5"}),
        "PFT": ("Least a month comes to", "commitment", {"amount": "320.00"}),
    }  # fmt: skip
    if company.code not in terms:
        return []
    text, kind, facts = terms[company.code]
    return [line(text, kind, **facts)]


def device_line(text: str, kinds: list[str], price: str) -> contracts.LineInput:
    return line(text, "per_device", unit_price=price, device_classes=kinds, counting="daily")


def user_line(text: str, price: str) -> contracts.LineInput:
    return line(text, "per_user", unit_price=price, counting="daily")


def flat_line(text: str, amount: str) -> contracts.LineInput:
    return line(text, "flat", amount=amount, prorate=True)


def line(text: str, kind: str, **facts: object) -> contracts.LineInput:
    return contracts.LineInput(description=text, kind=kind, facts=facts, line_key=uuid4())


def beginning(now: datetime | None = None) -> Story:
    return Story(now=now or datetime.now(UTC))
