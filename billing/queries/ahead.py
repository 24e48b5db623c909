"""What other bills charged in advance, and settling it with what it comes to by now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from billing.models import Invoice, InvoiceLine
from billing.queries.meters import Known
from billing.queries.written import DraftLine, Written, by_days, rated, segment_of, terms_of
from billing.rules.segments import Segment, changed_within, merged
from billing.rules.settling import settled, withdrawn
from contracts.clients.models import Client
from contracts.rules.rating import RatedLine
from contracts.rules.terms import Terms
from msp.kit.periods import Period, month_of


@dataclass(frozen=True)
class Ahead:
    """What was billed ahead for one period of one promise, on other bills."""

    key: str
    whole: Period
    rows: tuple[InvoiceLine, ...]

    def of(self, line_ids: Iterable[int]) -> Decimal:
        wanted = set(line_ids)
        return sum((row.amount for row in self.rows if row.agreement_line_id in wanted), Decimal(0))


def billed_ahead(client: Client, month: Period, *, as_then: bool = False) -> list[Ahead]:
    """What other bills charged in advance for periods that run in this month or begin after it.

    `as_then` reads the bills before this month alone.
    """
    horizon = month_of(month.end).end
    rows = (
        InvoiceLine.objects.filter(
            invoice__client=client,
            trace__terms__timing="advance",
            trace__period__1__gt=month.start.isoformat(),
            trace__period__0__lt=horizon.isoformat(),
        )
        .exclude(invoice__starts_on=month.start)
        .exclude(invoice__state=Invoice.State.VOID)
        .order_by("pk")
    )
    if as_then:
        rows = rows.filter(invoice__starts_on__lt=month.start)
    found: dict[tuple[str, Period], list[InvoiceLine]] = defaultdict(list)
    for row in rows:
        start, end = (date.fromisoformat(text) for text in row.trace["period"])
        found[row.trace["promise"], Period(start, end)].append(row)
    return [Ahead(key, whole, tuple(rows)) for (key, whole), rows in found.items()]


def settlements(
    written: Sequence[Written], month: Period, ahead: Sequence[Ahead], known: Known
) -> list[DraftLine]:
    """The difference between what was billed ahead and what it comes to by now."""
    found = []
    for paid in ahead:
        if paid.whole.start >= month.end:
            continue  # it has not begun; its first settlement is on the next bill
        segments = merged(
            segment_of(one.line, part, paid.whole)
            for one in written
            if str(one.line.line_key) == paid.key and (part := one.line.period.clip(paid.whole))
        )
        changed = changed_within(segments)
        for segment in segments:
            terms = by_days(segment, changed)
            for line in rated(segment, terms, known):
                found += _settled(segment, terms, line, paid.of(segment.line_ids), month)
        kept = {pk for segment in segments for pk in segment.line_ids}
        found += _withdrawn(paid, kept, month)
    return found


def _settled(
    segment: Segment, terms: Terms, line: RatedLine, billed: Decimal, month: Period
) -> list[DraftLine]:
    key = settlement_key(segment.key, month, segment.line_id)
    changed = settled(line, billed, key)
    said = replace(segment, description=f"{segment.description}, settled"[:200])
    return [DraftLine(said, terms, changed, settles=True)] if changed else []


def _withdrawn(paid: Ahead, kept: set[int], month: Period) -> list[DraftLine]:
    """What was billed ahead under terms that hold no more: given back whole."""
    found = []
    gone = [row for row in paid.rows if row.agreement_line_id not in kept]
    for line_id in dict.fromkeys(row.agreement_line_id for row in gone):
        rows = [row for row in gone if row.agreement_line_id == line_id]
        first = rows[0]
        key = settlement_key(paid.key, month, line_id or 0)
        line = withdrawn(first.trace, sum((row.amount for row in rows), Decimal(0)), key)
        if line is None:
            continue
        text = str(first.trace.get("description", first.description))
        segment = Segment(
            first.agreement_id or 0, str(first.trace["agreement"]), line_id or 0, paid.key,
            f"{text}, given back", first.kind, first.trace["terms"],
            Period(first.starts_on, first.ends_on), first.invoice.currency, None, paid.whole,
            (line_id or 0,),
        )  # fmt: skip
        terms = terms_of(first.kind, first.trace["terms"], text, segment.agreement_name)
        found.append(DraftLine(segment, terms, line, settles=True))
    return found


def settlement_key(promise: str, month: Period, line_id: int) -> str:
    """The key of a settlement: the same however often the month is counted."""
    return str(uuid5(UUID(promise), f"settled:{month.start}:{line_id}"))
