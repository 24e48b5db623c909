"""What the demo's MSP builds: a quote that became a project which runs, and a change to decide."""

from datetime import timedelta
from typing import Any

from billing import actions as billing
from billing.management.demo.setting import Story
from contracts import actions as contracts
from contracts.clients.models import Client, Contact
from contracts.models import Agreement, QuoteVersion, Service
from contracts.queries import quotes
from contracts.rules.quoting.content import write_priced
from msp.kit.refs import Actor
from tenants.people.models import Person
from tickets import actions as tickets
from tickets.projects import actions
from tickets.projects.models import Milestone, Project

PLAN = (  # phase, milestone, price, due in days from its start
    ("Plan", "Site survey and plan agreed", "1450.00", 10),
    ("Build", "Cabling and network in place", "6800.00", 30),
    ("Build", "Server room handed over", "3900.00", 38),
    ("Move", "Workplaces moved", "4600.00", 60),
    ("Move", "Two weeks at hand", "1250.00", 80),
)
BEGAN = 44  # days ago
SCOPE = (
    "The second floor from bare walls to working desks:\n\n- cabling, network and wireless\n"
    "- a small server room with power and cooling\n- the move of 18 workplaces over a weekend\n\n"
    "Not in it: furniture, and the line of the provider."
)
SHORT = ("Label the outlets by room", "Wireless plan for the second floor")


def undertake(story: Story) -> None:
    """A move that is half done, and a change of the agreement that waits for the client."""
    client, contact = story.clients["TWD"], story.contacts["TWD"][0]
    project = _begun(story, client, contact)
    first, second, third = project.milestones.all()[:3]
    for milestone, done, accepted in ((first, 36, 35), (second, 12, 10), (third, 2, None)):
        _done(story, milestone, done)
        if accepted is not None:
            _accepted(story, milestone, contact, accepted)
    _billed(story, first)
    for at, subject in enumerate(SHORT):
        _worked(story, project, contact, subject, 20 - 9 * at)
    _change(story, client, contact)


def _who(story: Story, days: int, name: str = "Jonas") -> dict[str, Any]:
    return {"by": story.by(name), "at": story.now - timedelta(days=days)}


def _begun(story: Story, client: Client, contact: Contact) -> Project:
    """Quoted, accepted, planned with its dates, started."""
    before = _who(story, BEGAN + 6)
    made = contracts.draft_quote(client=client, name="Second floor", contact=contact, **before)
    version = contracts.write_quote(
        version=made.versions.get(), contact=contact, intro=SCOPE,
        options=[contracts.OptionInput("Second floor")],
        lines=[
            contracts.QuotedInput(title, "once", {"unit_price": price}, phase=phase)
            for phase, title, price, _due in PLAN
        ],
        valid_until_on=before["at"].date() + timedelta(days=30),
        becomes=QuoteVersion.Becomes.PROJECT, **before,
    )  # fmt: skip
    contracts.send_quote(version=version, **before)
    contracts.accept_quote(
        quote=made, version_number=1, wanted=contracts.Wanted("a"),
        signature=contracts.Signature(contact, contact.name, "203.0.113.31", "Mozilla/5.0"),
        by=_theirs(contact), at=story.now - timedelta(days=BEGAN + 2),
    )  # fmt: skip
    now = _who(story, BEGAN)
    project = actions.adopt_quote(quote=made, **now)
    assert project is not None
    start = project.starts_on
    actions.change_project(
        project=project, due_on=start + timedelta(days=PLAN[-1][3]),
        owner=_person(story, "Maya"), **now,
    )  # fmt: skip
    actions.write_milestones(
        project=project,
        milestones=[
            actions.MilestoneInput(
                one.phase, one.title, one.amount, start + timedelta(days=due), one.pk
            )
            for one, (_phase, _title, _price, due) in zip(
                project.milestones.all(), PLAN, strict=True
            )
        ],
        **now,
    )  # fmt: skip
    return actions.start_project(project=project, **now)


def _done(story: Story, milestone: Milestone, days: int) -> None:
    actions.finish_milestone(milestone=milestone, **_who(story, days, "Maya"))


def _accepted(story: Story, milestone: Milestone, contact: Contact, days: int) -> None:
    actions.accept_milestone(
        milestone=milestone, typed_name=contact.name, address="203.0.113.31",
        by=_theirs(contact), at=story.now - timedelta(days=days),
    )  # fmt: skip


def _worked(story: Story, project: Project, contact: Contact, subject: str, days: int) -> None:
    """A ticket of the project with half a day of work, which the fee pays for."""
    now = _who(story, days, "Maya")
    ticket = tickets.open_ticket(
        client=project.client, contact=contact, subject=subject, channel="phone", priority=4, **now
    )
    actions.add_ticket(project=project, ticket=ticket, **now)
    end = now["at"] + timedelta(hours=4)
    tickets.log_time(
        ticket=ticket, person=_person(story, "Maya"), started_at=now["at"], ended_at=end,
        by=now["by"], at=end,
    )  # fmt: skip
    tickets.resolve(ticket=ticket, by=now["by"], at=end)


def _change(story: Story, client: Client, contact: Contact) -> None:
    """One service more for what the second floor brings, as a change of what is agreed."""
    now = _who(story, 1)
    agreement = Agreement.objects.filter(client=client, state=Agreement.State.ACTIVE).first()
    if agreement is None or agreement.versions.filter(published_at__isnull=True).exists():
        return
    made = contracts.quote_amendment(agreement=agreement, **now)
    version = quotes.draft_of(made)
    assert version is not None
    services = Service.objects.in_bulk()
    lines = [
        contracts.QuotedInput(
            one.description, one.terms.kind, write_priced(one.listed), one.quantity,
            service=services.get(one.service_id or 0), key=one.key,
        )
        for one in quotes.content_of(version).lines
    ]  # fmt: skip
    lines.append(contracts.QuotedInput("Wireless of the second floor", "flat", {"amount": "95.00"}))
    version = contracts.write_quote(
        version=version, options=[contracts.OptionInput(agreement.name[:80])], lines=lines,
        contact=contact, name="Second floor in the agreement",
        intro="The second floor is open; this adds its wireless to what we look after.",
        valid_until_on=story.today + timedelta(days=20), level_version=version.level_version, **now,
    )  # fmt: skip
    contracts.send_quote(version=version, **now)


def _billed(story: Story, milestone: Milestone) -> None:
    """The first one is issued, the others wait for a look."""
    now = _who(story, 1)
    bill = billing.bill_milestone(milestone=milestone, **now)
    assert bill is not None
    billing.approve(invoices=[bill], **now)
    bill.refresh_from_db()
    billing.issue(invoice=bill, **now)


def _person(story: Story, first_name: str) -> Person:
    return next(one for name, one in story.staff.items() if name.startswith(first_name))


def _theirs(contact: Contact) -> Actor:
    return Actor("contact", contact.pk, contact.name)
