"""What follows from billing: an issued invoice gets its PDF and its mail, a count is told."""

from datetime import UTC, datetime

from django.urls import reverse

from billing import actions, events
from billing.models import Invoice
from billing.papers import invoice_pdf, mails
from tenants.journal.registry import Told, reacts_to
from tenants.notices import actions as notices
from tenants.people.models import Person
from tenants.people.rules.roles import Permission, permissions_of


@reacts_to(events.InvoiceIssued)
def make_paper(event: events.InvoiceIssued, told: Told) -> None:
    invoice = Invoice.objects.get(pk=event.invoice_id)
    if not hasattr(invoice, "paper"):
        content = invoice_pdf.render(invoice)
        actions.keep_paper(invoice=invoice, content=content, by=told.by, at=datetime.now(UTC))


@reacts_to(events.InvoiceIssued)
def send_invoice(event: events.InvoiceIssued, told: Told) -> None:
    """Mail it where there is an address; the run's page lists those without one."""
    invoice = Invoice.objects.get(pk=event.invoice_id)
    to = invoice.party["email"]
    if to:
        actions.send(
            invoice=invoice, to=to, subject=mails.subject(invoice), text=mails.text(invoice),
            by=told.by, at=told.at,
        )  # fmt: skip


@reacts_to(events.RunCounted)
def tell_reviewers(event: events.RunCounted, told: Told) -> None:
    """A month that was counted by itself waits for those who may approve it."""
    if told.by.kind != "system" or not event.drafts:
        return
    looks = f", {event.looks} to look at" if event.looks else ""
    bills = "1 bill waits" if event.drafts == 1 else f"{event.drafts} bills wait"
    for person in Person.objects.filter(kind=Person.Kind.STAFF, is_active=True):
        if Permission.BILLING_APPROVE in permissions_of(person.role):
            notices.tell(
                person_id=person.pk,
                key=f"run:{event.run_id}:{told.entry_id}",
                reason="Billing",
                text=f"{event.month} is counted: {bills} for review{looks}.",
                url=reverse("run-list"),
                at=told.at,
            )
