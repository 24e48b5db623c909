"""Which months there are: opened, to open, and what each came to."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from billing.models import Run
from billing.queries.runs import Totals, totals_by_month
from msp.kit.periods import month_of, previous_month

TO_OPEN = 12  # closed months one may still open by hand


@dataclass(frozen=True)
class Summary:
    """A month in the list of runs."""

    run: Run
    word: str
    bills: int
    looks: int
    issued: int
    totals: tuple[Totals, ...]


def summaries() -> list[Summary]:
    """Every run, the newest first."""
    rows = Run.objects.annotate(
        bills=Count("invoices", filter=~Q(invoices__state="void")),
        looks=Count("invoices", filter=Q(invoices__state="draft", invoices__verdict="needs_look")),
        final=Count("invoices", filter=Q(invoices__state="issued")),
    ).order_by("-starts_on")
    totals = totals_by_month(run.starts_on for run in rows)
    return [
        Summary(
            run,
            word_of(run.starts_on),
            run.bills,
            run.looks,
            run.final,
            tuple(totals.get(run.starts_on, ())),
        )
        for run in rows
    ]


def to_open(today: date) -> list[tuple[str, str]]:
    """Months without a run, the one that runs now as a preview: address word and name."""
    opened = set(Run.objects.values_list("starts_on", flat=True))
    current = month_of(today)
    found = []
    one = current
    for _ in range(TO_OPEN + 1):
        if one.start not in opened:
            name = f"{one}, preview" if one == current else str(one)
            found.append((word_of(one.start), name))
        one = previous_month(one)
    return found


def to_bill(today: date) -> str:
    """The month one most likely opens: the last that is over, else the running one."""
    words = [word for word, _name in to_open(today)]
    last = word_of(previous_month(month_of(today)).start)
    return last if last in words else next(iter(words), "")


def word_of(first: date) -> str:
    """A month as it stands in an address: 2026-06."""
    return f"{first:%Y-%m}"


def name_before(run: Run) -> str:
    """The month before a run's, by name."""
    return f"{previous_month(month_of(run.starts_on)).start:%B}"
