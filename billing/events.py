"""What billing can tell.

Sentences name no amounts: a client's timeline is read by people who may not see its money.
"""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class RunOpened(Event):
    kind: ClassVar[str] = "billing.run_opened"
    sentence: ClassVar[str] = "opened the billing run of {month}"

    run_id: int
    month: str


@dataclass(frozen=True)
class CountAsked(Event):
    kind: ClassVar[str] = "billing.count_asked"
    sentence: ClassVar[str] = "asked to count {month} for {clients} clients"

    run_id: int
    month: str
    clients: int


@dataclass(frozen=True)
class RunCounted(Event):
    kind: ClassVar[str] = "billing.run_counted"
    sentence: ClassVar[str] = (
        "counted {month}: {drafts} drafts, {looks} to look at, {failed} failed"
    )

    run_id: int
    month: str
    drafts: int
    looks: int
    failed: int


@dataclass(frozen=True)
class InvoiceApproved(Event):
    kind: ClassVar[str] = "billing.invoice_approved"
    sentence: ClassVar[str] = "approved the bill of {month}"

    invoice_id: int
    client_id: int
    run_id: int | None
    month: str
    total: str
    currency: str


@dataclass(frozen=True)
class InvoiceReturned(Event):
    kind: ClassVar[str] = "billing.invoice_returned"
    sentence: ClassVar[str] = "took back the approval of the bill of {month}"

    invoice_id: int
    client_id: int
    run_id: int | None
    month: str


@dataclass(frozen=True)
class InvoiceHeld(Event):
    kind: ClassVar[str] = "billing.invoice_held"
    sentence: ClassVar[str] = "put the bill of {month} on hold: {reason}"

    invoice_id: int
    client_id: int
    run_id: int | None
    month: str
    reason: str


@dataclass(frozen=True)
class InvoiceReleased(Event):
    kind: ClassVar[str] = "billing.invoice_released"
    sentence: ClassVar[str] = "took the bill of {month} off hold"

    invoice_id: int
    client_id: int
    run_id: int | None
    month: str


@dataclass(frozen=True)
class IssueAsked(Event):
    kind: ClassVar[str] = "billing.issue_asked"
    sentence: ClassVar[str] = "asked to issue {invoices} approved bills of {month}"

    run_id: int
    month: str
    invoices: int


@dataclass(frozen=True)
class InvoiceIssued(Event):
    kind: ClassVar[str] = "billing.invoice_issued"
    sentence: ClassVar[str] = "issued invoice {number}, due {due_on}"

    invoice_id: int
    client_id: int
    run_id: int | None
    number: str
    total: str
    currency: str
    due_on: str


@dataclass(frozen=True)
class PaperKept(Event):
    kind: ClassVar[str] = "billing.paper_kept"
    sentence: ClassVar[str] = "kept the PDF of invoice {number}, sha256 {digest}"

    invoice_id: int
    client_id: int
    number: str
    digest: str


@dataclass(frozen=True)
class InvoiceSent(Event):
    kind: ClassVar[str] = "billing.invoice_sent"
    sentence: ClassVar[str] = "sent invoice {number} to {to}"

    invoice_id: int
    client_id: int
    number: str
    to: str


@dataclass(frozen=True)
class OnceBilled(Event):
    kind: ClassVar[str] = "billing.once_billed"
    sentence: ClassVar[str] = "drafted the bill of {title}"

    invoice_id: int
    client_id: int
    quote_id: int | None
    title: str


@dataclass(frozen=True)
class CreditWaived(Event):
    kind: ClassVar[str] = "billing.credit_waived"
    sentence: ClassVar[str] = "waived on the bill of {month}: {credit}, because {reason}"

    invoice_id: int
    client_id: int
    agreement_id: int | None
    ticket_id: int | None
    month: str
    credit: str
    reason: str


@dataclass(frozen=True)
class CreditRestored(Event):
    kind: ClassVar[str] = "billing.credit_restored"
    sentence: ClassVar[str] = "gives after all on the bill of {month}: {credit}"

    invoice_id: int
    client_id: int
    agreement_id: int | None
    ticket_id: int | None
    month: str
    credit: str


@dataclass(frozen=True)
class CreditGiven(Event):
    kind: ClassVar[str] = "billing.credit_given"
    sentence: ClassVar[str] = "gave back on invoice {number}: {credit}"

    invoice_id: int
    client_id: int
    agreement_id: int | None
    ticket_id: int | None
    number: str
    credit: str
