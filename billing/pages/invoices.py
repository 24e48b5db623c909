"""Bills: the list, one bill on paper with what happened to it, and what a person decides on it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing import actions
from billing.forms import HoldForm
from billing.models import Invoice
from billing.papers import exports, mails
from billing.queries import crediting, evidence, invoices, issuing, review
from msp.kit.refusals import Refused
from msp.kit.web import asked, blame, go, page, refusal, rows_of
from tenants.journal import queries as journal
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


def bill_of(request: HttpRequest, pk: int) -> Invoice:
    """The bill, if whoever asks may see it; 404 otherwise."""
    rows = Invoice.objects.visible_to(request.viewer).select_related("client", "run")
    return get_object_or_404(rows, pk=pk)


@staff(Permission.BILLING_VIEW)
@require_GET
def invoice_list(request: HttpRequest) -> HttpResponse:
    """Every bill, found by number, client and state."""
    q, state, client = (asked(request, name) for name in ("q", "state", "client"))
    rows = invoices.listed(request.viewer, q=q, state=state, client=client)
    return page(
        request,
        "billing/invoices.html",
        part="billing/_invoices.html",
        rows=rows_of(request, rows),
        q=q,
        state=state,
        states=[(value, Invoice.State(value).label) for value in invoices.STATES],
        client=client,
    )


@staff(Permission.BILLING_VIEW)
@require_GET
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """One bill: its lines on paper, each open to what is behind it, and its history."""
    bill = bill_of(request, pk)
    return page(
        request,
        "billing/invoice.html",
        part="billing/_invoice.html",
        bill=bill,
        row=review.Row(bill, review.why(bill)),
        word=f"{bill.run.starts_on:%Y-%m}" if bill.run else "",
        lines=review.rail_lines(bill),
        bars=review.six_months(bill, request.viewer),
        history=journal.about("invoice", bill.pk),
        paper=getattr(bill, "paper", None),
        mail=issuing.mail_of(bill),
        over=review.is_over(bill.run, bill.client.zone, datetime.now(UTC)),
        credits=crediting.decisions_on(bill),
    )


@staff(Permission.BILLING_VIEW)
@require_GET
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Count the bill again, as known then and as known now."""
    bill = bill_of(request, pk)
    found = evidence.proof_of(bill, datetime.now(UTC))
    return page(
        request, "billing/proof.html", part="billing/_proof.html", bill=bill, proof=found,
        path=[(str(bill), reverse("invoice", args=[bill.pk]))],
    )  # fmt: skip


@staff(Permission.BILLING_VIEW)
@require_GET
def invoice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF as it was made when the invoice was issued."""
    return exports.pdf_response(bill_of(request, pk))


@staff(Permission.BILLING_APPROVE)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve one bill, the count of it that was looked at."""
    bill = bill_of(request, pk)
    try:
        seen = {bill.pk: datetime.fromisoformat(request.POST.get("seen", ""))}
    except ValueError:
        return refusal(request, Refused("This page is out of date. Load it again."))
    return _decided(
        request,
        bill,
        lambda: actions.approve(
            invoices=[bill], by=request.viewer.actor, at=datetime.now(UTC), seen=seen
        ),
        "Approved",
    )


@staff(Permission.BILLING_APPROVE)
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Number and freeze an approved bill that no run issues."""
    bill = bill_of(request, pk)
    if bill.run is not None:
        return refusal(request, Refused("It is issued with its run."))
    by, at = request.viewer.actor, datetime.now(UTC)
    return _decided(request, bill, lambda: actions.issue(invoice=bill, by=by, at=at), "Issued")


@staff(Permission.BILLING_APPROVE)
@require_POST
def unapprove(request: HttpRequest, pk: int) -> HttpResponse:
    bill = bill_of(request, pk)
    by, at = request.viewer.actor, datetime.now(UTC)
    return _decided(
        request, bill, lambda: actions.unapprove(invoice=bill, by=by, at=at), "A draft again"
    )


@staff(Permission.BILLING_EDIT)
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    bill = bill_of(request, pk)
    by, at = request.viewer.actor, datetime.now(UTC)
    return _decided(request, bill, lambda: actions.release(invoice=bill, by=by, at=at), "Off hold")


@staff(Permission.BILLING_EDIT)
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft aside, with the reason."""
    bill = bill_of(request, pk)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hold(
                invoice=bill,
                reason=form.cleaned_data["reason"],
                by=request.viewer.actor,
                at=datetime.now(UTC),
            )
            return _back(request, bill, f"{bill.client} is on hold")
        except Refused as error:
            blame(form, error)
    status = 422 if request.method == "POST" else 200
    answer = page(
        request,
        "billing/hold.html",
        part="billing/_hold.html",
        status=status,
        form=form,
        bill=bill,
        back=request.POST.get("back") or request.GET.get("back", ""),
    )
    answer["HX-Retarget"] = "#dlg"
    return answer


@staff(Permission.BILLING_EDIT)
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail an invoice that could not be mailed when it was issued, to the address of today."""
    bill = bill_of(request, pk)
    return _decided(
        request,
        bill,
        lambda: actions.send(
            invoice=bill,
            to=bill.client.billing_email,
            subject=mails.subject(bill) if bill.number else "",
            text=mails.text(bill) if bill.number else "",
            by=request.viewer.actor,
            at=datetime.now(UTC),
        ),
        "On its way",
    )


def _decided(
    request: HttpRequest, bill: Invoice, act: Callable[[], Any], told: str
) -> HttpResponse:
    try:
        act()
    except Refused as error:
        return refusal(request, error)
    return _back(request, bill, f"{bill.client}: {told.lower()}")


def _back(request: HttpRequest, bill: Invoice, told: str) -> HttpResponse:
    """To where the decision was made: the run or the bill."""
    if request.POST.get("back") == "run" and bill.run:
        return go(request, "run", f"{bill.run.starts_on:%Y-%m}", toast_text=told)
    return go(request, "invoice", bill.pk, toast_text=told)


urlpatterns = [
    path("invoices", invoice_list, name="invoice-list"),
    path("invoices/<int:pk>", invoice, name="invoice"),
    path("invoices/<int:pk>/proof", proof, name="invoice-proof"),
    path("invoices/<int:pk>/invoice.pdf", invoice_pdf, name="invoice-pdf"),
    path("invoices/<int:pk>/approve", approve, name="invoice-approve"),
    path("invoices/<int:pk>/issue", issue, name="invoice-issue"),
    path("invoices/<int:pk>/unapprove", unapprove, name="invoice-unapprove"),
    path("invoices/<int:pk>/hold", hold, name="invoice-hold"),
    path("invoices/<int:pk>/release", release, name="invoice-release"),
    path("invoices/<int:pk>/send", send, name="invoice-send"),
]
