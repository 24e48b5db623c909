"""Projects as they are read: lists, one with its phases and time, and what a quote becomes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import OuterRef, Q, QuerySet, Subquery

from contracts.models import Answer, Quote, QuoteVersion
from contracts.queries import quotes as offers
from msp.kit.periods import local_date
from tenants.people.rules.viewer import Viewer
from tickets import queries as tickets
from tickets.models import Ticket, TimeEntry
from tickets.projects.models import Milestone, Project, ProjectQuote, ProjectTicket
from tickets.projects.rules import progress as rules
from tickets.projects.rules import states
from tickets.projects.rules.progress import Progress, Step, Stretch

NAMELESS = "Delivery"  # the phase of what was quoted without one


def list_projects(
    viewer: Viewer, *, q: str = "", client: str = "", state: str = ""
) -> QuerySet[Project]:
    """Projects the viewer may see, the newest first; `open` are those that are not over."""
    rows = Project.objects.visible_to(viewer).select_related("client", "owner")
    rows = rows.prefetch_related("milestones")
    if state == "open":
        rows = rows.filter(state__in=states.OPEN)
    elif state in Project.State.values:
        rows = rows.filter(state=state)
    if client:
        rows = rows.filter(client__slug=client)
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(client__name__icontains=q) | _numbered(q))
    return rows.order_by("-pk")


def _numbered(q: str) -> Q:
    digits = q.upper().removeprefix("P-").lstrip("0")
    return Q(pk=int(digits)) if digits.isdecimal() and len(digits) < 10 else Q()


@dataclass(frozen=True)
class Row:
    """A milestone with where it stands."""

    milestone: Milestone
    state: str


@dataclass(frozen=True)
class Part:
    """A phase on the line of days with its milestones."""

    stretch: Stretch
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Standing:
    """How far a project is, on a day."""

    progress: Progress
    parts: tuple[Part, ...]
    today: date

    @property
    def late(self) -> int:
        return sum(row.state == rules.LATE for part in self.parts for row in part.rows)

    @property
    def waits(self) -> int:
        """How many are done and wait for the client's word."""
        return self.progress.done - self.progress.accepted

    @property
    def next_due(self) -> Milestone | None:
        """What is due first of what is not done yet."""
        open_rows = [row.milestone for part in self.parts for row in part.rows
                     if row.milestone.done_at is None and row.milestone.due_on]  # fmt: skip
        return min(open_rows, key=lambda one: one.due_on, default=None)


def standing(project: Project, at: datetime) -> Standing:
    """Its phases with their milestones, and the sums."""
    today = local_date(at, project.client.zone)
    found = list(project.milestones.all())
    steps = [_step(one) for one in found]
    told = rules.stretches(steps, project.starts_on, project.due_on, today)
    rows: dict[str, list[Row]] = {one.name: [] for one in told}
    for milestone, step in zip(found, steps, strict=True):
        rows[milestone.phase].append(Row(milestone, rules.state_of(step, today)))
    parts = tuple(Part(one, tuple(rows[one.name])) for one in told)
    return Standing(rules.progress(steps), parts, today)


def _step(one: Milestone) -> Step:
    done, accepted = one.done_at is not None, one.accepted_at is not None
    return Step(one.phase, one.title, one.amount, one.due_on, done, accepted)


@dataclass(frozen=True)
class TimeSpent:
    """The work on a project's tickets: how many seconds, on how many tickets."""

    seconds: int
    tickets: tuple[Ticket, ...]

    @property
    def said(self) -> str:
        return tickets.minutes_said(self.seconds)


def time_spent(project: Project) -> TimeSpent:
    """Its tickets, the newest first, and the time that was written down on them."""
    rows = Ticket.objects.filter(
        pk__in=ProjectTicket.objects.filter(project=project).values("ticket")
    )
    found = tuple(rows.select_related("owner").order_by("-number"))
    return TimeSpent(tickets.seconds_on([one.pk for one in found]), found)


@dataclass(frozen=True)
class Belongs:
    """The project a ticket's work belongs to, as billing reads it."""

    project_id: int
    number: str
    name: str
    fee: str
    cap: Decimal
    currency: str


def projects_of(ticket_ids: Iterable[int]) -> dict[int, Belongs]:
    """The project of each ticket that has one."""
    rows = ProjectTicket.objects.filter(ticket_id__in=set(ticket_ids)).select_related("project")
    return {
        row.ticket_id: Belongs(
            row.project_id, row.project.number, row.project.name, row.project.fee,
            row.project.amount, row.project.currency,
        )
        for row in rows
    }  # fmt: skip


def worked_after_end(*, client_id: int, before: date) -> int:
    """Seconds of work on tickets of projects with a fixed fee, begun when those were over: the fee
    does not pay for it, and it is on no bill. What was said to be without charge is settled."""
    over = ProjectTicket.objects.filter(
        ticket=OuterRef("ticket"), project__fee=Project.Fee.FIXED, project__closed_at__isnull=False
    ).values("project__closed_at")
    rows = TimeEntry.objects.done().filter(
        client_id=client_id, worked_on__lt=before, billed_ref="", voided_at__isnull=True,
        started_at__gte=Subquery(over[:1]),
    ).exclude(override=TimeEntry.Override.NO_CHARGE)  # fmt: skip
    return sum(one.seconds for one in rows)


def project_of(ticket: Ticket) -> Project | None:
    """The project a ticket belongs to."""
    row = ProjectTicket.objects.filter(ticket=ticket).select_related("project").first()
    return row.project if row else None


def change_orders(project: Project) -> list[ProjectQuote]:
    """The quote it came of and its change orders, in their order."""
    return list(project.quotes.select_related("quote").order_by("number"))


def of_quote(quote: Quote) -> ProjectQuote | None:
    """What a quote is to a project."""
    return ProjectQuote.objects.filter(quote=quote).select_related("project").first()


def to_accept(viewer: Viewer) -> list[Milestone]:
    """What is done and waits for a client's word, the oldest first."""
    rows = Milestone.objects.filter(
        project__in=Project.objects.visible_to(viewer).exclude(state=Project.State.CANCELLED),
        done_at__isnull=False, accepted_at__isnull=True,
    )  # fmt: skip
    return list(rows.select_related("project__client").order_by("done_at", "pk"))


def open_of_client(client_id: int) -> list[Project]:
    """A client's projects that are not over."""
    rows = Project.objects.filter(client_id=client_id, state__in=states.OPEN)
    return list(rows.select_related("client").prefetch_related("milestones"))


# -- what a quote becomes ------------------------------------------------------------------------


@dataclass(frozen=True)
class AcceptedStep:
    """A line that was accepted to be delivered once, as a milestone."""

    phase: str
    title: str
    amount: Decimal


def accepted_version(quote: Quote) -> QuoteVersion:
    """The version that was accepted."""
    answer = _accepted(quote)
    assert answer is not None
    assert answer.quote_version is not None
    return answer.quote_version


def becomes_project(quote: Quote) -> bool:
    """Whether what was accepted is a project."""
    answer = _accepted(quote)
    if answer is None or answer.quote_version is None:
        return False
    return answer.quote_version.becomes == QuoteVersion.Becomes.PROJECT


def accepted_steps(quote: Quote) -> list[AcceptedStep]:
    """What was accepted to be delivered once, with the amounts that were read; and what a phase
    of a plan puts into service, which is paid by the agreement and costs the project nothing."""
    answer = _accepted(quote)
    choice = offers.accepted_choice(answer) if answer else None
    return [
        _step_of(one)
        for one in (choice.chosen if choice else [])
        if one.line.is_once or one.line.phase
    ]


def _step_of(one: offers.Offered) -> AcceptedStep:
    line = one.line
    if line.is_once:
        return AcceptedStep(line.phase or NAMELESS, line.description, one.figure.amount)
    return AcceptedStep(line.phase, f"{line.description[:105]} in service", Decimal(0))


def accepted_start(quote: Quote, at: datetime) -> date:
    """When it begins: as was wished, else as was offered, and not before it was accepted."""
    answer = _accepted(quote)
    assert answer is not None
    wished = answer.document["accepted"]["starts_on"]
    today = local_date(answer.at, quote.client.zone)
    offered = accepted_version(quote).starts_on or today
    return date.fromisoformat(wished) if wished else max(offered, today)


def _accepted(quote: Quote) -> Answer | None:
    answer = offers.answer_of(quote)
    return answer if answer and answer.verdict == Answer.Verdict.ACCEPTED else None
