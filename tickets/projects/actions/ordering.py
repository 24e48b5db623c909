"""From quotes to projects: one that becomes a project, and change orders the client signs."""

from datetime import date, datetime, timedelta

from django.db import transaction

from contracts import actions as contracts
from contracts.models import Quote, QuoteVersion
from contracts.queries import roadmaps
from msp.kit.periods import anchored
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict
from tenants.journal.announce import announce
from tickets.projects import events, queries
from tickets.projects.actions._held import Held
from tickets.projects.models import Milestone, Project, ProjectQuote
from tickets.projects.rules import states

LENGTH_MONTHS = 3  # of a project whose quote says no term


@transaction.atomic
def adopt_quote(*, quote: Quote, by: Actor, at: datetime) -> Project | None:
    """What an accepted quote is to a project, once: a new one, or a change of the one it changes.

    Each line that is delivered once is a milestone with the amount that was accepted, so that they
    sum to it to the cent; phases and their dates are those of the plan the quote came of.
    """
    known = ProjectQuote.objects.filter(quote=quote).select_related("project").first()
    if known is not None:
        Held.locked(known.project)  # before the quote, as whoever cancels the project does
    quote = Quote.objects.select_for_update(of=("self",)).select_related("client").get(pk=quote.pk)
    known = ProjectQuote.objects.filter(quote=quote).select_related("project").first()
    if known is not None:
        return known.project if known.applied_at else _changed(known, quote, by, at)
    if not queries.becomes_project(quote):
        return None
    accepted = queries.accepted_steps(quote)
    if not accepted:
        return None
    project = _begun(quote, accepted, at)
    ProjectQuote.objects.create(quote=quote, project=project, number=0, applied_at=at)
    announce(
        events.ProjectQuoted(project.pk, quote.client_id, quote.pk, project.name, quote.number),
        by=by, at=at,
    )  # fmt: skip
    return project


@transaction.atomic
def order_change(*, project: Project, name: str, by: Actor, at: datetime) -> Quote:
    """The draft of a quote that adds to a project, or raises its cap, once it is accepted."""
    project = Held.locked(project)
    against = states.against_change(project.state)
    if against:
        raise Conflict(against)
    if project.fee == Project.Fee.TIME:
        raise Conflict("It is paid by the hour without a cap, so there is no fee to change.")
    last = project.quotes.order_by("-number").values_list("number", flat=True).first() or 0
    number = last + 1
    quote = contracts.draft_quote(
        client=project.client, name=f"{project.number}, change {number}: {name}"[:120],
        currency=project.currency, becomes=QuoteVersion.Becomes.PROJECT, by=by, at=at,
    )  # fmt: skip
    ProjectQuote.objects.create(quote=quote, project=project, number=number)
    announce(
        events.ChangeOrdered(project.pk, project.client_id, quote.pk, project.name, number),
        by=by, at=at,
    )  # fmt: skip
    return quote


def _begun(quote: Quote, accepted: list[queries.AcceptedStep], at: datetime) -> Project:
    starts_on = queries.accepted_start(quote, at)
    dates = _dates(quote, accepted, starts_on)
    months = queries.accepted_version(quote).term_months or LENGTH_MONTHS
    last = max(dates.values(), default=anchored(starts_on, months) - timedelta(days=1))
    project = Project.objects.create(
        client=quote.client, agreement=quote.agreement, owner=quote.owner, name=quote.name,
        scope=queries.accepted_version(quote).intro, fee=Project.Fee.FIXED,
        amount=sum(one.amount for one in accepted), currency=quote.currency,
        starts_on=starts_on, due_on=max(last, starts_on), created_at=at,
    )  # fmt: skip
    _add(project, accepted, dates, 0, 0)
    return project


def _changed(known: ProjectQuote, quote: Quote, by: Actor, at: datetime) -> Project:
    """Add what a change order says: milestones to a fixed fee, or room to a cap.

    Of a project that was cancelled meanwhile nothing changes any more.
    """
    project = Held.locked(known.project)
    if project.state == Project.State.CANCELLED:
        return project
    accepted = queries.accepted_steps(quote)
    before = project.amount
    project.amount += sum(one.amount for one in accepted)
    if project.fee == Project.Fee.FIXED:
        last = project.milestones.order_by("-position").values_list("position", flat=True).first()
        _add(project, accepted, {}, known.number, 0 if last is None else last + 1)
    if project.state == Project.State.DONE:
        project.state, project.closed_at = Project.State.RUNNING, None
    project.save(update_fields=["amount", "state", "closed_at"])
    known.applied_at = at
    known.save(update_fields=["applied_at"])
    announce(
        events.ChangeAgreed(
            project.pk, project.client_id, quote.pk, project.name, known.number,
            f"{before:f}", f"{project.amount:f}",
        ),
        by=by, at=at,
    )  # fmt: skip
    return project


def _add(
    project: Project, accepted: list[queries.AcceptedStep], dates: dict[str, date], order: int,
    position: int,
) -> None:  # fmt: skip
    Milestone.objects.bulk_create(
        Milestone(
            project=project, position=at, order=order, phase=one.phase, title=one.title,
            amount=one.amount, due_on=dates.get(one.phase),
        )
        for at, one in enumerate(accepted, start=position)
    )  # fmt: skip


def _dates(quote: Quote, accepted: list[queries.AcceptedStep], starts_on: date) -> dict[str, date]:
    """The last day of each phase, as the road map has it, moved to when it really begins."""
    if quote.roadmap is None:
        return {}
    wanted = {one.phase for one in accepted}
    phases = [one for one in roadmaps.phases_of(quote.roadmap) if one.name in wanted]
    if not phases:
        return {}
    later = starts_on - min(one.starts_on for one in phases)
    return {one.name: one.ends_on + later - timedelta(days=1) for one in phases}
