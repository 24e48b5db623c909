"""Deciding about credits: one that is drafted may be waived for a reason, and given after all.

What is waived is kept with the client's place in its month: counting leaves it out, in this month
and in every later one.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing import events
from billing.actions.runs import recount
from billing.models import Invoice, InvoiceLine, RunItem
from billing.queries.crediting import KIND
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce


@transaction.atomic
def waive_credit(*, line: InvoiceLine, reason: str, by: Actor, at: datetime) -> None:
    """Leave a drafted credit out, with the reason, and count the bill anew without it."""
    reason = " ".join(reason.split())
    if not reason:
        raise Refused("Say why nothing is given back.", field="reason")
    if len(reason) > 200:
        raise Refused("Say it in at most 200 characters.", field="reason")
    item, bill = _held(line.invoice)
    row = InvoiceLine.objects.filter(pk=line.pk, invoice=bill, kind=KIND).first()
    if row is None:
        raise Conflict("The bill was counted again meanwhile. Read it again.")
    item.waived.append(_kept(row, reason, by, at))
    item.save(update_fields=["waived"])
    recount(item=item, known_at=at, at=at)
    refs = _refs(bill, item.waived[-1])
    said = events.CreditWaived(*refs, bill.subject, row.description, reason)
    announce(said, by=by, at=at)


@transaction.atomic
def restore_credit(*, invoice: Invoice, key: str, by: Actor, at: datetime) -> None:
    """Give a waived credit after all, and count the bill anew with it."""
    item, bill = _held(invoice)
    waived = next((one for one in item.waived if one["key"] == key), None)
    if waived is None:
        raise Conflict("It is not waived any more.")
    item.waived = [one for one in item.waived if one["key"] != key]
    item.save(update_fields=["waived"])
    recount(item=item, known_at=at, at=at)
    said = events.CreditRestored(*_refs(bill, waived), bill.subject, waived["words"])
    announce(said, by=by, at=at)


def _held(invoice: Invoice) -> tuple[RunItem, Invoice]:
    """The client's place in the month and its draft, locked in this order."""
    item = (
        RunItem.objects.select_for_update(of=("self",))
        .select_related("client", "run")
        .filter(run=invoice.run, client_id=invoice.client_id)
        .first()
    )
    bill = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("client", "run")
        .filter(pk=invoice.pk)
        .first()
    )
    if item is None or bill is None or item.state == RunItem.State.WAITING:
        raise Conflict("The bill is being counted. Try again in a moment.")
    if bill.state != Invoice.State.DRAFT:
        state = bill.get_state_display().lower()
        raise Conflict(f"The bill of {bill.client} is {state}. Only a draft can be changed.")
    return item, bill


def _kept(row: InvoiceLine, reason: str, by: Actor, at: datetime) -> dict[str, Any]:
    credit, missed = row.trace["credit"], row.trace["missed"]
    return {
        "key": row.source_key,
        "words": row.description,
        "amount": f"{Decimal(credit['asked']):f}",
        "agreement_id": row.agreement_id,
        "ticket_id": missed.get("ticket_id"),
        "reason": reason,
        "by": by.name,
        "at": at.isoformat(),
    }


def _refs(bill: Invoice, waived: dict[str, Any]) -> tuple[int, int, int | None, int | None]:
    return bill.pk, bill.client_id, waived["agreement_id"], waived["ticket_id"]
