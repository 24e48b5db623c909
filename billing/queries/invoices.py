"""Finding bills."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from billing.models import Invoice, InvoiceLine
from billing.queries.drafts import drafts_of
from contracts.clients.models import Client
from msp.kit.periods import Period, local_date, month_of
from msp.kit.refusals import Refused
from tenants.people.rules.viewer import Viewer

MOST_FOUND = 6
STATES = ("draft", "held", "approved", "issued")


def listed(viewer: Viewer, *, q: str = "", state: str = "", client: str = "") -> QuerySet[Invoice]:
    """Bills the viewer may see, newest first; `q` is part of a number or a client's name."""
    rows = Invoice.objects.visible_to(viewer).select_related("client", "run")
    if q:
        rows = rows.filter(Q(number__icontains=q) | Q(client__name__icontains=q))
    if state in STATES:
        rows = rows.filter(state=state)
    if client:
        rows = rows.filter(client__slug=client)
    return rows.order_by("-starts_on", "-number", "client__name", "pk")


def found(viewer: Viewer, text: str) -> list[Invoice]:
    """A few bills for the palette: by number, or the newest of a client."""
    return list(listed(viewer, q=text)[:MOST_FOUND])


def newest_of(client_id: int, *, limit: int = 5) -> list[Invoice]:
    """The client's last issued bills."""
    rows = Invoice.objects.filter(client_id=client_id, state=Invoice.State.ISSUED)
    return list(rows.order_by("-starts_on", "pk")[:limit])


@dataclass(frozen=True)
class NextBill:
    """What the month that runs now would come to if nothing changed."""

    period: Period
    total: Decimal
    currency: str
    lines: int


def next_bills(client: Client, at: datetime) -> list[NextBill]:
    """The bills of the running month, counted and not written; none where terms cannot be read."""
    period = month_of(local_date(at, client.zone))
    try:
        drafts = drafts_of(client=client, period=period, known_at=at)
    except Refused:
        return []
    return [NextBill(period, one.totals.total, one.currency, len(one.lines)) for one in drafts]


def last_lines_of(agreement_id: int) -> list[InvoiceLine]:
    """The lines of an agreement on the bill that charged it last."""
    last = (
        Invoice.objects.filter(state=Invoice.State.ISSUED, lines__agreement_id=agreement_id)
        .order_by("-starts_on")
        .first()
    )
    if last is None:
        return []
    return list(last.lines.filter(agreement_id=agreement_id).select_related("invoice"))


def last_line_of(unit_type: str, unit_id: int) -> InvoiceLine | None:
    """The issued line a device or person was charged on last."""
    return (
        InvoiceLine.objects.filter(
            units__unit_type=unit_type,
            units__unit_id=unit_id,
            invoice__state=Invoice.State.ISSUED,
        )
        .select_related("invoice")
        .order_by("-starts_on", "pk")
        .first()
    )


def waiting_for_review() -> list[tuple[str, str, int, int]]:
    """Runs with drafts: month, address word, drafts, and how many need a look."""
    rows = (
        Invoice.objects.filter(state=Invoice.State.DRAFT, run__isnull=False)
        .select_related("run")
        .order_by("-run__starts_on")
    )
    counted: dict[tuple[str, str], list[int]] = {}
    for one in rows:
        key = (str(one.run), f"{one.run.starts_on:%Y-%m}")
        numbers = counted.setdefault(key, [0, 0])
        numbers[0] += 1
        numbers[1] += one.verdict == "needs_look"
    return [(name, word, *numbers) for (name, word), numbers in counted.items()]  # type: ignore[misc]
