"""What a run and a line look like as files."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse

from billing.models import Invoice, InvoiceLine, Run
from billing.queries import evidence, review
from msp.kit.money import round_money


def pdf_response(bill: Invoice) -> HttpResponse:
    """The kept PDF of an invoice; 404 while there is none."""
    paper = getattr(bill, "paper", None)
    if paper is None:
        raise Http404("This bill has no PDF yet.")
    answer = HttpResponse(bytes(paper.content), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{bill.number}.pdf"'
    return answer


def run_rows(run: Run) -> Iterator[Sequence[Any]]:
    """A run, one bill a row."""
    yield (
        "Client", "State", "Number", "Currency", "Net", "Tax", "Total", "Last month", "Change",
        "Why",
    )  # fmt: skip
    for bill in review.bills_of(run):
        row = review.Row(bill, review.why(bill))
        yield (
            bill.client.name, bill.get_state_display(), bill.number or "", bill.currency,
            _money(bill, bill.net), _money(bill, bill.tax), _money(bill, bill.total),
            _money(bill, bill.previous_total), _money(bill, row.change), row.why,
        )  # fmt: skip


def _money(bill: Invoice, amount: Decimal | None) -> Decimal | str:
    return "" if amount is None else round_money(amount, bill.currency)


def time_rows(line: InvoiceLine) -> Iterator[Sequence[Any]]:
    """The work behind a line, a part of an entry a row; reasons stay among ourselves."""
    yield "Date", "Ticket", "Who", "Kind", "Hours", "Minutes", "Counts as", "Verdict"
    for one in evidence.worked_on(line):
        row = one.row
        yield (
            row.worked_on, row.ticket_number, row.person, one.kind, one.hours, row.seconds // 60,
            row.minutes.normalize(), one.verdict,
        )  # fmt: skip


def evidence_rows(line: InvoiceLine) -> Iterator[Sequence[Any]]:
    """What stands behind a line, one run of days a row, and the sum at the end."""
    if line.kind == "time":
        yield from time_rows(line)
        return
    if line.kind == "usage":
        yield "Meter", "First day", "Last day", "From", "To", "Used"
        for part in evidence.read_on(line):
            yield part.name, part.days.start, part.days.last, part.opened, part.closed, part.used
        return
    yield "Name", "Class", "Site", "First day", "Last day", "Number", "Days", "Rule"
    total = 0
    for unit in evidence.counted_on(line):
        for stretch, many in unit.parts:
            yield (
                unit.name, unit.unit_class, unit.site_name, stretch.start, stretch.last,
                many, stretch.days * many, unit.note,
            )  # fmt: skip
        total += unit.days
    yield "Sum", "", "", "", "", "", total, ""
    for one in line.trace.get("dropped", ()):
        yield one["name"], "", "", "", "", "", 0, one["rule"]
