"""What of a project is billed, for its page."""

from dataclasses import dataclass
from decimal import Decimal

from billing.models import Invoice, InvoiceLine
from billing.queries.caps import CAP
from tickets.projects.models import Project


@dataclass(frozen=True)
class Billed:
    """The bills a project stands on, what they took of it, and what a cap took off."""

    bills: tuple[Invoice, ...]
    amount: Decimal
    written_down: Decimal


def billed(project: Project) -> Billed:
    """Drafts count too: they are what comes next, and their state stands beside them."""
    keys = [f"milestone:{pk}" for pk in project.milestones.values_list("pk", flat=True)]
    own = InvoiceLine.objects.filter(invoice__client=project.client_id, trace__project=project.pk)
    lines = own.exclude(invoice__state=Invoice.State.VOID).select_related("invoice__run")
    bills = {line.invoice_id: line.invoice for line in lines}
    bills |= {one.pk: one for one in Invoice.objects.filter(source_key__in=keys)}
    off = sum((-line.amount for line in lines if line.kind == CAP), Decimal(0))
    amount = sum((line.amount for line in lines), Decimal(0))
    return Billed(tuple(bills[pk] for pk in sorted(bills)), amount, off)
