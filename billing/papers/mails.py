"""The mail that brings an invoice."""

from babel.dates import format_date
from django.conf import settings
from django.urls import reverse

from billing.models import Invoice
from msp.kit.money import format_money
from msp.kit.periods import Period
from tenants.context import current


def subject(invoice: Invoice) -> str:
    period = Period(invoice.starts_on, invoice.ends_on)
    return f"Invoice {invoice.number} from {invoice.party['seller']} for {period}"


def text(invoice: Invoice) -> str:
    """What is due, when, and where every number can be opened."""
    due = format_date(invoice.due_on, "long", locale="en_US")
    total = format_money(invoice.total, invoice.currency)
    return (
        f"Invoice {invoice.number} for {Period(invoice.starts_on, invoice.ends_on)}"
        f" comes to {total}. It is due on {due}.\n\n"
        "Every line opens down to the devices and people behind it, and the PDF is there too:\n"
        f"{address(reverse('portal-invoice', args=[invoice.pk]))}\n\n"
        f"{invoice.party['seller']}\n"
    )


def address(path: str) -> str:
    """A path of this MSP's host as a link for a mail; made in a task, where there is no request."""
    host = f"{current().slug}.{settings.TENANT_SUFFIX}"
    port = "" if settings.PUBLIC_SCHEME == "https" else f":{settings.PORT}"
    return f"{settings.PUBLIC_SCHEME}://{host}{port}{path}"
