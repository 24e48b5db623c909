"""What was learned of months that are issued: a line on the next bill, never an edit (psa Q4).

A bill counted with the knowledge of its day. When the register learns later that it was otherwise,
the next run counts that month again for each promise and charges or gives back the difference,
labelled with the days it is about.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid5

from billing.models import Invoice, InvoiceLine
from billing.queries.ahead import Ahead
from billing.queries.meters import Known
from billing.queries.written import DraftLine, Written, by_days, rated, segment_of
from billing.rules.segments import Segment, changed_within, merged
from billing.rules.settling import corrected, learned, read_anew
from contracts.clients.models import Client
from contracts.rules.rating import RatedLine
from contracts.rules.terms import TERMS
from msp.kit.periods import Period

COUNTED = tuple(kind for kind, terms in TERMS.items() if hasattr(terms, "unit_type"))


def corrections(
    client: Client, written: Sequence[Written], month: Period, known: Known
) -> list[DraftLine]:
    """The differences of periods that ended before this month and were issued, oldest first."""
    found = []
    for billed in _issued(client, month):
        if not _affected(billed, known):
            continue
        segments = merged(
            segment_of(one.line, part, billed.whole)
            for one in written
            if str(one.line.line_key) == billed.key and (part := one.line.period.clip(billed.whole))
        )
        changed = changed_within(segments)
        for segment in segments:
            found += _corrected(segment, changed, billed, month, known)
    return found


def _issued(client: Client, month: Period) -> Iterator[Ahead]:
    """What was billed for each promise and period that is over, where all of it is issued."""
    rows = (
        InvoiceLine.objects.filter(
            invoice__client=client,
            kind__in=COUNTED,
            trace__period__1__lte=month.start.isoformat(),
        )
        .exclude(invoice__starts_on__gte=month.start)
        .exclude(invoice__state=Invoice.State.VOID)
        .select_related("invoice")
        .order_by("pk")
    )
    by_promise: dict[tuple[str, Period], list[InvoiceLine]] = defaultdict(list)
    for row in rows:
        start, end = (date.fromisoformat(text) for text in row.trace["period"])
        by_promise[row.trace["promise"], Period(start, end)].append(row)
    for (key, whole), billed in sorted(by_promise.items(), key=lambda one: one[0][1]):
        if all(row.invoice.state == Invoice.State.ISSUED for row in billed):
            yield Ahead(key, whole, tuple(billed))


def _affected(billed: Ahead, known: Known) -> bool:
    """Whether anything was learned since the last count that meets the days of the period."""
    since = max(row.invoice.known_at for row in billed.rows)
    unit_type = TERMS[billed.rows[0].kind].unit_type  # type: ignore[union-attr]
    day = known.changed_from(unit_type, since)
    return (day is not None and day < billed.whole.end) or _said_anew(billed.key, since, known)


def _said_anew(key: str, since: datetime, known: Known) -> bool:
    """Whether a number was said by hand, or taken back, since the last count."""
    return known.overrides.get(key) != known.at(since).overrides.get(key)


def _corrected(
    segment: Segment,
    changed: set[tuple[str, Period | None]],
    billed: Ahead,
    month: Period,
    known: Known,
) -> list[DraftLine]:
    terms = by_days(segment, changed)
    rows = [row for row in billed.rows if row.agreement_line_id in segment.line_ids]
    key = correction_key(segment, month)
    found = []
    for line in rated(segment, terms, known) if rows else ():
        said = _learned(rows[-1], line)
        change = corrected(line, billed.of(segment.line_ids), key, said)
        if change is not None:
            text = f"{segment.description}, corrected for {segment.period}"[:200]
            named = replace(segment, description=text)
            found.append(DraftLine(named, terms, change, settles=True))
    return found


def _learned(row: InvoiceLine, line: RatedLine) -> list[str]:
    """What a recount knows that the stored line did not, in words."""
    if "meters" in line.trace:
        return read_anew(row.trace.get("meters", ()), line.trace["meters"], line.trace["measure"])
    return learned(_units(row), [(one.name, one.days) for one in line.units])


def _units(row: InvoiceLine) -> list[tuple[str, int]]:
    """Each unit of a stored line with its days, as it was counted then."""
    days: dict[tuple[str, int], tuple[str, int]] = {}
    for unit in row.units.all():
        key = unit.unit_type, unit.unit_id
        days[key] = unit.name, days.get(key, ("", 0))[1] + unit.days * unit.quantity
    return list(days.values())


def correction_key(segment: Segment, month: Period) -> str:
    """The key of a correction: the same however often the month is counted."""
    whole = segment.whole or segment.period
    return str(uuid5(UUID(segment.key), f"corrected:{month.start}:{whole.start}:{segment.line_id}"))
