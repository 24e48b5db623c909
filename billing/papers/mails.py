"""The mail that brings an invoice."""

from babel.dates import format_date
from django.urls import reverse

from billing.models import Invoice
from msp.kit.money import format_money
from msp.kit.periods import Period
from tenants.context import address


def subject(invoice: Invoice) -> str:
    return f"Invoice {invoice.number} from {invoice.party['seller']} for {_for(invoice)}"


def _for(invoice: Invoice) -> str:
    return str(Period(invoice.starts_on, invoice.ends_on)) if invoice.run else invoice.title


def text(invoice: Invoice) -> str:
    """What is due, when, and where every number can be opened."""
    due = format_date(invoice.due_on, "long", locale="en_US")
    total = format_money(invoice.total, invoice.currency)
    return (
        f"Invoice {invoice.number} for {_for(invoice)}"
        f" comes to {total}. It is due on {due}.\n\n"
        "Every line opens down to the devices and people behind it, and the PDF is there too:\n"
        f"{address(reverse('portal-invoice', args=[invoice.pk]))}\n\n"
        f"{invoice.party['seller']}\n"
    )
