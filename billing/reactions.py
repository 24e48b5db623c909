"""What follows from billing: an issued invoice gets its PDF and its mail, a count is told."""

from datetime import UTC, datetime

from django.urls import reverse

from billing import actions, events
from billing.models import Invoice
from billing.papers import invoice_pdf, mails
from contracts import events as contracts
from contracts.models import Quote
from contracts.queries import quotes
from msp.kit.refs import system
from tenants.journal.registry import Told, reacts_to
from tenants.notices import actions as notices
from tenants.people.models import Person
from tenants.people.rules.roles import Permission, permissions_of
from tickets.projects import events as work
from tickets.projects import queries as projects
from tickets.projects.models import Milestone


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


@reacts_to(contracts.QuoteAccepted)
def bill_what_is_delivered_once(event: contracts.QuoteAccepted, told: Told) -> None:
    """The lines of an accepted quote that no agreement carries, as a bill of their own."""
    quote = Quote.objects.select_related("client").get(pk=event.quote_id)
    if projects.becomes_project(quote) or projects.of_quote(quote) is not None:
        return  # milestones are billed, each when it is done; a change order is the project's
    lines = [
        actions.OnceLine(line.key, line.description, line.terms.unit_price, line.quantity)
        for line in quotes.accepted_once(quote)
    ]
    if not lines:
        return
    bill = actions.bill_once(
        client=quote.client, source_key=f"quote:{quote.pk}",
        title=f"{quote.number} {quote.name}",
        explanation=f"What is delivered once of the quote {quote.number}, {event.option}, as it"
        f" was accepted on {told.at:%Y-%m-%d}.",
        currency=quote.currency, lines=lines, quote_id=quote.pk, quote_number=quote.number,
        by=system("Quotes"), at=told.at,
    )  # fmt: skip
    _tell_of(bill, told)


@reacts_to(work.MilestoneDone, work.MilestoneAccepted)
def bill_a_milestone(event: work.MilestoneDone | work.MilestoneAccepted, told: Told) -> None:
    """A milestone of a fixed fee, when the client accepts it or, where that was agreed, when it is
    done: the same bill however often it is told."""
    milestone = Milestone.objects.filter(pk=event.milestone_id).first()
    bill = milestone and actions.bill_milestone(
        milestone=milestone, by=system("Projects"), at=told.at
    )
    if bill is not None and bill.state == Invoice.State.DRAFT:
        _tell_of(bill, told)


def _tell_of(bill: Invoice, told: Told) -> None:
    for person in _approvers():
        notices.tell(
            person_id=person.pk, key=f"bill:{bill.pk}", reason="Billing",
            text=f"The bill of {bill.title} waits for a look.",
            url=reverse("invoice", args=[bill.pk]), at=told.at,
        )  # fmt: skip


def _approvers() -> list[Person]:
    rows = Person.objects.filter(kind=Person.Kind.STAFF, is_active=True)
    return [one for one in rows if Permission.BILLING_APPROVE in permissions_of(one.role)]


@reacts_to(events.RunCounted)
def tell_reviewers(event: events.RunCounted, told: Told) -> None:
    """A month that was counted by itself waits for those who may approve it."""
    if told.by.kind != "system" or not event.drafts:
        return
    looks = f", {event.looks} to look at" if event.looks else ""
    bills = "1 bill waits" if event.drafts == 1 else f"{event.drafts} bills wait"
    for person in _approvers():
        notices.tell(
            person_id=person.pk,
            key=f"run:{event.run_id}:{told.entry_id}",
            reason="Billing",
            text=f"{event.month} is counted: {bills} for review{looks}.",
            url=reverse("run-list"),
            at=told.at,
        )
