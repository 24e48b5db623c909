"""Making bills final: a number without a gap, everything frozen, a PDF, a mail.

The number is drawn in the transaction that issues, from a row it holds the lock of. So a number
exists exactly when its invoice does: a failure gives it back, and the next one takes it.
"""

import hashlib
import logging
from datetime import datetime, timedelta

from django.db import OperationalError, transaction

from billing import events
from billing.models import Invoice, NumberSeries, Paper, Run
from billing.queries import runs
from billing.rules.numbering import DEFAULT_PATTERN, series_prefix, written
from msp.kit.money import round_money
from msp.kit.periods import local_date
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.context import current
from tenants.journal.announce import announce
from tenants.notices import actions as notices
from tenants.work import hint

log = logging.getLogger(__name__)


@transaction.atomic
def ask_issue(*, run: Run, by: Actor, at: datetime) -> int:
    """Owe every approved bill of the run its number; the issuing is `issue_next`."""
    run = _locked_run(run.pk)
    rows = Invoice.objects.filter(run=run, state=Invoice.State.APPROVED)
    asked = {"kind": by.kind, "id": by.id, "name": by.name}
    count = rows.update(issue_asked_at=at, issue_asked_by=asked, issue_error="")
    if not count:
        raise Refused("No bill is approved. Approve what is ready first.")
    announce(events.IssueAsked(run.pk, str(run), count), by=by, at=at)
    transaction.on_commit(lambda: hint("billing.tasks.issue", run.pk))
    return count


@transaction.atomic
def issue_next(*, run_id: int, at: datetime) -> bool:
    """Issue one bill that was asked for; False when none is left.

    A bill that cannot be issued keeps the reason and stays approved; its number was never drawn.
    """
    _locked_run(run_id)
    invoice = (
        Invoice.objects.filter(
            run_id=run_id,
            state=Invoice.State.APPROVED,
            issue_asked_at__isnull=False,
            issue_error="",
        )
        .order_by("client__name", "pk")
        .first()
    )
    if invoice is None:
        return False
    try:
        with transaction.atomic():
            issue(invoice=invoice, by=Actor(**invoice.issue_asked_by), at=at)
    except OperationalError:
        raise
    except Exception as error:
        log.exception("Invoice %s could not be issued", invoice.pk)
        reason = error.reason if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
        invoice.issue_error = reason[:400]
        invoice.save(update_fields=["issue_error"])
    return True


@transaction.atomic
def issue(*, invoice: Invoice, by: Actor, at: datetime) -> Invoice:
    """Number an approved bill and freeze it; from here on the database refuses every change.

    1. Lock the run, then the bill: of two callers the second finds it issued.
    2. Lock the series of the year and draw the next number.
    3. Write down party, dates and number in the same transaction.
    """
    run = _locked_run(invoice.run_id) if invoice.run_id else None
    row = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("client", "run")
        .get(pk=invoice.pk)
    )
    if row.state != Invoice.State.APPROVED:
        state = row.get_state_display().lower()
        raise Conflict(f"The bill of {row.client} is {state}, not approved.")
    row.issued_at, row.issued_on = at, local_date(at, row.client.zone)
    row.due_on = row.issued_on + timedelta(days=row.client.payment_days)
    row.party = _party(row)
    row.number = _draw(series_prefix(DEFAULT_PATTERN, row.issued_on))
    row.state, row.issue_error = Invoice.State.ISSUED, ""
    row.save()
    if run is not None and runs.all_issued(run):
        Run.objects.filter(pk=run.pk).update(state=Run.State.ISSUED)
    announce(
        events.InvoiceIssued(
            row.pk, row.client_id, row.run_id, row.number,
            f"{round_money(row.total, row.currency)}", row.currency, row.due_on.isoformat(),
        ),
        by=by,
        at=at,
    )  # fmt: skip
    _tell_credits(row, by, at)
    return row


def _tell_credits(invoice: Invoice, by: Actor, at: datetime) -> None:
    """What was given back is told on the ticket it is for."""
    for line in invoice.lines.filter(kind="credit"):
        if line.amount:
            ticket_id = line.trace["missed"].get("ticket_id")
            said = events.CreditGiven(
                invoice.pk, invoice.client_id, line.agreement_id, ticket_id,
                invoice.number or "", line.description,
            )  # fmt: skip
            announce(said, by=by, at=at)


@transaction.atomic
def keep_paper(*, invoice: Invoice, content: bytes, by: Actor, at: datetime) -> Paper:
    """Keep the PDF of an issued invoice, once; a second one does not replace the first."""
    if invoice.state not in Invoice.SHOWN or invoice.number is None:
        raise Conflict("A draft has no PDF to keep.")
    digest = hashlib.sha256(content).hexdigest()
    paper, created = Paper.objects.get_or_create(
        invoice=invoice, defaults={"content": content, "digest": digest, "made_at": at}
    )
    if created:
        announce(
            events.PaperKept(invoice.pk, invoice.client_id, invoice.number, digest), by=by, at=at
        )
    return paper


@transaction.atomic
def send(*, invoice: Invoice, to: str, subject: str, text: str, by: Actor, at: datetime) -> bool:
    """Owe the client the mail that brings the invoice, once; True when it is new."""
    if invoice.state != Invoice.State.ISSUED or invoice.number is None:
        raise Conflict("Only an issued invoice is sent.")
    if not to:
        raise Refused("The client has no billing e-mail.", field="billing_email")
    new = notices.mail(key=f"invoice:{invoice.pk}", to=to, subject=subject, text=text, at=at)
    if new:
        announce(
            events.InvoiceSent(invoice.pk, invoice.client_id, invoice.number, to), by=by, at=at
        )
    return new


def _locked_run(run_id: int) -> Run:
    return Run.objects.select_for_update(no_key=True).get(pk=run_id)


def _draw(prefix: str) -> str:
    """The next number of a series, held until this transaction ends."""
    NumberSeries.objects.get_or_create(prefix=prefix)
    series = NumberSeries.objects.select_for_update().get(prefix=prefix)
    series.last += 1
    series.save(update_fields=["last"])
    return written(prefix, series.last)


def _party(invoice: Invoice) -> dict[str, str]:
    """Names and addresses as they are today; the invoice keeps them whatever changes later."""
    client = invoice.client
    return {
        "seller": current().name,
        "name": client.name,
        "address": client.address,
        "email": client.billing_email,
        "zone": client.zone,
        "payment_days": str(client.payment_days),
    }
