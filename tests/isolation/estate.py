"""Two clients of one MSP with one of everything, each text marked so that it is known anywhere."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from billing import actions as billing
from billing.models import Invoice
from contracts import actions as contracts
from contracts.clients import actions as clients
from contracts.clients.models import Client, Contact, Device, Holding
from contracts.models import Agreement, Quote, Roadmap
from monitoring import actions as monitoring
from monitoring.models import Check, EnrolmentKey, Incident, IncidentNumber
from msp.kit.periods import month
from msp.kit.refs import Actor
from tenants.journal.models import Delivery, Entry
from tenants.people import actions as people
from tenants.people.models import Person
from tests import make
from tickets import actions as tickets
from tickets.models import Ticket, TimeEntry
from tickets.projects import actions as projects
from tickets.projects.models import Project

MAY = month(2026, 5)
JUNE_1 = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)


@dataclass
class Owned:
    """What belongs to one client. `mark` stands in every text of it, `note` in internal ones."""

    mark: str
    note: str
    client: Client
    admin: Contact
    user: Contact
    device: Device
    agreement: Agreement
    check: Check
    key: EnrolmentKey
    incident: Incident
    of_admin: Ticket
    of_user: Ticket
    time: TimeEntry
    quote: Quote
    roadmap: Roadmap
    project: Project
    licence: Holding
    meter: Holding
    invoice: Invoice | None = None


def owned(mark: str, *, device_kind: str = "server") -> Owned:
    """A client with people, a device, an agreement, two tickets and an incident."""
    note = f"{mark}NOTE"
    client = make.client(
        f"Company {mark}", address=f"1 {mark} Street", warning=f"Beware {note}",
        industry=mark, billing_email=f"bills@{mark.lower()}.example",
    )  # fmt: skip
    place = make.site(client, f"Site {mark}", address=f"2 {mark} Street")
    admin, user = (
        make.contact(
            client, f"{word} {mark}", site=place, title=mark, counts_from_on=date(2026, 1, 1)
        )
        for word in ("Admin", "User")
    )
    make.portal(admin, "admin")
    make.portal(user, "user")
    admin.refresh_from_db()
    user.refresh_from_db()
    device = make.device(client, f"dev-{mark}", device_kind, site=place, serial=f"SN{mark}")
    agreement = make.agreement(
        client, make.per_device("10.00", description=f"Care {mark}"), name=f"Agreement {mark}"
    )
    enrolment, _token = monitoring.enrol_key(site=place, name=f"Key {mark}", by=make.BY, at=JUNE_1)
    check = Check.objects.filter(device=device).first() or monitoring.add_check(
        device=device, name=f"Check {mark}", slug="beat", period=60, grace=60, by=make.BY, at=JUNE_1
    )
    of_admin = ticket(f"Admins {mark}", note, admin, device)
    return Owned(
        mark, note, client, admin, user, device, agreement, check,
        enrolment, incident(mark, client, device, check),
        of_admin, ticket(f"Users {mark}", note, user, device), time_on(of_admin, note),
        quote(mark, client), roadmap(mark, client), project(mark, client, of_admin),
        *held(mark, client),
    )  # fmt: skip


def roadmap(mark: str, client: Client) -> Roadmap:
    """A plan that was shared."""
    made = contracts.begin_roadmap(client=client, name=f"Plan {mark}", by=make.BY, at=JUNE_1)
    made = contracts.assess(
        roadmap=made, answers={"copies": "no"}, signals=[], starts_on=date(2026, 7, 1),
        by=make.BY, at=JUNE_1,
    )  # fmt: skip
    return contracts.share_roadmap(roadmap=made, shared=True, by=make.BY, at=JUNE_1)


def project(mark: str, client: Client, ticket: Ticket) -> Project:
    """One that runs, with a milestone that is done and a ticket."""
    who = {"by": make.BY, "at": JUNE_1}
    made = projects.plan_project(
        client=client, name=f"Move {mark}", scope=f"Scope {mark}", starts_on=date(2026, 6, 1),
        due_on=date(2026, 7, 1), fee="time", **who,
    )  # fmt: skip
    projects.write_milestones(
        project=made, milestones=[projects.MilestoneInput(f"Phase {mark}", f"Step {mark}")], **who
    )
    made = projects.start_project(project=made, **who)
    projects.finish_milestone(milestone=made.milestones.get(), **who)
    projects.add_ticket(project=made, ticket=ticket, **who)
    return made


def quote(mark: str, client: Client) -> Quote:
    """A quote that was sent, and its next version being written."""
    made = contracts.draft_quote(client=client, name=f"Offer {mark}", by=make.BY, at=JUNE_1)
    version = contracts.write_quote(
        version=made.versions.get(), options=[contracts.OptionInput(f"Option {mark}")],
        lines=[contracts.QuotedInput(f"Care {mark}", "flat", {"amount": "100.00"})],
        valid_until_on=date(2029, 6, 1), by=make.BY, at=JUNE_1,
    )  # fmt: skip
    made = contracts.send_quote(version=version, by=make.BY, at=JUNE_1)
    contracts.revise_quote(quote=made, by=make.BY, at=JUNE_1)
    return made


def held(mark: str, client: Client) -> tuple[Holding, Holding]:
    since = {"counts_from_on": date(2026, 1, 1), "by": make.BY, "at": JUNE_1}
    meter = clients.add_meter(client=client, name=f"Pages {mark}", measure="pages", **since)
    clients.record_reading(
        meter=meter, value=Decimal(7), taken_at=JUNE_1, note=mark, by=make.BY, at=JUNE_1
    )
    return clients.add_licence(client=client, product=f"Suite {mark}", seats=3, **since), meter


def incident(mark: str, client: Client, device: Device, check: Check) -> Incident:
    row, _new = IncidentNumber.objects.get_or_create(pk=1)
    row.last += 1
    row.save()
    return Incident.objects.create(
        number=row.last, problem_key=f"check:{check.pk}", check_row=check, device=device,
        client=client, title=f"Silent {mark}", opened_at=JUNE_1, detected_at=JUNE_1,
    )  # fmt: skip


def ticket(subject: str, note: str, contact: Contact, device: Device) -> Ticket:
    by = Actor("contact", contact.pk, contact.name)
    made = tickets.open_ticket(
        client=contact.client, contact=contact, device=device, subject=subject,
        body=f"Body of {subject}", channel="portal", by=by, at=JUNE_1,
    )  # fmt: skip
    tickets.note(ticket=made, body=f"Among us {note}", by=make.BY, at=JUNE_1)
    return made


def time_on(ticket: Ticket, note: str) -> TimeEntry:
    """An hour of the owner, with a note that is nobody else's to read."""
    return tickets.log_time(
        ticket=ticket, person=Person.objects.get(role="owner"), note=note, by=make.BY, at=JUNE_1,
        started_at=JUNE_1 - timedelta(hours=1), ended_at=JUNE_1,
    )  # fmt: skip


@dataclass
class World:
    """One MSP as the walk finds it: the ids go into addresses, the marks must not come out."""

    here: Owned
    other: Owned
    delivery: Delivery
    key_prefix: str
    team_pk: int

    def value(self, words: list[str], name: str, kind: str = "str") -> Any:
        """What to put for a parameter of a route that begins with these words."""
        of = self.here
        known: dict[tuple[str, str], Any] = {
            ("clients", "slug"): of.client.slug,
            ("clients", "pk"): of.client.pk,
            ("sites", "pk"): of.device.site_id,
            ("contacts", "pk"): of.admin.pk,
            ("devices", "pk"): of.device.pk,
            ("agreements", "pk"): of.agreement.pk,
            ("tickets", "number"): of.of_admin.number,
            ("tickets", "pk"): of.of_admin.pk,
            ("split", "message"): of.of_admin.messages.first().pk,
            ("requests", "number"): of.of_admin.number,
            ("quotes", "pk"): of.quote.pk,
            ("roadmaps", "pk"): of.roadmap.pk,
            ("phases", "key"): "urgent",
            ("projects", "pk"): of.project.pk,
            ("milestones", "step"): of.project.milestones.get().pk,
            ("quotes", "number"): of.quote.number,
            ("incidents", "number"): of.incident.number,
            ("incidents", "pk"): of.incident.pk,
            ("checks", "pk"): of.check.pk,
            ("invoices", "pk"): of.invoice.pk if of.invoice else 1,
            ("invoices", "line"): self._line(),
            ("invoices", "line_pk"): self._line(),
            ("runs", "word"): "2026-05",
            ("people", "pk"): of.admin.person_id,
            ("teams", "pk"): self.team_pk,
            ("deliveries", "pk"): self.delivery.pk,
            ("keys", "public_id"): self.key_prefix,
            ("keys", "pk"): of.key.pk,
            ("time", "pk"): of.time.pk,
            ("time-entries", "pk"): of.time.pk,
            ("units", "kind"): "device",
            ("units", "pk"): of.device.pk,
            ("licences", "pk"): of.licence.pk,
            ("meters", "pk"): of.meter.pk,
            ("readings", "reading"): of.meter.readings.get().pk,
        }
        for word in reversed(words):
            if (word, name) in known:
                return known[word, name]
        return 1 if kind == "int" else "x"

    def _line(self) -> int:
        line = self.here.invoice.lines.first() if self.here.invoice else None
        return line.pk if line else 1


def world(here: str, other: str) -> World:
    """Fill the current MSP: two clients, a month billed and issued, a delivery, a key."""
    one, two = owned(here), owned(other, device_kind="workstation")
    run = billing.open_run(period=MAY, by=make.BY, at=JUNE_1)
    run = billing.count_run(run=run, by=make.BY, at=JUNE_1)
    bills = list(Invoice.objects.filter(run=run))
    billing.approve(invoices=bills, by=make.BY, at=JUNE_1)
    for bill in bills:
        billing.issue(invoice=bill, by=make.BY, at=JUNE_1)
    one.invoice = Invoice.objects.get(run=run, client=one.client)
    two.invoice = Invoice.objects.get(run=run, client=two.client)
    failed = Delivery.objects.create(
        entry=Entry.objects.order_by("pk").first(), reaction="tests.gone", next_at=JUNE_1
    )
    owner = people.Person.objects.filter(role="owner").first()
    token = people.create_key(
        person=owner, name=f"Key {here}", scopes=["clients:read"], by=make.BY, at=JUNE_1
    )
    team = people.create_team(name=f"Team {here}", members=[owner], by=make.BY, at=JUNE_1)
    return World(one, two, failed, token[:12], team.pk)
