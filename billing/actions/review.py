"""Deciding about drafts: approve, take back, hold, release."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from billing import events
from billing.models import Invoice, LineTime, Run, RunItem
from billing.queries.caps import passes_a_cap
from billing.queries.crediting import void_now
from billing.queries.labour import overdrawn
from contracts.clients.models import Client
from msp.kit.money import round_money
from msp.kit.periods import day_start
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce
from tickets import actions as tickets
from tickets import queries as worked


@transaction.atomic
def approve(
    *,
    invoices: Iterable[Invoice],
    by: Actor,
    at: datetime,
    seen: Mapping[int, datetime] | None = None,
) -> list[Invoice]:
    """Approve drafts, all of them or none.

    `seen` says which count of each the approver looked at; a draft that was counted again since
    is a conflict, because nobody has read it.
    """
    rows = _locked([invoice.pk for invoice in invoices])
    _not_being_counted(rows)
    for invoice in sorted(rows, key=lambda row: (row.client_id, row.pk)):
        _approvable(invoice, at)
        if seen is not None and seen.get(invoice.pk) != invoice.known_at:
            raise Conflict(f"{invoice.client} was counted again since you looked. Read it again.")
        for gone in void_now(invoice, at):
            raise Conflict(f"{invoice.client}: {gone} Count the bill again.")
        _bind_time(invoice, by, at)
        invoice.state = Invoice.State.APPROVED
        invoice.approved_at, invoice.approved_by = at, by.name
        invoice.save(update_fields=["state", "approved_at", "approved_by"])
        announce(
            events.InvoiceApproved(
                *_refs(invoice),
                invoice.subject,
                f"{round_money(invoice.total, invoice.currency)}",
                invoice.currency,
            ),
            by=by,
            at=at,
        )
    return rows


@transaction.atomic
def unapprove(*, invoice: Invoice, by: Actor, at: datetime) -> Invoice:
    """Make an approved bill a draft again, so that it can be counted anew."""
    (row,) = _locked([invoice.pk])
    if row.state != Invoice.State.APPROVED:
        raise Conflict(f"The bill of {row.client} is {row.get_state_display().lower()}.")
    row.state, row.approved_at, row.approved_by = Invoice.State.DRAFT, None, ""
    row.issue_asked_at, row.issue_asked_by, row.issue_error = None, {}, ""
    row.save()
    tickets.free_time(ref=row.time_ref, by=by, at=at)
    announce(events.InvoiceReturned(*_refs(row), row.subject), by=by, at=at)
    return row


@transaction.atomic
def hold(*, invoice: Invoice, reason: str, by: Actor, at: datetime) -> Invoice:
    """Put a draft aside; counting and approving leave it alone until it is released."""
    reason = " ".join(reason.split())
    if not reason:
        raise Refused("Say why the bill is held.", field="reason")
    if len(reason) > 200:
        raise Refused("Say it in at most 200 characters.", field="reason")
    (row,) = _locked([invoice.pk])
    if row.state != Invoice.State.DRAFT:
        raise Conflict(f"The bill of {row.client} is {row.get_state_display().lower()}.")
    row.state, row.hold_reason = Invoice.State.HELD, reason
    row.save(update_fields=["state", "hold_reason"])
    announce(events.InvoiceHeld(*_refs(row), row.subject, reason), by=by, at=at)
    return row


@transaction.atomic
def release(*, invoice: Invoice, by: Actor, at: datetime) -> Invoice:
    """Take a bill off hold; it is a draft again."""
    (row,) = _locked([invoice.pk])
    if row.state != Invoice.State.HELD:
        raise Conflict(f"The bill of {row.client} is {row.get_state_display().lower()}.")
    row.state, row.hold_reason = Invoice.State.DRAFT, ""
    row.save(update_fields=["state", "hold_reason"])
    announce(events.InvoiceReleased(*_refs(row), row.subject), by=by, at=at)
    return row


def _bind_time(invoice: Invoice, by: Actor, at: datetime) -> None:
    """Keep the time behind the bill as it was counted; what was changed since was not read.

    Whoever approves time of a client holds the client's row: two bills of different months may
    both have been counted with the last hours of one block, and only one of them may draw them.
    """
    entries = set(LineTime.objects.filter(line__invoice=invoice).values_list("entry_id", flat=True))
    if not entries and not invoice.lines.filter(trace__has_key="refund").exists():
        return
    Client.objects.select_for_update(no_key=True).get(pk=invoice.client_id)
    if entries:  # held from here on, so that nobody changes them between the look and the end
        tickets.bind_time(entry_ids=entries, ref=invoice.time_ref, by=by, at=at)
    if worked.changed_since(entries, invoice.known_at):
        raise Conflict(f"Time of {invoice.client} was changed since the count. Count it again.")
    if overdrawn(invoice):
        raise Conflict(
            f"What {invoice.client} paid ahead was drawn by another bill since the count."
            " Count it again."
        )
    if passes_a_cap(invoice):
        raise Conflict(
            f"Another bill of {invoice.client} took from a project's cap since the count."
            " Count it again."
        )


def _locked(pks: list[int]) -> list[Invoice]:
    """The rows under their run's lock, in the order every action takes them."""
    runs = set(Invoice.objects.filter(pk__in=pks).values_list("run_id", flat=True))
    list(Run.objects.select_for_update(no_key=True).filter(pk__in=runs).order_by("pk"))
    rows = Invoice.objects.select_for_update(of=("self",)).filter(pk__in=pks)
    return list(rows.select_related("client", "run").order_by("pk"))


def _not_being_counted(rows: list[Invoice]) -> None:
    for row in rows:
        waiting = RunItem.objects.filter(
            run=row.run, client=row.client, state=RunItem.State.WAITING
        )
        if waiting.exists():
            raise Conflict(f"{row.client} is being counted. Look again in a moment.")


def _approvable(invoice: Invoice, at: datetime) -> None:
    if invoice.state != Invoice.State.DRAFT:
        state = invoice.get_state_display().lower()
        raise Conflict(f"The bill of {invoice.client} is {state}, not a draft.")
    if invoice.run and at < day_start(invoice.ends_on, invoice.client.zone):
        over = f"{invoice.ends_on:%B} {invoice.ends_on.day}"
        raise Refused(f"{invoice.run} is not over: it can be approved from {over}.")
    for check in invoice.checks:
        if check["blocks"]:
            raise Refused(f"{invoice.client}: {check['text']}")


def _refs(invoice: Invoice) -> tuple[int, int, int | None]:
    return invoice.pk, invoice.client_id, invoice.run_id
