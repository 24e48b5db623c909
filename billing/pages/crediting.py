"""What a person decides about drafted credits: one is waived for a reason, or given after all."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from billing import actions
from billing.forms import WaiveForm
from billing.pages.invoices import bill_of
from billing.pages.lines import line_of
from msp.kit.refusals import Refused
from msp.kit.web import blame, go, page, refusal
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.BILLING_APPROVE)
@require_http_methods(["GET", "POST"])
def credit_waive(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Ask for the reason, then leave the credit out."""
    found = line_of(request, pk, line)
    form = WaiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.waive_credit(
                line=found, reason=form.cleaned_data["reason"], by=request.viewer.actor,
                at=datetime.now(UTC),
            )  # fmt: skip
            return go(request, "invoice", pk, toast_text="Waived. The bill was counted again.")
        except Refused as error:
            blame(form, error)
    status = 422 if request.method == "POST" else 200
    answer = page(
        request, "billing/waive.html", part="billing/_waive.html", status=status, form=form,
        line=found, bill=found.invoice,
    )  # fmt: skip
    answer["HX-Retarget"] = "#dlg"
    return answer


@staff(Permission.BILLING_APPROVE)
@require_POST
def credit_restore(request: HttpRequest, pk: int) -> HttpResponse:
    bill, key = bill_of(request, pk), request.POST.get("key", "")[:120]
    try:
        actions.restore_credit(invoice=bill, key=key, by=request.viewer.actor, at=datetime.now(UTC))
    except Refused as error:
        return refusal(request, error)
    return go(request, "invoice", pk, toast_text="Given. The bill was counted again.")


urlpatterns = [
    path("invoices/<int:pk>/lines/<int:line>/waive", credit_waive, name="credit-waive"),
    path("invoices/<int:pk>/credits/restore", credit_restore, name="credit-restore"),
]
