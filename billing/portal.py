"""A client's own invoices: what they cost and, line by line, what is behind them."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET

from billing.models import Invoice, InvoiceLine
from billing.papers import exports
from billing.queries import evidence, invoices, review
from billing.queries.balances import balances
from contracts.clients.gates import client_user
from contracts.clients.models import Client
from contracts.models import Agreement
from msp.kit import sheets
from msp.kit.web import asked, page, rows_of

ROLES = ("billing", "admin")


def _bill(request: HttpRequest, pk: int) -> Invoice:
    rows = Invoice.objects.visible_to(request.viewer).select_related("client", "run")
    return get_object_or_404(rows, pk=pk)


def _line(request: HttpRequest, pk: int, line: int) -> InvoiceLine:
    rows = InvoiceLine.objects.select_related("invoice").prefetch_related("units")
    return get_object_or_404(rows, pk=line, invoice=_bill(request, pk))


@client_user(*ROLES)
@require_GET
def invoice_list(request: HttpRequest) -> HttpResponse:
    """Every invoice of the client, newest first."""
    q = asked(request, "q")
    rows = invoices.listed(request.viewer, q=q)
    return page(
        request,
        "billing/portal/invoices.html",
        part="billing/portal/_invoices.html",
        rows=rows_of(request, rows),
        q=q,
    )


@client_user(*ROLES)
@require_GET
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """One invoice; every line opens to its devices or people."""
    bill = _bill(request, pk)
    return page(
        request,
        "billing/portal/invoice.html",
        bill=bill,
        lines=review.rail_lines(bill),
        paper=getattr(bill, "paper", None),
        bars=review.six_months(bill, request.viewer),
    )


@client_user(*ROLES)
@require_GET
def line(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """A line opened to the days behind it."""
    found = _line(request, pk, line)
    units = evidence.counted_on(found)
    return page(
        request,
        "billing/portal/line.html",
        part="billing/_evidence.html",
        line=found,
        bill=found.invoice,
        rows=rows_of(request, units),
        times=evidence.worked_on(found),
        missed=evidence.missed_on(found),
        inner=False,
        sum=sum(unit.days for unit in units),
        sentences=evidence.sentences(found),
        period=evidence.period_of(found),
    )


@client_user(*ROLES)
@require_GET
def line_csv(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    found = _line(request, pk, line)
    return sheets.response(f"line-{found.pk}.csv", exports.evidence_rows(found))


@client_user(*ROLES)
@require_GET
def invoice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF as it was made when the invoice was issued."""
    bill = _bill(request, pk)
    return exports.pdf_response(bill)


def on_portal_home(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """The last invoice, for those who may see money."""
    if request.viewer.role not in ROLES:
        return None
    rows = list(invoices.listed(request.viewer)[:3])
    return {"template": "billing/portal/_of_home.html", "rows": rows, "client": client}


def on_portal_agreement(request: HttpRequest, agreement: Agreement) -> dict[str, Any] | None:
    """How much of the hours and money paid ahead under an agreement is left."""
    found = balances(agreement.client, datetime.now(UTC))
    mine = [one for one in found if one.agreement_id == agreement.pk]
    return {"template": "billing/portal/_of_agreement.html", "balances": mine} if mine else None


urlpatterns = [
    path("invoices", invoice_list, name="portal-invoice-list"),
    path("invoices/<int:pk>", invoice, name="portal-invoice"),
    path("invoices/<int:pk>/invoice.pdf", invoice_pdf, name="portal-invoice-pdf"),
    path("invoices/<int:pk>/lines/<int:line>", line, name="portal-line"),
    path("invoices/<int:pk>/lines/<int:line>.csv", line_csv, name="portal-line-csv"),
]
