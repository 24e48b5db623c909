"""A line opened: the devices or people behind it, day by day."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET

from billing.models import InvoiceLine
from billing.pages.invoices import bill_of
from billing.papers import exports
from billing.queries import evidence
from msp.kit import sheets
from msp.kit.web import page, rows_of
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


def line_of(request: HttpRequest, pk: int, line: int) -> InvoiceLine:
    """A line of a bill the viewer may see."""
    rows = InvoiceLine.objects.select_related("invoice__client").prefetch_related("units")
    return get_object_or_404(rows, pk=line, invoice=bill_of(request, pk))


def opened(request: HttpRequest, line: InvoiceLine) -> dict[str, Any]:
    """What the page of a line shows, to staff and to the client alike."""
    units = evidence.counted_on(line)
    return {
        "line": line,
        "bill": line.invoice,
        "rows": rows_of(request, units),
        "times": evidence.worked_on(line),
        "read": evidence.read_on(line),
        "read_sum": evidence.read_sum(line),
        "missed": evidence.missed_on(line),
        "inner": request.viewer.is_staff,
        "sum": sum(unit.days for unit in units),
        "dropped": line.trace.get("dropped", ()),
        "later": evidence.corrected_since(line, request.viewer),
        "sentences": evidence.sentences(line),
        "period": evidence.period_of(line),
    }


@staff(Permission.BILLING_VIEW)
@require_GET
def line_evidence(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """The arithmetic in words, and each unit with its days."""
    found = line_of(request, pk, line)
    return page(
        request, "billing/line.html", part="billing/_evidence.html", **opened(request, found)
    )


@staff(Permission.BILLING_VIEW)
@require_GET
def line_csv(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    found = line_of(request, pk, line)
    return sheets.response(f"line-{found.pk}.csv", exports.evidence_rows(found))


urlpatterns = [
    path("invoices/<int:pk>/lines/<int:line>.csv", line_csv, name="line-csv"),
    path("invoices/<int:pk>/lines/<int:line>", line_evidence, name="line-evidence"),
]
