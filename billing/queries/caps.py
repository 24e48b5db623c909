"""Projects paid by the hour up to a cap: what is beyond it is taken off the bill, in sight.

The work stands on the bill as it was done, and one line takes off what the cap does not pay, so
that the client sees what was worked and what it costs, and the MSP what it gave away (X2).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from django.db.models import Q, QuerySet, Sum

from billing.models import Invoice, InvoiceLine
from billing.queries.written import DraftLine
from billing.rules.segments import Segment
from contracts.clients.models import Client
from contracts.rules.rating import RatedLine
from msp.kit.periods import Period
from tickets.projects.models import Project
from tickets.projects.queries import Belongs
from tickets.projects.rules.fees import capped
from tickets.projects.rules.states import Fee

CAP = "cap"
_STANDING = (Invoice.State.APPROVED, Invoice.State.ISSUED)


def beyond_caps(
    client: Client, month: Period, lines: Sequence[DraftLine], projects: Mapping[int, Belongs], *,
    given_back: Iterable[DraftLine] = (), as_then: bool = False,
) -> list[DraftLine]:  # fmt: skip
    """A line for each capped project whose work on this bill passes what is left of its cap.

    A cap is in its project's currency; work that is charged in another one does not meet it. What
    the same bill gives back of a project leaves room.
    """
    known = {one.project_id: one for one in projects.values() if one.fee == Fee.CAPPED}
    by_project: dict[int, list[DraftLine]] = defaultdict(list)
    for line in lines:
        project = known.get(line.rated.trace.get("project", 0))
        if project is not None and line.segment.currency == project.currency:
            by_project[project.project_id].append(line)
    found, back = [], list(given_back)
    for pk, own in by_project.items():
        before = worked_and_billed(client, month, pk, as_then=as_then)[1]
        before += sum(one.amount for one in back if one.rated.trace.get("project") == pk)
        line = _beyond(known[pk], own, month, before)
        if line is not None:
            found.append(line)
    return found


def worked_and_billed(
    client: Client, month: Period, project_id: int, *, as_then: bool = False
) -> tuple[Decimal, Decimal]:
    """What bills of other months have of a project's work, less what was voided of it; and what
    they took for it, less what they took off and gave back. In the project's currency."""
    earlier = Q(invoice__starts_on__lt=month.start)
    standing = earlier if as_then else earlier | Q(invoice__state__in=_STANDING)
    rows = _of_project(project_id).filter(standing, invoice__client=client)
    rows = rows.filter(invoice__run__isnull=False).exclude(invoice__starts_on=month.start)
    worked = billed = Decimal(0)
    for line in rows.exclude(invoice__state=Invoice.State.VOID):
        billed += line.amount
        if "voids" in line.trace:
            worked += Decimal(line.trace["right"]) - Decimal(line.trace["was"])
        elif line.kind != CAP:
            worked += line.amount
    return worked, billed


def _of_project(project_id: int) -> QuerySet[InvoiceLine]:
    """The lines about a project in its currency; work in another one does not meet a cap."""
    currency = Project.objects.filter(pk=project_id).values("currency")
    return InvoiceLine.objects.filter(trace__project=project_id, invoice__currency__in=currency)


def recounted(line: InvoiceLine) -> Decimal:
    """What a line takes off by the numbers it was made of."""
    worked, cap, before = (Decimal(line.trace[name]) for name in ("worked", "cap", "before"))
    return -capped(worked, cap, before).written_down


def passes_a_cap(invoice: Invoice) -> bool:
    """Whether another bill took from a cap since this one was counted against it."""
    own: dict[int, Decimal] = defaultdict(Decimal)
    for line in invoice.lines.filter(trace__has_key="project"):
        own[line.trace["project"]] += line.amount
    capped_ones = Project.objects.filter(
        pk__in=[pk for pk, amount in own.items() if amount > 0], fee=Fee.CAPPED,
        currency=invoice.currency,
    )  # fmt: skip
    return any(own[one.pk] + _standing(invoice, one.pk) > one.amount for one in capped_ones)


def _standing(invoice: Invoice, project_id: int) -> Decimal:
    rows = _of_project(project_id).filter(
        invoice__client=invoice.client_id, invoice__state__in=_STANDING
    ).exclude(invoice=invoice)  # fmt: skip
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def _beyond(
    project: Belongs, lines: Sequence[DraftLine], month: Period, before: Decimal
) -> DraftLine | None:
    worked = sum((line.amount for line in lines), Decimal(0))
    beyond = capped(worked, project.cap, before).written_down
    if not beyond:
        return None
    last = lines[-1]
    name = f"{project.number} {project.name}"
    key = f"cap:{project.project_id}"
    trace = {
        "kind": CAP,
        "charge": str(uuid5(NAMESPACE_OID, f"{key}:{month.start}")),
        "period": [month.start.isoformat(), month.end.isoformat()],
        "period_days": month.days,
        "unit_days": month.days,
        "unit_price": f"{-beyond:f}",
        "project": project.project_id,
        "project_name": name,
        "cap": f"{project.cap:f}",
        "before": f"{before:f}",
        "worked": f"{worked:f}",
        "beyond": f"{beyond:f}",
        "amount": f"{-beyond:f}",
    }
    segment = Segment(
        last.segment.agreement_id, last.segment.agreement_name, 0, str(uuid5(NAMESPACE_OID, key)),
        f"{project.number}, beyond the cap"[:200], CAP, {}, month, project.currency, None, month,
    )  # fmt: skip
    rated = RatedLine("time.capped", Decimal(1), -beyond, -beyond, trace)
    return DraftLine(segment, last.terms, rated)
