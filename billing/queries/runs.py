"""The month as a whole: who is billed, how far it is, and what stands in it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum

from billing.models import Invoice, InvoiceLine, Run, RunItem
from billing.queries.crediting import clients_to_credit
from billing.queries.voids import clients_to_repay
from contracts.models import Agreement
from msp.kit.periods import Period, month_of, previous_month
from tickets import queries as tickets

CATCH_UP = 12  # months a stopped installation makes up for; what is older needs a person


@dataclass(frozen=True)
class Outcome:
    """What a count came to."""

    drafts: int
    looks: int
    failed: int


@dataclass(frozen=True)
class Progress:
    """How far a piece of work is: `done` of `total`."""

    done: int
    total: int

    @property
    def finished(self) -> bool:
        return self.done >= self.total


def period_of(run: Run) -> Period:
    """The month a run bills."""
    return Period(run.starts_on, run.ends_on)


def run_of(month: Period) -> Run | None:
    """The run of a month; None while nobody has opened it."""
    return Run.objects.filter(starts_on=month.start).first()


def clients_to_bill(run: Run) -> list[int]:
    """Clients with an agreement in force in the month, a bill in it, work to be billed, or
    something to be given back though what they had agreed is over."""
    month = period_of(run)
    agreed = billable_clients(month)
    billed = Invoice.objects.filter(run=run).exclude(state=Invoice.State.VOID)
    worked = tickets.clients_with_open_time(before=run.ends_on)
    owed = clients_to_repay(month)
    known = agreed | worked | owed | set(billed.values_list("client_id", flat=True))
    return sorted(known | clients_to_credit(month, known))


def billable_clients(period: Period) -> set[int]:
    """Clients with a published agreement that meets the month, or has something due ahead of it."""
    held = Q(ends_on__isnull=True) | Q(ends_on__gt=period.start)
    published = Agreement.objects.filter(state__in=[Agreement.State.ACTIVE, Agreement.State.ENDED])
    rows = published.filter(held, starts_on__lt=period.end)
    coming = published.filter(
        held,
        starts_on__gte=period.end,
        starts_on__lt=month_of(period.end).end,
        versions__published_at__isnull=False,
        versions__lines__facts__timing="advance",
    )
    return {
        *rows.values_list("client_id", flat=True),
        *coming.values_list("client_id", flat=True),
        *_billed_ahead(period),
    }


def _billed_ahead(period: Period) -> set[int]:
    """Clients who paid for days of the month in advance: what ended since is to be given back."""
    rows = InvoiceLine.objects.filter(
        trace__terms__timing="advance", starts_on__lt=period.end, ends_on__gt=period.start
    ).exclude(invoice__state=Invoice.State.VOID)
    return set(rows.values_list("invoice__client_id", flat=True))


def waiting(run: Run) -> int:
    """How many clients are still to count, those in a worker's hands among them."""
    return RunItem.objects.filter(run=run, state=RunItem.State.WAITING).count()


def counting(run: Run) -> Progress:
    """How many clients of the run are counted, of how many."""
    items = RunItem.objects.filter(run=run)
    total = items.count()
    return Progress(total - items.filter(state=RunItem.State.WAITING).count(), total)


def failures(run: Run) -> list[RunItem]:
    """Clients that could not be counted, each with the reason."""
    rows = RunItem.objects.filter(run=run, state=RunItem.State.FAILED).select_related("client")
    return list(rows.order_by("client__name"))


def outcome(run: Run) -> Outcome:
    """Drafts, how many of them need a look, and clients that could not be counted."""
    counts = Invoice.objects.filter(run=run).aggregate(
        drafts=Count("pk", filter=Q(state="draft")),
        looks=Count("pk", filter=Q(state="draft", verdict="needs_look")),
    )
    return Outcome(counts["drafts"], counts["looks"], len(failures(run)))


def all_issued(run: Run) -> bool:
    """Whether the run has bills and every one of them is final."""
    rows = Invoice.objects.filter(run=run)
    return rows.exists() and not rows.exclude(state__in=Invoice.SHOWN).exists()


@dataclass(frozen=True)
class Totals:
    """A run's sum in one currency, and last month's for the bills that had one."""

    currency: str
    total: Decimal
    previous: Decimal
    invoices: int

    @property
    def change(self) -> Decimal:
        return self.total - self.previous

    @property
    def percent(self) -> Decimal | None:
        return abs(self.change) * 100 / self.previous if self.previous else None


def totals_of(run: Run) -> list[Totals]:
    """To invoice and against last month, one for each currency, the largest first."""
    return totals_by_month([run.starts_on]).get(run.starts_on, [])


def totals_by_month(firsts: Iterable[date]) -> dict[date, list[Totals]]:
    """What months came to, by their first day; read at once however many there are.

    A client that left counts in the month before, else its loss would not show.
    """
    wanted = set(firsts)
    before = {first: previous_month(month_of(first)).start for first in wanted}
    rows = (
        Invoice.objects.filter(run__isnull=False, starts_on__in=wanted | set(before.values()))
        .exclude(state=Invoice.State.VOID)
        .values_list("starts_on", "currency")
        .annotate(total=Sum("total"), count=Count("pk"))
        .order_by("-total")
    )
    sums = {(first, currency): (total, count) for first, currency, total, count in rows}
    found: dict[date, list[Totals]] = defaultdict(list)
    for (first, currency), (total, count) in sums.items():
        if first in wanted:
            last, _count = sums.get((before[first], currency), (Decimal(0), 0))
            found[first].append(Totals(currency, total, last, count))
    return found


def due_months(today: date) -> list[Period]:
    """The months that are over and have no run yet, oldest first.

    After a stop every missed month is made up for, up to a year. The very first run is the month
    before this one, if anything was agreed in it: older bills were written elsewhere.
    """
    opened = set(Run.objects.values_list("starts_on", flat=True))
    newest = previous_month(month_of(today))
    if not opened:
        return [newest] if billable_clients(newest) else []
    missing, one = [], newest
    for _ in range(CATCH_UP):
        if one.start < min(opened):
            break
        if one.start not in opened:
            missing.append(one)
        one = previous_month(one)
    return missing[::-1]


def to_count() -> list[int]:
    """Runs whose count was asked for and is not finished."""
    return list(Run.objects.filter(state=Run.State.COUNTING).values_list("pk", flat=True))


def to_issue() -> list[int]:
    """Runs with approved bills that were asked for and have no number yet."""
    rows = Invoice.objects.filter(
        state=Invoice.State.APPROVED, issue_asked_at__isnull=False, issue_error=""
    )
    return list(rows.order_by().values_list("run_id", flat=True).distinct())
