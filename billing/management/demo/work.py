"""Half a year of work: requests, answers, people and devices that come and go."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from billing.management.demo import cast
from billing.management.demo.setting import Story
from contracts.clients import actions as clients
from contracts.clients.models import Contact
from msp.kit.refs import Actor
from tickets import actions as tickets
from tickets.models import Ticket

Step = tuple[datetime, Callable[[], object]]
TECHNICIANS = ("Maya", "Tomas", "Priya")


def chapters(story: Story) -> list[Step]:
    """Everything that happens between the first month and now, in the order of time."""
    steps: list[Step] = []
    for company in cast.COMPANIES:
        steps += requests_of(story, company)
        steps += changes_of(story, company)
    steps += open_now(story)
    return sorted(steps, key=lambda step: step[0])


def working_days(first: date, last: date) -> list[date]:
    days = (first + timedelta(days=n) for n in range((last - first).days))
    return [day for day in days if day.weekday() < 5]


def requests_of(story: Story, company: cast.Company) -> list[Step]:
    """About one request for every six people and month, answered and solved."""
    days = working_days(story.month(company.months), story.today - timedelta(days=1))
    count = max(2, company.users * company.months // 6)
    steps: list[Step] = []
    for _ in range(count):
        day = story.dice.choice(days)
        opened = story.at(day, 8 + story.dice.randrange(8), story.dice.randrange(60))
        steps += one_request(story, company, opened, solved=True)
    return steps


def one_request(
    story: Story, company: cast.Company, opened: datetime, *, solved: bool, priority: int = 0,
    topic: int | None = None,
) -> list[Step]:  # fmt: skip
    """A request and what becomes of it; the ticket exists once its first step has run."""
    subject, asked, answer = (
        story.dice.choice(cast.REQUESTS) if topic is None else cast.REQUESTS[topic]
    )
    contact = story.dice.choice(story.contacts[company.code])
    who = story.dice.choice(TECHNICIANS)
    reply_after = story.dice.choice((4, 9, 17, 25, 40, 70, 150, 300))
    fix_after = reply_after + story.dice.choice((20, 45, 90, 180, 300))
    number = priority or story.dice.choice((2, 3, 3, 3, 4))
    made: list[Ticket] = []

    def ask() -> None:
        ticket = tickets.open_ticket(
            client=story.clients[company.code], contact=contact, subject=subject, body=asked,
            channel=story.dice.choice(("portal", "portal", "phone", "email")), priority=number,
            by=Actor("contact", contact.pk, contact.name), at=opened,
        )  # fmt: skip
        made.append(ticket)

    steps: list[Step] = [(opened, ask)]
    if not solved:
        return steps

    def take() -> None:
        owner = story.staff[next(n for n in story.staff if n.startswith(who))]
        at = opened + timedelta(minutes=reply_after)
        tickets.assign(ticket=made[0], owner=owner, by=story.by(who), at=at)
        tickets.reply(
            ticket=made[0],
            body=f"Thank you, I am looking at it now.\n\n{who}",
            status="in_progress",
            by=story.by(who),
            at=at,
        )

    def solve() -> None:
        at = opened + timedelta(minutes=fix_after)
        write_down(story, made[0], who, at)
        tickets.resolve(ticket=made[0], text=answer, by=story.by(who), at=at)

    steps.append((opened + timedelta(minutes=reply_after), take))
    steps.append((opened + timedelta(minutes=fix_after), solve))
    return [step for step in steps if step[0] <= story.now]


def write_down(story: Story, ticket: Ticket, who: str, at: datetime) -> None:
    """The time it took; some of it on site, a project now and then, once in a while for nothing."""
    number = ticket.number
    minutes = (10, 20, 35, 55, 80, 15, 25)[number % 7]
    kind = "project" if number % 11 == 0 else "onsite" if number % 5 == 0 else "remote"
    gift = {"override": "no_charge", "override_why": "We had caused it"} if number % 29 == 0 else {}
    tickets.log_time(
        ticket=ticket, person=story.staff[next(n for n in story.staff if n.startswith(who))],
        started_at=at - timedelta(minutes=minutes), ended_at=at, work_type=kind, **gift,
        note="Looked into it with them and wrote down what it was.", by=story.by(who), at=at,
    )  # fmt: skip


def open_now(story: Story) -> list[Step]:
    """A desk as one finds it: some new, some in work, one waiting for the client."""
    steps: list[Step] = []
    waits = (
        (25, 2),
        (55, 3),
        (95, 3),
        (140, 1),
        (200, 3),
        (320, 3),
        (500, 4),
        (1500, 3),
        (2900, 4),
    )
    for topic, ((minutes, priority), company) in enumerate(
        zip(waits, cast.COMPANIES, strict=False)
    ):
        opened = story.now - timedelta(minutes=minutes)
        begun = one_request(story, company, opened, solved=False, priority=priority, topic=topic)
        steps += begun
        if minutes > 150:
            steps.append((opened + timedelta(minutes=12), pick_up(story, company, minutes)))
    return steps


def pick_up(story: Story, company: cast.Company, minutes: int) -> Callable[[], object]:
    def take() -> None:
        who = TECHNICIANS[minutes % 3]
        at = story.now - timedelta(minutes=minutes - 12)
        client = story.clients[company.code]
        ticket = Ticket.objects.filter(client=client, resolved_at=None).latest("opened_at")
        owner = story.staff[next(n for n in story.staff if n.startswith(who))]
        tickets.assign(ticket=ticket, owner=owner, by=story.by(who), at=at)
        tickets.reply(
            ticket=ticket,
            body="I have it and will come back to you today.",
            status="in_progress",
            by=story.by(who),
            at=at,
        )
        if minutes == 200:
            tickets.start_timer(ticket=ticket, person=owner, by=story.by(who), at=at)
        if minutes == 500:
            tickets.set_status(
                ticket=ticket,
                status="waiting_client",
                pause_reason="We need to know which of the two phones it is.",
                by=story.by(who),
                at=at + timedelta(minutes=5),
            )

    return take


def changes_of(story: Story, company: cast.Company) -> list[Step]:
    """A person or device in the middle of a month, so that no two bills are quite the same."""
    steps: list[Step] = []
    if company.plan == "none":
        return steps
    for ago in range(company.months - 1, -1, -1):
        if story.dice.random() < 0.45:
            continue
        day = story.month(ago) + timedelta(days=story.dice.randrange(2, 26))
        if day >= story.today:
            continue
        steps.append((story.at(day, 11), one_change(story, company, day, ago)))
    return steps


def one_change(story: Story, company: cast.Company, day: date, ago: int) -> Callable[[], object]:
    kind = story.dice.choice(("laptop", "workstation", "person", "retire"))

    def change() -> None:
        at, by = story.at(day, 11), story.by("Maya")
        client, site = story.clients[company.code], story.sites[company.code][0]
        if kind == "person":
            name = f"{cast.FIRST[(ago * 5) % 20]} {cast.LAST[(ago * 3 + 5) % 17]}"
            contact: Contact = clients.add_contact(
                client=client,
                name=name,
                site=site,
                by=by,
                at=at,
                counts_from_on=day,
            )
            story.contacts[company.code].append(contact)
        elif kind == "retire":
            old = [d for d in story.devices[company.code] if d.kind in ("laptop", "workstation")]
            if len(old) > 2:
                device = old[-1]
                story.devices[company.code].remove(device)
                clients.retire_device(device=device, on=day, by=by, at=at)
        else:
            maker, model, system_name = cast.MODELS[kind]
            number = 20 + ago
            story.devices[company.code].append(
                clients.add_device(
                    client=client,
                    name=f"{company.code}-{cast.SHORT[kind]}-{number}".lower(),
                    kind=kind,
                    counts_from_on=day,
                    site=site,
                    maker=maker,
                    model=model,
                    system=system_name,
                    by=by,
                    at=at,
                )
            )

    return change
