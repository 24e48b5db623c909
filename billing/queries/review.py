"""A run as its reviewer reads it: exceptions first, every number with its reason."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from billing.models import Invoice, InvoiceLine, Run
from billing.queries import drafts
from billing.rules.wording import price, quantity
from msp.kit.periods import Period, anchored, day_start
from tenants.people.rules.viewer import Viewer

GROUPS = (
    ("needs_look", "Need a look"),
    ("changed", "Changed, explained"),
    ("unchanged", "Unchanged"),
)
SHOWN = ("all", "needs_look", "changed", "unchanged", "held")


@dataclass(frozen=True)
class Row:
    """One bill of the run in one line."""

    invoice: Invoice
    why: str

    @property
    def face(self) -> str:
        """The state as the table of states knows it; a draft is ready or needs a look."""
        if self.invoice.state != Invoice.State.DRAFT:
            return self.invoice.state
        return "review" if self.invoice.verdict == "needs_look" else "ready"

    @property
    def change(self) -> Decimal | None:
        """Against last month; None for a first bill."""
        before = self.invoice.previous_total
        return None if before is None else self.invoice.total - before

    @property
    def blocks(self) -> bool:
        """Whether a finding stands that no approval gets past."""
        return any(check["blocks"] for check in self.invoice.checks)

    @property
    def token(self) -> str:
        """Which count of which bill was looked at; a tick sends it back."""
        return f"{self.invoice.pk}.{self.invoice.known_at.isoformat()}"


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    rows: tuple[Row, ...]


def why(invoice: Invoice) -> str:
    """The most pressing thing to know about a bill."""
    if invoice.state == Invoice.State.HELD:
        return f"On hold: {invoice.hold_reason}"
    if invoice.issue_error:
        return f"Could not be issued: {invoice.issue_error}"
    if invoice.verdict == "needs_look" and invoice.state == Invoice.State.DRAFT:
        first, *more = [str(check["text"]) for check in invoice.checks if not check.get("known")]
        return f"{first} And {len(more)} more." if more else first
    return invoice.explanation


def bills_of(run: Run) -> QuerySet[Invoice]:
    """Every bill of a run in the order it is read."""
    return (
        Invoice.objects.filter(run=run)
        .exclude(state=Invoice.State.VOID)
        .select_related("client")
        .order_by("client__name", "currency", "pk")
    )


def counts_of(run: Run) -> dict[str, int]:
    """How many bills each filter shows."""
    states = list(bills_of(run).values_list("verdict", "state"))
    counts = dict.fromkeys(SHOWN, 0) | {"all": len(states)}
    for verdict, state in states:
        counts[verdict] = counts.get(verdict, 0) + 1
        counts["held"] += state == Invoice.State.HELD
    return counts


def shown(run: Run, show: str, q: str) -> QuerySet[Invoice]:
    """The bills a filter and a search leave."""
    rows = bills_of(run)
    if q:
        rows = rows.filter(client__name__icontains=q)
    if show == "held":
        return rows.filter(state=Invoice.State.HELD)
    if show in dict(GROUPS):
        return rows.filter(verdict=show)
    return rows


def ranked(rows: QuerySet[Invoice]) -> list[Invoice]:
    """Exceptions first, then what changed, then the rest."""
    order = {key: rank for rank, (key, _title) in enumerate(GROUPS)}
    return sorted(rows, key=lambda one: order.get(one.verdict, len(order)))


def grouped(rows: Iterable[Invoice]) -> list[Group]:
    """Rows under the heads they belong to, empty groups left out."""
    made = [Row(invoice, why(invoice)) for invoice in rows]
    return [
        Group(key, title, tuple(row for row in made if row.invoice.verdict == key))
        for key, title in GROUPS
        if any(row.invoice.verdict == key for row in made)
    ]


# -- what may be approved at once ----------------------------------------------------------------


def ready(run: Run) -> list[Invoice]:
    """Drafts whose change is explained: they can be approved together."""
    rows = bills_of(run).filter(state=Invoice.State.DRAFT).exclude(verdict="needs_look")
    return list(rows.order_by("pk"))


def fingerprint(invoices: Iterable[Invoice]) -> str:
    """The same for the same bills at the same count, so that an approval means what was shown."""
    text = "|".join(f"{one.pk}:{one.known_at.isoformat()}:{one.total}" for one in invoices)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def is_over(run: Run | None, zone: str, at: datetime) -> bool:
    """Whether the month is past; until then its numbers are a preview."""
    return run is None or at >= day_start(run.ends_on, zone)


# -- one bill in the rail ------------------------------------------------------------------------


@dataclass(frozen=True)
class RailLine:
    """A line with how its count moved since last month."""

    line: InvoiceLine
    period: Period
    quantity: str
    price: str
    moved: int


def rail_lines(invoice: Invoice) -> list[RailLine]:
    """The lines of a bill with what came or went, by the same promise last month."""
    before = _units_before(invoice)
    return [
        RailLine(
            line,
            Period(line.starts_on, line.ends_on),
            quantity(line.quantity),
            price(line.unit_price, invoice.currency),
            _moved(line, before),
        )
        for line in invoice.lines.all()
    ]


def _units_before(invoice: Invoice) -> dict[str, int]:
    if invoice.run is None:
        return {}
    previous = drafts.previous_invoice(
        client_id=invoice.client_id,
        currency=invoice.currency,
        period=Period(invoice.starts_on, invoice.ends_on),
    )
    if previous is None:
        return {}
    return {str(line.line_key): int(line.trace.get("units", 0)) for line in previous.lines.all()}


def _moved(line: InvoiceLine, before: dict[str, int]) -> int:
    key = str(line.line_key)
    return int(line.trace.get("units", 0)) - before[key] if key in before else 0


def six_months(invoice: Invoice, viewer: Viewer) -> Sequence[tuple[str, Decimal]]:
    """This month and the five before, oldest first, from the bills the viewer may see."""
    if invoice.run is None:
        return []
    firsts = [anchored(invoice.starts_on, -ago) for ago in range(5, -1, -1)]
    rows = (
        Invoice.objects.visible_to(viewer)
        .filter(
            client_id=invoice.client_id,
            currency=invoice.currency,
            starts_on__in=firsts,
            run__isnull=False,
        )
        .exclude(state=Invoice.State.VOID)
    )
    totals = dict(rows.values_list("starts_on", "total"))
    return [(f"{first:%b}", totals.get(first, Decimal(0))) for first in firsts]
