"""Planning a project: its terms, its milestones, its life, and the tickets that belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from contracts import actions as contracts
from contracts.clients.models import Client
from contracts.models import Agreement, Quote
from contracts.rules import quoting
from msp.kit import edits
from msp.kit.money import minor_units, round_money
from msp.kit.periods import EARLIEST, LATEST
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce
from tenants.people.models import Person
from tickets import actions as tickets
from tickets.models import Ticket
from tickets.projects import events
from tickets.projects.actions._held import Held
from tickets.projects.models import Milestone, Project, ProjectTicket
from tickets.projects.rules import states

MOST_MILESTONES = 60
LONGEST_SCOPE = 20_000
MOST_AMOUNT = Decimal(10) ** 10
FIELDS = frozenset(
    {"name", "scope", "starts_on", "due_on", "bills_on", "amount", "agreement", "owner"}
)
# What a client was promised or is billed by: changed under way only with a reason.
_PROMISED = frozenset({"starts_on", "due_on", "bills_on", "amount"})
_WORDS = {
    "name": "the name", "scope": "the scope", "starts_on": "the start", "due_on": "the last day",
    "bills_on": "when milestones are billed", "amount": "the cap", "agreement": "the agreement",
    "owner": "who leads it",
}  # fmt: skip


@dataclass(frozen=True)
class MilestoneInput:
    """A milestone as it is written; with `pk` one that is there already."""

    phase: str
    title: str
    amount: Decimal = Decimal(0)
    due_on: date | None = None
    pk: int | None = None
    order: int = 0


@transaction.atomic
def plan_project(
    *, client: Client, name: str, starts_on: date, due_on: date, fee: str = Project.Fee.FIXED,
    amount: Decimal = Decimal(0), currency: str | None = None, scope: str = "",
    bills_on: str = Project.BillsOn.ACCEPTED, agreement: Agreement | None = None,
    owner: Person | None = None, by: Actor, at: datetime,
) -> Project:  # fmt: skip
    """Plan a project; nobody of the client sees it until it is started."""
    if client.archived_at is not None:
        raise Conflict(f"{client.name} is archived.", field="client")
    project = Project(
        client=client, name=" ".join(name.split()), starts_on=starts_on, due_on=due_on, fee=fee,
        currency=currency or client.currency, scope=scope, bills_on=bills_on,
        agreement=agreement, owner=owner, created_at=at,
        amount=amount if fee == Project.Fee.CAPPED else Decimal(0),
    )  # fmt: skip
    _check(project)
    project.save()
    announce(events.ProjectPlanned(project.pk, client.pk, project.name), by=by, at=at)
    return project


@transaction.atomic
def change_project(
    *, project: Project, reason: str = "", by: Actor, at: datetime, **fields: Any
) -> Project:
    """Change its terms; what a client was promised changes under way only with a reason."""
    project = Held.locked(project)
    _still_open(project)
    before = project.amount
    if project.fee != Project.Fee.CAPPED:
        fields.pop("amount", None)  # a fixed fee is what its milestones sum to
    changed = edits.apply(project, fields, FIELDS)
    if not changed:
        return project
    _check(project)
    if "bills_on" in changed:
        _none_waits(project)
    if _PROMISED & set(changed):
        _reasoned(project, reason)
    project.save(update_fields=changed)
    if "name" in changed:
        _pay_for(project, by, at)
    _tell_change(project, edits.said(changed, _WORDS), reason, before, by, at)
    return project


@transaction.atomic
def write_milestones(
    *, project: Project, milestones: Sequence[MilestoneInput], reason: str = "", by: Actor,
    at: datetime,
) -> Project:  # fmt: skip
    """Write the plan whole. What is done stays as it was, wherever it stands in the order.

    A fixed fee is what the milestones sum to: under way it changes with a reason, and so does one
    that a client accepted as a quote.
    """
    project = Held.locked(project)
    _still_open(project)
    if len(milestones) > MOST_MILESTONES:
        raise Refused(f"At most {MOST_MILESTONES} milestones.", field="milestones")
    named = [one.pk for one in milestones if one.pk]
    if len(set(named)) < len(named):
        raise Refused("A milestone stands in the plan twice.", field="milestones")
    known = {one.pk: one for one in project.milestones.all()}
    _keep_done(known, milestones)
    rows = [_milestone(project, known, at, one) for at, one in enumerate(milestones)]
    before = project.amount
    total = sum((row.amount for row in rows), Decimal(0))
    quoted = project.quotes.filter(applied_at__isnull=False).exists()
    if project.started_at is not None or (quoted and total != before):
        _reasoned(project, reason, always=True)
    kept = {row.pk for row in rows}
    Milestone.objects.filter(pk__in=set(known) - kept).delete()
    for row in rows:
        row.save()
    if project.fee == Project.Fee.FIXED and total != before:
        project.amount = total
        project.save(update_fields=["amount"])
    _tell_change(project, "the milestones", reason, before, by, at)
    return project


@transaction.atomic
def start_project(*, project: Project, by: Actor, at: datetime) -> Project:
    """Begin it: from now on the client sees it, and milestones can be done."""
    project = Held.locked(project)
    if project.fee == Project.Fee.FIXED and not project.milestones.exists():
        raise Refused("A fixed fee needs milestones to be billed by. Write them first.")
    return _move(project, states.State.RUNNING, "started", "", by, at)


@transaction.atomic
def finish_project(*, project: Project, by: Actor, at: datetime) -> Project:
    """Close it once all is done; what the client has not accepted yet can still be accepted."""
    project = Held.locked(project)
    left = project.milestones.filter(done_at__isnull=True).count()
    if left:
        some = "1 milestone is" if left == 1 else f"{left} milestones are"
        raise Conflict(f"{some} not done yet. Finish or remove what is left.")
    return _move(project, states.State.DONE, "finished", "", by, at)


@transaction.atomic
def resume_project(*, project: Project, by: Actor, at: datetime) -> Project:
    """Take a finished project up again."""
    return _move(Held.locked(project), states.State.RUNNING, "took up again", "", by, at)


@transaction.atomic
def cancel_project(*, project: Project, reason: str, by: Actor, at: datetime) -> Project:
    """End it before its end. What was accepted stays billed; change orders are withdrawn."""
    project = Held.locked(project)
    why = Held.said(reason)
    if not why:
        raise Refused("Say why it is cancelled.", field="reason")
    for one in project.quotes.filter(applied_at__isnull=True).select_related("quote"):
        if one.quote.state in (Quote.State.DRAFT, *quoting.OPEN):
            contracts.withdraw_quote(quote=one.quote, by=by, at=at)
    return _move(project, states.State.CANCELLED, "cancelled", why, by, at)


@transaction.atomic
def add_ticket(*, project: Project, ticket: Ticket, by: Actor, at: datetime) -> ProjectTicket:
    """Make a ticket's work part of a project; a second time changes nothing."""
    project = Held.locked(project)
    _still_open(project)
    if ticket.client_id != project.client_id:
        raise Refused(f"It is not a ticket of {project.client.name}.", field="ticket")
    found = ProjectTicket.objects.filter(ticket=ticket).select_related("project").first()
    if found is not None and found.project_id == project.pk:
        return found
    if found is not None:
        raise Conflict(f"It belongs to {found.project} already.", field="ticket")
    made = ProjectTicket.objects.create(ticket=ticket, project=project, added_at=at)
    fixed = project.fee == Project.Fee.FIXED
    tickets.pay_by(ticket=ticket, paid_by=str(project) if fixed else "", by=by, at=at)
    announce(
        events.ProjectTicketAdded(
            project.pk, project.client_id, ticket.pk, project.name, ticket.number
        ),
        by=by, at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def remove_ticket(*, project: Project, ticket: Ticket, by: Actor, at: datetime) -> None:
    """Take a ticket out again; work that stands on no approved bill is charged as without it."""
    project = Held.locked(project)
    if ProjectTicket.objects.filter(project=project, ticket=ticket).delete()[0]:
        tickets.pay_by(ticket=ticket, paid_by="", by=by, at=at)
        announce(
            events.ProjectTicketRemoved(
                project.pk, project.client_id, ticket.pk, project.name, ticket.number
            ),
            by=by, at=at,
        )  # fmt: skip


def _pay_for(project: Project, by: Actor, at: datetime) -> None:
    """Its tickets name what pays for them, by the name it has."""
    if project.fee == Project.Fee.FIXED:
        for row in project.tickets.select_related("ticket"):
            tickets.pay_by(ticket=row.ticket, paid_by=str(project), by=by, at=at)


def _move(
    project: Project, state: states.State, what: str, reason: str, by: Actor, at: datetime
) -> Project:
    against = states.against(project.state, state)
    if against:
        raise Conflict(against)
    project.state = Project.State(state.value)
    project.closed_at = None if state in states.OPEN else at
    project.started_at = project.started_at or (at if state == states.State.RUNNING else None)
    project.save(update_fields=["state", "closed_at", "started_at"])
    because = f": {reason}" if reason else ""
    announce(
        events.ProjectMoved(project.pk, project.client_id, project.name, what, because),
        by=by, at=at,
    )  # fmt: skip
    return project


def _tell_change(
    project: Project, what: str, reason: str, before: Decimal, by: Actor, at: datetime
) -> None:
    """Keep what was changed, why, and what it made of the fee."""
    why = Held.said(reason)
    announce(
        events.ProjectChanged(
            project.pk, project.client_id, project.name, what, f": {why}" if why else "",
            f"{before:f}", f"{project.amount:f}",
        ),
        by=by, at=at,
    )  # fmt: skip


def _none_waits(project: Project) -> None:
    """What is done and not accepted was billed, or will be, as it was agreed until now."""
    waits = project.milestones.filter(
        done_at__isnull=False, accepted_at__isnull=True, amount__gt=0
    ).first()
    if waits is not None:
        raise Conflict(
            f"{waits.title} is done and not accepted yet. Have it accepted first.",
            field="bills_on",
        )


def _check(project: Project) -> None:
    if not project.name:
        raise Refused("A project needs a name.", field="name")
    if len(project.name) > 120:
        raise Refused("At most 120 characters.", field="name")
    _check_day(project.starts_on, "starts_on")
    _check_day(project.due_on, "due_on")
    if project.due_on < project.starts_on:
        raise Refused("It must end after it begins.", field="due_on")
    project.scope = project.scope.replace("\x00", "")
    if len(project.scope) > LONGEST_SCOPE:
        raise Refused(f"At most {LONGEST_SCOPE} characters.", field="scope")
    if project.agreement is not None and project.agreement.client_id != project.client_id:
        raise Refused(f"It is not an agreement of {project.client.name}.", field="agreement")
    _check_money(project)


def _check_day(day: date, field: str) -> None:
    if not EARLIEST <= day < LATEST:
        raise Refused(f"Between {EARLIEST.year} and {LATEST.year}.", field=field)


def _check_money(project: Project) -> None:
    for field, choices in (("fee", Project.Fee), ("bills_on", Project.BillsOn)):
        if getattr(project, field) not in choices.values:
            raise Refused("It is not one of the choices.", field=field)
    try:
        minor_units(project.currency)
    except ValueError:
        raise Refused("It is not an ISO 4217 currency.", field="currency") from None
    if project.fee == Project.Fee.CAPPED:
        _check_amount(project.amount, project.currency, "amount")
        if not project.amount:
            raise Refused("Say how much it may come to at most.", field="amount")


def _check_amount(amount: Decimal, currency: str, field: str) -> None:
    if not 0 <= amount <= MOST_AMOUNT:
        raise Refused("Between nought and ten thousand million.", field=field)
    if round_money(amount, currency) != amount:
        raise Refused(f"It has more decimal places than {currency} is paid in.", field=field)


def _milestone(
    project: Project, known: dict[int, Milestone], position: int, given: MilestoneInput
) -> Milestone:
    field = f"milestones[{position}]"
    row = known.get(given.pk or 0) or Milestone(project=project, order=given.order)
    row.position = position
    if row.done_at is not None:
        return row
    row.phase, row.title = " ".join(given.phase.split()), " ".join(given.title.split())
    row.amount, row.due_on = given.amount, given.due_on
    if not 0 < len(row.title) <= 120:
        raise Refused("1 to 120 characters.", field=f"{field}.title")
    if not 0 < len(row.phase) <= 80:
        raise Refused("1 to 80 characters.", field=f"{field}.phase")
    if row.due_on is not None:
        _check_day(row.due_on, f"{field}.due_on")
        if row.due_on < project.starts_on:
            raise Refused(f"The project begins on {project.starts_on}.", field=f"{field}.due_on")
    if project.fee != Project.Fee.FIXED and row.amount:
        raise Refused("It is paid by the hour; its milestones cost nothing.",
                      field=f"{field}.amount")  # fmt: skip
    _check_amount(row.amount, project.currency, f"{field}.amount")
    return row


def _keep_done(known: dict[int, Milestone], given: Sequence[MilestoneInput]) -> None:
    wanted = {one.pk for one in given}
    lost = [one for pk, one in known.items() if one.done_at is not None and pk not in wanted]
    if lost:
        raise Conflict(f"{lost[0].title} is done and stays in the plan. Load the page again.")


def _still_open(project: Project) -> None:
    against = states.against_change(project.state)
    if against:
        raise Conflict(against)


def _reasoned(project: Project, reason: str, *, always: bool = False) -> None:
    if (always or project.started_at is not None) and not Held.said(reason):
        raise Refused("Say why: the client was promised otherwise.", field="reason")
