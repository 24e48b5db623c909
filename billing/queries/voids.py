"""What was charged for time that was wrong, given back on the next bill (decision 0018)."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from django.db.models import Q

from billing.models import Invoice, InvoiceLine, LineTime
from billing.queries.caps import worked_and_billed
from billing.queries.meters import Known
from billing.queries.written import DraftLine
from billing.rules.segments import Segment
from contracts.clients.models import Client
from contracts.rules.labour import amount_of
from contracts.rules.rating import RatedLine
from contracts.rules.terms import Block, Labour
from msp.kit.money import round_money
from msp.kit.periods import Period
from tickets import queries as tickets
from tickets.projects.models import Project
from tickets.projects.rules.fees import given_back
from tickets.projects.rules.states import Fee


def voids(client: Client, month: Period, known: Known, *, as_then: bool = False) -> list[DraftLine]:
    """A line for each issued line with entries that were voided and not given back yet.

    Of a capped project no more is given back than the rest of its work leaves below the cap.
    """
    wrong = tickets.voided_entries(client_id=client.pk, known_at=known.known_at)
    if not wrong:
        return []
    rows = LineTime.objects.filter(
        entry_id__in=wrong, line__invoice__client=client,
        line__invoice__state=Invoice.State.ISSUED, line__invoice__starts_on__lt=month.start,
    )  # fmt: skip
    lines = InvoiceLine.objects.filter(pk__in=rows.values("line")).select_related("invoice")
    told = _told_elsewhere(client, month)
    found = (_void(line, wrong, told[line.pk], month) for line in lines.order_by("pk"))
    caps = Caps(client, month, as_then=as_then)
    return [caps.held(line) for line in found if line is not None]


class Caps:
    """The capped projects of a client while one bill gives back work of theirs."""

    def __init__(self, client: Client, month: Period, *, as_then: bool) -> None:
        self.client, self.month, self.as_then = client, month, as_then
        self.known: dict[int, tuple[Project | None, Decimal, Decimal]] = {}

    def held(self, line: DraftLine) -> DraftLine:
        """The line with no more than the cap leaves to be given back, and why."""
        trace = line.rated.trace
        if "project" not in trace:
            return line
        project, worked, billed = self._standing(trace["project"])
        worked += line.amount
        amount = line.amount
        if project is not None and project.currency == line.segment.currency:
            amount = given_back(amount, worked, project.amount, billed)
            trace = trace | {
                "cap": f"{project.amount:f}", "worked": f"{worked:f}", "before": f"{billed:f}",
            }  # fmt: skip
        self.known[trace["project"]] = (project, worked, billed + amount)
        trace = trace | {"amount": f"{amount:f}", "unit_price": f"{amount:f}"}
        rated = replace(line.rated, unit_price=amount, amount=amount, trace=trace)
        return replace(line, rated=rated)

    def _standing(self, pk: int) -> tuple[Project | None, Decimal, Decimal]:
        """A capped project, what was worked at its prices, and what was billed of it."""
        if pk not in self.known:
            project = Project.objects.filter(pk=pk, fee=Fee.CAPPED).first()
            worked, billed = worked_and_billed(self.client, self.month, pk, as_then=self.as_then)
            self.known[pk] = (project, worked, billed)
        return self.known[pk]


def clients_to_repay(month: Period) -> set[int]:
    """Clients with voided time on a bill issued before a month that no other bill gives back."""
    rows = LineTime.objects.filter(
        Q(line__amount__gt=0) | ~Q(grant_key=""),  # where nothing was charged nothing is owed
        entry_id__in=tickets.voided_ids(), line__invoice__state=Invoice.State.ISSUED,
        line__invoice__starts_on__lt=month.start,
    )  # fmt: skip
    open_ = {(line, entry): client for client, line, entry in rows.values_list(
        "line__invoice__client_id", "line_id", "entry_id"
    )}  # fmt: skip
    if not open_:
        return set()
    told = InvoiceLine.objects.filter(
        invoice__client_id__in=set(open_.values()), trace__has_key="voids"
    ).exclude(invoice__state=Invoice.State.VOID)
    for trace in told.values_list("trace", flat=True):
        for entry in trace["wrong"]:
            open_.pop((trace["voids"], entry), None)
    return set(open_.values())


def right_amount(line: InvoiceLine, wrong: Collection[int]) -> Decimal:
    """What an issued line comes to without some of its entries."""
    if line.trace["outcome"] not in ("billed", "overage"):
        return Decimal(0)
    rows = [(row.minutes, row.rate) for row in line.times.all() if row.entry_id not in wrong]
    return amount_of(rows, line.invoice.currency)


def _told_elsewhere(client: Client, month: Period) -> dict[int, list[InvoiceLine]]:
    rows = (
        InvoiceLine.objects.filter(invoice__client=client, trace__has_key="voids")
        .exclude(invoice__starts_on=month.start)
        .exclude(invoice__state=Invoice.State.VOID)
    )
    found: dict[int, list[InvoiceLine]] = defaultdict(list)
    for row in rows:
        found[row.trace["voids"]].append(row)
    return found


def _void(
    line: InvoiceLine, wrong: dict[int, str], told: list[InvoiceLine], month: Period
) -> DraftLine | None:
    before = {entry for row in told for entry in row.trace["wrong"]}
    rows = [row for row in line.times.all() if row.entry_id in wrong]
    new = [row for row in rows if row.entry_id not in before]
    if not new:
        return None
    every = before | {row.entry_id for row in rows}
    was, right = right_amount(line, before), right_amount(line, every)
    ended = _of_ended_blocks(line, new, month)
    amount = right - was - ended
    minutes = sum((row.minutes for row in new), Decimal(0))
    key = str(uuid5(NAMESPACE_OID, f"void:{line.pk}:{month.start}"))
    service = Period(line.starts_on, line.ends_on)
    rate = new[0].rate
    trace = {
        "kind": "time",
        "outcome": "voided",
        "charge": key,
        "period": [month.start.isoformat(), month.end.isoformat()],
        "service": [service.start.isoformat(), service.end.isoformat()],
        "period_days": month.days,
        "unit_days": month.days,
        "unit_price": f"{amount:f}",
        "entries": len({row.entry_id for row in new}),
        "seconds": sum(row.seconds for row in new),
        "minutes": f"{minutes:f}",
        "rate": f"{rate:f}",
        "multiplier": "1",
        "voids": line.pk,
        "bill": line.invoice.number,
        "wrong": sorted(every),
        "was": f"{was:f}",
        "right": f"{right:f}",
        "voided": list(_said(new, wrong)),
        "amount": f"{amount:f}",
    }
    if ended:
        trace["of_block"] = f"{ended:f}"
    trace |= {name: line.trace[name] for name in ("project", "project_name") if name in line.trace}
    text = f"{line.description}, corrected from {line.invoice.number}"[:200]
    segment = Segment(
        line.agreement_id or 0, str(line.trace["agreement"]), 0, key, text, "time", {}, service,
        line.invoice.currency, None, month,
    )  # fmt: skip
    rated = RatedLine("time.voided", Decimal(1), amount, amount, trace)
    return DraftLine(segment, Labour(rate), rated, settles=True)


def _of_ended_blocks(line: InvoiceLine, new: Collection[LineTime], month: Period) -> Decimal:
    """What wrong time is worth that was drawn from a block whose rest was given back since: nobody
    can draw it again. What was voided before the rest was counted is in the rest."""
    rows = InvoiceLine.objects.filter(
        invoice__client=line.invoice.client_id, kind=Block.kind, trace__has_key="refund",
        trace__promise__in={row.grant_key for row in new} - {""},
        invoice__starts_on__lt=month.start,
    )  # fmt: skip
    worth = Decimal(0)
    for rest in rows.exclude(invoice__state=Invoice.State.VOID).select_related("invoice"):
        counted = tickets.voided_entries(
            client_id=rest.invoice.client_id, known_at=rest.invoice.known_at
        )
        key, rate = rest.trace["promise"], Decimal(rest.trace["refund"]["rate"])
        drawn = [
            row.quantity for row in new if row.grant_key == key and row.entry_id not in counted
        ]
        worth += round_money(sum(drawn, Decimal(0)) * rate / 60, rest.invoice.currency)
    return worth


def _said(rows: list[LineTime], wrong: dict[int, str]) -> Iterator[dict[str, object]]:
    for row in rows:
        yield {
            "entry": row.entry_id,
            "ticket": row.ticket_number,
            "person": row.person,
            "on": row.worked_on.isoformat(),
            "seconds": row.seconds,
            "why": wrong[row.entry_id],
        }
