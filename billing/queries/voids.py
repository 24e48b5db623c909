"""What was charged for time that was wrong, given back on the next bill (decision 0018)."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from billing.models import Invoice, InvoiceLine, LineTime
from billing.queries.meters import Known
from billing.queries.written import DraftLine
from billing.rules.segments import Segment
from contracts.clients.models import Client
from contracts.rules.labour import amount_of
from contracts.rules.rating import RatedLine
from contracts.rules.terms import Labour
from msp.kit.periods import Period
from tickets import queries as tickets


def voids(client: Client, month: Period, known: Known) -> list[DraftLine]:
    """A line for each issued line with entries that were voided and not given back yet."""
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
    return [line for line in found if line is not None]


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
    amount = right - was
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
    text = f"{line.description}, corrected from {line.invoice.number}"[:200]
    segment = Segment(
        line.agreement_id or 0, str(line.trace["agreement"]), 0, key, text, "time", {}, service,
        line.invoice.currency, None, month,
    )  # fmt: skip
    rated = RatedLine("time.voided", Decimal(1), amount, amount, trace)
    return DraftLine(segment, Labour(rate), rated, settles=True)


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
