"""Opening and counting a month.

Locks are taken in one order everywhere: run, item, invoice, client, series. A count holds the item
of its client; whoever changes a run as a whole holds the run, without keeping anybody from adding
rows that point at it.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from django.db import OperationalError, transaction

from billing import events
from billing.models import Invoice, InvoiceLine, LineTime, LineUnit, Run, RunItem
from billing.queries import drafts, runs
from billing.queries.drafts import Draft
from billing.queries.written import DraftLine, TimeShare
from contracts.clients.models import Client, Site
from msp.kit.periods import Period
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce
from tenants.work import hint

log = logging.getLogger(__name__)
MOST = Decimal(10) ** 12  # of anything on one line
_DOUBLES = {
    "no_day_is_billed_twice": "A day of this month is billed already, on another bill.",
    "time_is_billed_once": "Time of this month stands on another bill. Count again.",
}


@transaction.atomic
def open_run(*, period: Period, by: Actor, at: datetime) -> Run:
    """The run of a month, made if nobody has yet: of two who open it, one does."""
    if period.start.day != 1 or period.end.day != 1 or period.days > 31:
        raise Refused("A run bills one calendar month.", field="period")
    run, created = Run.objects.get_or_create(
        starts_on=period.start,
        defaults={"ends_on": period.end, "opened_at": at, "state": Run.State.REVIEW},
    )
    if created:
        announce(events.RunOpened(run.pk, str(run)), by=by, at=at)
    return run


@transaction.atomic
def ask_count(*, run: Run, by: Actor, at: datetime) -> int:
    """Owe every client of the run a count with the knowledge of now; how many are owed.

    The counting itself is `count_next`, one client at a time, by any number of workers.
    """
    owed = _owe(run, by, at)
    transaction.on_commit(lambda: hint("billing.tasks.count", run.pk))
    return owed


def _owe(run: Run, by: Actor, at: datetime) -> int:
    run = _locked(run.pk)
    wanted = runs.clients_to_bill(run)
    RunItem.objects.bulk_create(
        [RunItem(run=run, client_id=pk) for pk in wanted], ignore_conflicts=True
    )
    RunItem.objects.filter(run=run).update(state=RunItem.State.WAITING, error="")
    run.state, run.asked_at = Run.State.COUNTING, at
    run.asked_by = {"kind": by.kind, "id": by.id, "name": by.name}
    run.save(update_fields=["state", "asked_at", "asked_by"])
    announce(events.CountAsked(run.pk, str(run), len(wanted)), by=by, at=at)
    return len(wanted)


@transaction.atomic
def count_next(*, run_id: int, at: datetime) -> bool:
    """Count one client that waits; False when none is left that nobody else has in hand.

    1. Lock one waiting item, skipping those another worker holds.
    2. Recompute its drafts in a savepoint, as known when the count was asked for.
    3. A client that cannot be counted is parked with the reason, and the others go on. A lost
       connection is not the client's fault: everything rolls back and the item waits again.
    """
    item = (
        RunItem.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("client", "run")
        .filter(run_id=run_id, state=RunItem.State.WAITING)
        .order_by("pk")
        .first()
    )
    if item is None:
        return False
    _count(item, at)
    return True


@transaction.atomic
def finish_count(*, run_id: int, at: datetime) -> bool:
    """Close the count when nobody waits any more; True for the one caller who closed it."""
    run = _locked(run_id)
    if run.state != Run.State.COUNTING or runs.waiting(run):
        return False
    run.state, run.counted_at = _state_after_count(run), at
    run.save(update_fields=["state", "counted_at"])
    told = runs.outcome(run)
    by = Actor(**run.asked_by)
    announce(
        events.RunCounted(run.pk, str(run), told.drafts, told.looks, told.failed), by=by, at=at
    )
    return True


@transaction.atomic
def count_run(*, run: Run, by: Actor, at: datetime) -> Run:
    """Count every client at once, in one transaction: for a small MSP, the demo and tests."""
    _owe(run, by, at)
    waiting = RunItem.objects.select_for_update(of=("self",)).select_related("client", "run")
    for item in waiting.filter(run=run, state=RunItem.State.WAITING).order_by("pk"):
        _count(item, at)
    finish_count(run_id=run.pk, at=at)
    run.refresh_from_db()
    return run


@transaction.atomic
def recount(*, item: RunItem, known_at: datetime, at: datetime) -> None:
    """Count one client of a run anew, under the lock of its item that the caller holds.

    Its bill then says another moment of knowledge, so that whoever read it before has to again.
    """
    _recompute(item, known_at)
    item.state, item.error, item.counted_at = RunItem.State.COUNTED, "", at
    item.save(update_fields=["state", "error", "counted_at"])


def _locked(run_id: int) -> Run:
    return Run.objects.select_for_update(no_key=True).get(pk=run_id)


def _count(item: RunItem, at: datetime) -> None:
    try:
        with transaction.atomic():
            _recompute(item, item.run.asked_at or item.run.opened_at)
    except OperationalError:
        raise
    except Exception as error:
        log.exception("Client %s of run %s could not be counted", item.client_id, item.run_id)
        reason = error.reason if isinstance(error, Refused) else _told(error)
        item.state, item.error = RunItem.State.FAILED, reason[:400]
    else:
        item.state, item.error = RunItem.State.COUNTED, ""
    item.counted_at = at
    item.save(update_fields=["state", "error", "counted_at"])


def _told(error: Exception) -> str:
    for name, words in _DOUBLES.items():
        if name in str(error):
            return words
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason'}"


def _recompute(item: RunItem, known_at: datetime) -> None:
    """Bring the client's drafts up to date; what is approved, held or issued stays as it is."""
    run = item.run
    period = Period(run.starts_on, run.ends_on)
    kept = Invoice.objects.select_for_update().filter(run=run, client=item.client)
    standing = {one.currency: one for one in kept.exclude(state=Invoice.State.VOID).order_by("pk")}
    for draft in drafts.drafts_of(client=item.client, period=period, known_at=known_at):
        invoice = standing.pop(draft.currency, None)
        if invoice is None or invoice.state == Invoice.State.DRAFT:
            _write(run, item.client, draft, invoice, known_at)
    for invoice in standing.values():
        if invoice.state == Invoice.State.DRAFT:
            invoice.delete()


def _state_after_count(run: Run) -> Run.State:
    return Run.State.ISSUED if runs.all_issued(run) else Run.State.REVIEW


# -- writing a draft -----------------------------------------------------------------------------


def _write(
    run: Run, client: Client, draft: Draft, invoice: Invoice | None, known_at: datetime
) -> None:
    """Put a computed draft in the place of what stood there; its address stays the same."""
    if invoice is None:
        invoice = Invoice(run=run, client=client, currency=draft.currency)
    else:
        LineUnit.objects.filter(line__invoice=invoice).delete()
        LineTime.objects.filter(line__invoice=invoice).delete()
        InvoiceLine.objects.filter(invoice=invoice).delete()
    invoice.starts_on, invoice.ends_on = run.starts_on, run.ends_on
    invoice.known_at, invoice.tax_rate = known_at, draft.tax_rate
    invoice.net, invoice.tax = draft.totals.net, draft.totals.tax
    invoice.total, invoice.previous_total = draft.totals.total, draft.previous_total
    invoice.verdict, invoice.explanation = draft.verdict, draft.explanation
    invoice.checks = [asdict(check) for check in draft.checks]
    invoice.save()
    _write_lines(invoice, draft)


def _write_lines(invoice: Invoice, draft: Draft) -> None:
    pairs = zip(draft.lines, draft.totals.line_taxes, strict=True)
    rows = [
        _line(invoice, position, line, tax) for position, (line, tax) in enumerate(pairs, start=1)
    ]
    InvoiceLine.objects.bulk_create(rows)
    sites = dict(Site.objects.filter(client_id=invoice.client_id).values_list("pk", "name"))
    LineUnit.objects.bulk_create(
        unit
        for row, line in zip(rows, draft.lines, strict=True)
        for unit in _units(row, line, sites)
    )
    LineTime.objects.bulk_create(_times(rows, draft.lines))


def _line(invoice: Invoice, position: int, line: DraftLine, tax: Decimal) -> InvoiceLine:
    segment, rated = line.segment, line.rated
    if abs(rated.quantity) >= MOST:
        raise Refused(
            f"{segment.description}: a bill has no room for so many. Look at what its meters read."
        )
    return InvoiceLine(
        invoice=invoice,
        position=position,
        agreement_id=segment.agreement_id,
        agreement_line_id=segment.line_id,
        line_key=line.key,
        source_key=line.source_key,
        kind=segment.kind,
        description=segment.description,
        quantity=rated.quantity,
        unit_price=rated.unit_price,
        amount=rated.amount,
        tax=tax,
        starts_on=segment.period.start,
        ends_on=segment.period.end,
        trace=rated.trace
        | {
            "terms": line.facts,
            "agreement": segment.agreement_name,
            "promise": segment.key,
        },
    )


def _times(rows: Sequence[InvoiceLine], lines: Sequence[DraftLine]) -> Iterator[LineTime]:
    """The work behind the lines; a part that was shared out has a number for each share."""
    shares: Counter[tuple[int, int]] = Counter()
    for row, line in zip(rows, lines, strict=True):
        for one in line.times:
            worked = one.charge.worked
            key = (worked.entry_id, worked.part)
            yield _time(row, one, shares[key])
            shares[key] += 1


def _time(row: InvoiceLine, one: TimeShare, share: int) -> LineTime:
    charge, piece, worked = one.charge, one.piece, one.charge.worked
    return LineTime(
        line=row, entry_id=worked.entry_id, part=worked.part, share=share,
        ticket_number=piece.number, person=piece.person[:120], work_type=worked.work_type,
        worked_on=worked.on, started_at=worked.started_at, ended_at=piece.ended_at,
        seconds=worked.seconds, hour_class=worked.hour_class, verdict=worked.verdict,
        reason=piece.reason, outcome=charge.outcome, minutes=charge.minutes, rate=charge.rate,
        multiplier=charge.multiplier, grant_key=charge.grant_key, quantity=charge.quantity,
    )  # fmt: skip


def _units(row: InvoiceLine, line: DraftLine, sites: dict[int, str]) -> Iterator[LineUnit]:
    for unit in line.rated.units:
        for stretch, many in unit.parts:
            yield LineUnit(
                line=row,
                unit_type=unit.unit_type,
                unit_id=unit.unit_id,
                unit_class=unit.unit_class,
                name=unit.name,
                site_name=sites.get(unit.site_id or 0, ""),
                starts_on=stretch.start,
                ends_on=stretch.end,
                days=stretch.days,
                quantity=many,
            )
