"""Many at once, with real threads and real commits: what must happen once happens once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from billing import actions, tasks
from billing.models import Invoice, InvoiceLine, LineUnit, NumberSeries, Run, RunItem
from billing.queries import drafts
from msp.kit.periods import month
from msp.kit.refusals import Conflict
from tenants import context
from tenants.journal.models import Entry
from tests import make
from tests.billing.conftest import JULY_1, JUNE, run_of
from tests.billing.test_time import log, ny
from tests.conftest import _tenant


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """The same work in threads that start together, each inside alpha."""
    tenant, barrier = _tenant("alpha"), Barrier(count)

    def run(number: int) -> Any:
        try:
            with context.inside(tenant):
                barrier.wait(timeout=30)
                return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def clients(count: int) -> None:
    """So many clients with two devices and a fee each."""
    for number in range(count):
        client = make.client(f"Client {number:02}", billing_email=f"c{number}@x.example")
        make.agreement(client, make.per_device("10.00"), make.flat("50.00"))
        for device in ("a", "b"):
            make.device(client, f"c{number:02}-{device}", "workstation")


def approved(count: int) -> list[int]:
    clients(count)
    run = run_of()
    bills = actions.approve(invoices=run.invoices.all(), by=make.BY, at=JULY_1)
    return [bill.pk for bill in bills]


def count(run: Run, number: int) -> None:
    actions.count_run(run=run, by=make.BY, at=JULY_1 + timedelta(seconds=number))


def approve(run: Run, _number: int) -> None:
    for bill in Invoice.objects.filter(run=run, state="draft").order_by("-pk"):
        actions.approve(invoices=[bill], by=make.BY, at=JULY_1)


def issue(run: Run, _number: int) -> None:
    for bill in Invoice.objects.filter(run=run, state="approved"):
        actions.issue(invoice=bill, by=make.BY, at=JULY_1)


def told(kind: str) -> int:
    return Entry.objects.filter(kind=kind).count()


def test_eight_who_open_and_count_a_month_make_one_of_everything(committed: None) -> None:
    with context.inside(_tenant("alpha")):
        clients(5)

    def work(number: int) -> int:
        run = actions.open_run(period=JUNE, by=make.BY, at=JULY_1)
        actions.count_run(run=run, by=make.BY, at=JULY_1 + timedelta(seconds=number))
        return run.pk

    assert len(set(at_once(8, work))) == 1
    with context.inside(_tenant("alpha")):
        assert Run.objects.get().state == "review"
        assert Invoice.objects.count() == 5
        assert InvoiceLine.objects.count() == 10
        assert LineUnit.objects.count() == 10
        assert {bill.net for bill in Invoice.objects.all()} == {70}
        assert told("billing.run_opened") == 1


def test_eight_workers_share_one_count(committed: None) -> None:
    with context.inside(_tenant("alpha")):
        clients(12)
        run = actions.open_run(period=JUNE, by=make.BY, at=JULY_1)
        actions.ask_count(run=run, by=make.BY, at=JULY_1)
    at_once(8, lambda _number: tasks.count(run.pk))
    with context.inside(_tenant("alpha")):
        assert Run.objects.get().state == "review"
        assert set(RunItem.objects.values_list("state", flat=True)) == {"counted"}
        assert Invoice.objects.count() == 12
        assert InvoiceLine.objects.count() == 24
        assert told("billing.run_counted") == 1


def test_fifty_issued_at_once_with_failures_leave_no_gap(committed: None) -> None:
    with context.inside(_tenant("alpha")):
        bills = approved(50)

    def work(number: int) -> str | None:
        try:
            with transaction.atomic():
                bill = Invoice.objects.get(pk=bills[number])
                issued = actions.issue(invoice=bill, by=make.BY, at=JULY_1)
                if number % 5 == 0:
                    raise RuntimeError("the power went")
                return issued.number
        except RuntimeError:
            return None

    numbers = [number for number in at_once(50, work) if number]
    assert sorted(numbers) == [f"INV-2026-{n:04}" for n in range(1, 41)]
    with context.inside(_tenant("alpha")):
        assert Invoice.objects.filter(state="issued").count() == 40
        assert Invoice.objects.filter(state="approved", number=None).count() == 10
        assert NumberSeries.objects.get().last == 40
        assert told("billing.invoice_issued") == 40
        for pk in bills:
            bill = Invoice.objects.get(pk=pk)
            if bill.state == "approved":
                actions.issue(invoice=bill, by=make.BY, at=JULY_1)
        assert NumberSeries.objects.get().last == 50


def test_one_bill_issued_by_eight_gets_one_number(committed: None) -> None:
    with context.inside(_tenant("alpha")):
        (pk,) = approved(1)

    def work(_number: int) -> str:
        try:
            bill = Invoice.objects.get(pk=pk)
            return str(actions.issue(invoice=bill, by=make.BY, at=JULY_1).number)
        except Exception as error:
            return type(error).__name__

    assert sorted(at_once(8, work)) == ["Conflict"] * 7 + ["INV-2026-0001"]


def test_counting_approving_and_issuing_at_once_end_in_whole_bills(committed: None) -> None:
    with context.inside(_tenant("alpha")):
        clients(6)
        run = run_of()

    def work(number: int) -> str:
        try:
            (count, approve, issue)[number % 3](run, number)
        except Exception as error:
            return type(error).__name__
        return "done"

    assert set(at_once(9, work)) <= {"done", "Conflict"}
    with context.inside(_tenant("alpha")):
        assert Invoice.objects.count() == 6
        for bill in Invoice.objects.all():
            assert sum(line.amount for line in bill.lines.all()) == bill.net == 70
            assert bill.lines.count() == 2


def test_a_line_cannot_slip_in_while_its_invoice_is_being_issued(committed: None) -> None:
    with context.inside(_tenant("alpha")):
        (pk,) = approved(1)
    numbered, tried = Event(), Event()

    def work(number: int) -> str:
        if number == 0:
            with transaction.atomic():
                actions.issue(invoice=Invoice.objects.get(pk=pk), by=make.BY, at=JULY_1)
                numbered.set()
                tried.wait(timeout=0.5)
            return "issued"
        numbered.wait(timeout=20)
        line = InvoiceLine.objects.filter(invoice_id=pk).first()
        line.pk, line.line_key, line.source_key = None, None, "late"
        try:
            line.save()
        except IntegrityError as error:
            return str(error).splitlines()[0]
        finally:
            tried.set()
        return "slipped in"

    assert at_once(2, work) == ["issued", "The lines of an issued invoice cannot change."]


def test_a_count_that_lost_its_connection_goes_on_where_it_was(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The item rolls back to waiting with everything else, and the sweep finds it."""
    whole = drafts.drafts_of
    broken = iter([True])

    def once_broken(**asked: Any) -> Any:
        if asked["client"].name == "Client 02" and next(broken, False):
            raise OperationalError("server closed the connection unexpectedly")
        return whole(**asked)

    monkeypatch.setattr(drafts, "drafts_of", once_broken)
    with context.inside(_tenant("alpha")):
        clients(5)
        run = actions.open_run(period=JUNE, by=make.BY, at=JULY_1)
        actions.ask_count(run=run, by=make.BY, at=JULY_1)
        with pytest.raises(OperationalError):
            tasks.count(run.pk)
        assert RunItem.objects.filter(state="waiting").count() == 3
        assert Invoice.objects.count() == 2
        tasks.count(run.pk)
        assert Run.objects.get().state == "review"
        assert Invoice.objects.count() == 5
        assert InvoiceLine.objects.count() == 10


def test_two_months_approved_at_once_do_not_draw_the_same_hours_twice(committed: None) -> None:
    """Both bills were counted with the last two hours; the second approval waits and is refused."""
    with context.inside(_tenant("alpha")):
        client = make.client("Quill Accounting", billing_email="bills@quill.example")
        block = {"amount": "180.00", "hours": "2", "bought_on": "2026-05-04"}
        make.agreement(client, make.worked("block", "Two hours", **block), make.flat("10.00"))
        log(client, ny(2026, 7, 2, 10), 120)
        july = run_of(month(2026, 7), ny(2026, 8, 1, 9))
        log(client, ny(2026, 6, 3, 10), 120)
        bills = [Invoice.objects.get(run=run).pk for run in (run_of(), july)]
        later = ny(2026, 8, 1, 10)
    approved, tenant = Event(), _tenant("alpha")

    def slowly() -> None:
        with transaction.atomic():
            actions.approve(invoices=[Invoice(pk=bills[0])], by=make.BY, at=later)
            approved.set()
            sleep(0.3)  # the other one asks meanwhile

    def meanwhile() -> None:
        approved.wait(timeout=30)
        with pytest.raises(Conflict, match="drawn by another bill"):
            actions.approve(invoices=[Invoice(pk=bills[1])], by=make.BY, at=later)

    def work(number: int) -> None:
        (meanwhile if number else slowly)()

    at_once(2, work)
    with context.inside(tenant):
        assert [Invoice.objects.get(pk=pk).state for pk in bills] == ["approved", "draft"]
