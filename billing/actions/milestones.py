"""The bill of a milestone of a project with a fixed fee."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from billing.actions.once import OnceLine, bill_once
from billing.models import Invoice
from msp.kit.periods import local_date, long_date
from msp.kit.refs import Actor
from tickets.projects.models import Milestone, Project
from tickets.projects.rules.fees import next_tax


@transaction.atomic
def bill_milestone(*, milestone: Milestone, by: Actor, at: datetime) -> Invoice | None:
    """The draft of its bill, once; none where it is not billable, or costs nothing.

    The project is locked, so that of two milestones the second sees what the first was taxed:
    together their bills are taxed to the cent like one bill of the whole fee.
    """
    project = Project.objects.select_for_update(of=("self",)).select_related("client").get(
        pk=milestone.project_id
    )  # fmt: skip
    milestone = Milestone.objects.get(pk=milestone.pk)
    if not _billable(project, milestone):
        return None
    percent = project.client.tax_rate
    net, taxed = _before(project, milestone, percent)
    tax = next_tax(milestone.amount, percent, net, taxed, project.currency)
    done = milestone.accepted_at or milestone.done_at or at
    trace = {
        "milestone": milestone.pk,
        "project": project.pk,
        "project_name": str(project),
        "phase": milestone.phase,
        "signed": milestone.accepted_name,
        "ready_at": done.isoformat(),
    }
    said = f"accepted by {milestone.accepted_name}" if milestone.accepted_name else "done"
    day = long_date(local_date(done, project.client.zone))
    return bill_once(
        client=project.client, source_key=_key(milestone.pk),
        title=f"{project.number} {milestone.title}"[:120],
        explanation=f"{milestone.title} of the project {project}, {said} on {day}.",
        currency=project.currency,
        lines=[OnceLine("fee", f"{project.name}: {milestone.title}"[:200], milestone.amount,
                        trace=trace)],
        tax=tax, by=by, at=at,
    )  # fmt: skip


def _billable(project: Project, milestone: Milestone) -> bool:
    if project.fee != Project.Fee.FIXED or not milestone.amount:
        return False
    if milestone.accepted_at is not None:
        return True
    return project.bills_on == Project.BillsOn.DONE and milestone.done_at is not None


def _before(project: Project, own: Milestone, percent: Decimal) -> tuple[Decimal, Decimal]:
    """What the other milestones were billed at this rate of tax: net, and tax."""
    keys = [_key(pk) for pk in project.milestones.exclude(pk=own.pk).values_list("pk", flat=True)]
    rows = Invoice.objects.filter(source_key__in=keys, tax_rate=percent)
    summed = rows.exclude(state=Invoice.State.VOID).aggregate(net=Sum("net"), tax=Sum("tax"))
    return summed["net"] or Decimal(0), summed["tax"] or Decimal(0)


def _key(pk: int) -> str:
    return f"milestone:{pk}"
