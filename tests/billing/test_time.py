"""Time on bills: charged once, drawn once, open to its entries, frozen with the bill."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from billing import actions
from billing.models import Invoice, InvoiceLine, LineTime, RunItem
from billing.queries import evidence
from billing.queries.balances import balances
from billing.queries.invoices import next_bills
from contracts import actions as contracts
from contracts.clients.models import Client
from msp.kit.periods import month
from msp.kit.refusals import Conflict, Refused
from tenants import context
from tests import make
from tests.billing.conftest import JULY_1, JUNE, issued, run_of
from tests.tickets.conftest import ny
from tickets import actions as tickets
from tickets.models import TimeEntry

D = Decimal
HOURLY = {"rate": "150.00", "minimum": 15, "step": 15, "after": "1.5"}


@pytest.fixture
def fixer(alpha: context.Tenant) -> Client:
    """A client who pays for each hour, more after hours."""
    client = make.client("Pier Bakery", billing_email="bills@pier.example")
    level = make.level(calendar=make.calendar())
    make.agreement(client, make.worked("time", "Work by the hour", **HOURLY), level=level)
    return client


def log(client: Client, start: datetime, minutes: int, *, at: datetime | None = None, **more):
    """Ben works on a ticket of the client."""
    end = start + timedelta(minutes=minutes)
    ticket = tickets.open_ticket(
        client=client, subject="Till does not print", channel="phone", by=make.BY, at=start
    )
    return tickets.log_time(
        ticket=ticket, person=_ben(), started_at=start, ended_at=end, by=make.BY, at=at or end,
        **more,
    )  # fmt: skip


def _ben():
    from tests.conftest import person

    return person("Ben")


def lines(client: Client, at: datetime = JULY_1) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    bill = Invoice.objects.get(client=client, run__starts_on=JUNE.start)
    return [
        (line.description, line.quantity, line.unit_price, line.amount) for line in bill.lines.all()
    ]


def test_work_is_charged_by_the_hour_and_more_after_hours(fixer: Client) -> None:
    log(fixer, ny(2026, 6, 3, 10), 20)
    log(fixer, ny(2026, 6, 4, 16, 30), 90)
    run_of()
    assert lines(fixer) == [
        ("Work by the hour", D(1), D(150), D(150)),
        ("Work by the hour, after hours", D(1), D(225), D(225)),
    ]
    line = InvoiceLine.objects.get(description="Work by the hour")
    opened = [(one.row.seconds, one.row.minutes, one.verdict) for one in evidence.worked_on(line)]
    assert opened == [(1200, 30, "by the hour"), (1800, 30, "by the hour")]
    assert evidence.sentences(line)[-1] == "$150.00 × 1 h = $150.00"


def test_a_bill_with_time_is_frozen_and_its_entries_with_it(fixer: Client) -> None:
    entry = log(fixer, ny(2026, 6, 3, 10), 60)
    bill = issued(fixer)
    entry.refresh_from_db()
    assert entry.billed_ref == bill.time_ref
    with pytest.raises(Conflict):
        tickets.remove_time(entry=entry, by=make.BY, at=JULY_1)
    for change in (lambda row: row.delete(), lambda row: row.update(minutes=1)):
        with pytest.raises(DatabaseError, match="issued invoice"), transaction.atomic():
            change(LineTime.objects.filter(line__invoice=bill))
    proof = evidence.proof_of(bill, JULY_1)
    assert (proof.then, proof.now) == ((), ())


def test_late_time_comes_on_the_next_bill_under_its_own_month(fixer: Client) -> None:
    log(fixer, ny(2026, 6, 3, 10), 60)
    first = issued(fixer)
    log(fixer, ny(2026, 6, 30, 10), 30, at=ny(2026, 7, 2, 9))
    log(fixer, ny(2026, 7, 2, 10), 60)
    run_of(month(2026, 7), ny(2026, 8, 1, 9))
    found = Invoice.objects.get(client=fixer, run__starts_on=month(2026, 7).start)
    assert [(line.description, line.amount) for line in found.lines.all()] == [
        ("Work by the hour, worked in June 2026", D(75)),
        ("Work by the hour", D(150)),
    ]
    first.refresh_from_db()
    assert (first.net, first.lines.count()) == (D(150), 1)


@pytest.mark.parametrize(
    ("kind", "facts", "expected"),
    [
        ("discount", {"percent": "10", "amount": "0"}, "-20.00"),
        ("percentage", {"percent": "5"}, "10.00"),
        ("commitment", {"amount": "250.00"}, "150.00"),  # made up by July's own work alone
    ],
)
def test_what_follows_from_the_other_lines_counts_late_work(alpha, kind, facts, expected) -> None:
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    make.agreement(
        client, make.worked("time", "Work", rate="100.00"), make.worked(kind, "Follows", **facts)
    )
    issued(client)
    log(client, ny(2026, 6, 30, 10), 60, at=ny(2026, 7, 2, 9))
    log(client, ny(2026, 7, 2, 10), 60)
    run_of(month(2026, 7), ny(2026, 8, 1, 9))
    bill = Invoice.objects.get(client=client, run__starts_on=month(2026, 7).start)
    assert f"{bill.lines.get(description='Follows').amount:.2f}" == expected


def test_a_later_month_nobody_approved_takes_nothing_from_this_one(alpha) -> None:
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    make.agreement(
        client, make.worked("time", "Work", rate="100.00"),
        make.worked("block", "Two hours", amount="180.00", hours="2", bought_on="2026-05-04"),
        make.flat("10.00"),
    )  # fmt: skip
    log(client, ny(2026, 7, 2, 10), 120)
    july = run_of(month(2026, 7), ny(2026, 8, 1, 9))
    log(client, ny(2026, 6, 3, 10), 120)
    june = run_of()
    drawn = LineTime.objects.filter(outcome="drawn")
    assert [row.minutes for row in drawn.filter(line__invoice__run=june)] == [D(120)]
    later = ny(2026, 8, 1, 10)
    actions.approve(invoices=[Invoice.objects.get(run=june)], by=make.BY, at=later)
    with pytest.raises(Conflict, match="drawn by another bill"):
        actions.approve(invoices=[Invoice.objects.get(run=july)], by=make.BY, at=later)
    actions.count_run(run=july, by=make.BY, at=later)
    bill = Invoice.objects.get(client=client, run=july)
    assert bill.lines.get(description="Work").amount == D(200)
    assert not drawn.filter(line__invoice=bill).exists()
    actions.approve(invoices=[bill], by=make.BY, at=later)


def test_the_rest_of_an_entry_without_a_price_stops_the_bill(alpha) -> None:
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    agreement = make.agreement(
        client, make.flat("10.00"),
        make.worked("block", "An hour", amount="90.00", hours="1", bought_on="2026-06-01"),
    )  # fmt: skip
    log(client, ny(2026, 6, 3, 10), 180, override="billable", override_why="Not in the fee")
    run = run_of()
    bill = Invoice.objects.get(client=client)
    [check] = [one for one in bill.checks if one["code"].startswith("unpriced")]
    assert (check["blocks"], check["text"][:10]) == (True, "2.00 hours")
    with pytest.raises(Refused, match="without charge"):
        actions.approve(invoices=[bill], by=make.BY, at=JULY_1)
    at = ny(2026, 6, 1, 9)
    version = contracts.amend(agreement=agreement, effective_on=date(2026, 6, 1), by=make.BY, at=at)
    kept = [
        contracts.LineInput(one.description, one.kind, one.facts, line_key=one.line_key)
        for one in version.lines.all()
    ]
    priced = make.worked("time", "Work", rate="100.00")
    contracts.set_lines(version=version, lines=[*kept, priced], by=make.BY, at=at)
    contracts.publish(version=version, by=make.BY, at=at)
    actions.count_run(run=run, by=make.BY, at=JULY_1)
    bill = Invoice.objects.get(client=client)
    assert bill.lines.get(description="Work").amount == D(200)
    actions.approve(invoices=[bill], by=make.BY, at=JULY_1)


def test_time_that_was_changed_after_the_count_is_not_approved_unread(fixer: Client) -> None:
    entry = log(fixer, ny(2026, 6, 3, 10), 60)
    run = run_of()
    bill = Invoice.objects.get(client=fixer)
    later = JULY_1 + timedelta(minutes=5)
    tickets.change_time(entry=entry, ended_at=ny(2026, 6, 3, 12), by=make.BY, at=later)
    with pytest.raises(Conflict, match="changed since the count"):
        actions.approve(invoices=[bill], by=make.BY, at=later)
    actions.count_run(run=run, by=make.BY, at=later)
    actions.approve(invoices=[bill], by=make.BY, at=later)
    assert Invoice.objects.get(client=fixer).net == D(300)
    actions.unapprove(invoice=bill, by=make.BY, at=later)
    assert TimeEntry.objects.get().billed_ref == ""


def test_included_work_is_shown_at_nothing_and_without_charge_apart(alpha) -> None:
    client = make.client("Harbor Dental", billing_email="bills@harbor.example")
    make.agreement(client, make.flat("100.00", description="Everything"))
    log(client, ny(2026, 6, 3, 10), 45)
    log(client, ny(2026, 6, 4, 10), 30, override="no_charge", override_why="Our mistake")
    run_of()
    assert lines(client) == [
        ("Everything", D(1), D(100), D(100)),
        ("Work included", D("0.75"), D(0), D(0)),
        ("Work without charge", D("0.5"), D(0), D(0)),
    ]


def test_a_new_price_in_the_middle_of_a_month_makes_two_lines(fixer: Client) -> None:
    agreement, at = fixer.agreements.get(), ny(2026, 6, 15, 9)
    version = contracts.amend(
        agreement=agreement, effective_on=date(2026, 6, 15), by=make.BY, at=at
    )
    line = version.lines.get()
    dearer = contracts.LineInput(
        line.description, line.kind, line.facts | {"rate": "160.00"}, line_key=line.line_key
    )
    contracts.set_lines(version=version, lines=[dearer], by=make.BY, at=at)
    contracts.publish(version=version, by=make.BY, at=at)
    log(fixer, ny(2026, 6, 3, 10), 60)
    log(fixer, ny(2026, 6, 17, 10), 60)
    bill = issued(fixer)
    assert [line[2:] for line in lines(fixer)] == [(D(150), D(150)), (D(160), D(160))]
    assert evidence.proof_of(bill, JULY_1).holds


def test_hours_in_a_fee_roll_over_and_what_is_beyond_costs(alpha) -> None:
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    make.agreement(
        client,
        make.worked("hours", "Ten hours", amount="900.00", hours="10", overage_rate="180.00",
                    rolls=1),
        starts_on=date(2026, 4, 1),
    )  # fmt: skip
    bills = []
    for number, hours in ((4, 6), (5, 12), (6, 15)):
        log(client, ny(2026, number, 10, 8), hours * 60)
        period = month(2026, number)
        bills.append(issued(client, period, ny(2026, number + 1, 1, 9)))
    assert [bill.net for bill in bills] == [D(900), D(900), D(1440)]
    beyond = bills[2].lines.get(description="Ten hours, hours beyond")
    assert (beyond.quantity, beyond.amount) == (D(3), D(540))
    used = bills[1].lines.get(description="Ten hours, hours used")
    assert {row.grant_key.rpartition(":")[2] for row in used.times.all()} == {
        "2026-04-01", "2026-05-01",
    }  # fmt: skip
    assert all(evidence.proof_of(bill, JULY_1).holds for bill in bills)


def test_a_block_is_bought_once_and_used_before_anything_is_charged(alpha) -> None:
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    make.agreement(
        client,
        make.worked("time", "Work", rate="150.00"),
        make.worked("block", "Ten hours", amount="1300.00", hours="10", bought_on="2026-05-04",
                    expires_on="2026-06-15"),
    )  # fmt: skip
    log(client, ny(2026, 5, 20, 9), 8 * 60)
    may = issued(client, month(2026, 5), ny(2026, 6, 1, 9))
    assert [(line.description, line.amount) for line in may.lines.all()] == [
        ("Ten hours", D(1300)), ("Ten hours, hours used", D(0)),
    ]  # fmt: skip
    log(client, ny(2026, 6, 15, 9), 3 * 60)
    log(client, ny(2026, 6, 16, 9), 60)
    run_of()
    assert lines(client) == [
        ("Work", D(2), D(150), D(300)),
        ("Ten hours, hours used", D(2), D(0), D(0)),
    ]


def test_the_least_a_month_comes_to_counts_the_work(alpha) -> None:
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    make.agreement(
        client, make.worked("time", "Work", rate="100.00"),
        make.worked("commitment", "Least", amount="250.00"),
    )  # fmt: skip
    log(client, ny(2026, 6, 3, 10), 60)
    run_of()
    assert {line[0]: line[3] for line in lines(client)} == {"Work": D(100), "Least": D(150)}


def test_work_without_a_price_is_named_and_not_billed(alpha) -> None:
    client = make.client("Harbor Dental", billing_email="bills@harbor.example")
    make.agreement(client, make.per_device("10.00", classes=["server"]))
    make.device(client, "hdg-srv-01", "server")
    laptop = make.device(client, "hdg-lap-01", "laptop")
    ticket = tickets.open_ticket(
        client=client, subject="Screen", channel="phone", device=laptop, by=make.BY,
        at=ny(2026, 6, 3, 9),
    )  # fmt: skip
    tickets.log_time(
        ticket=ticket, person=_ben(), started_at=ny(2026, 6, 3, 9), ended_at=ny(2026, 6, 3, 10),
        by=make.BY, at=ny(2026, 6, 3, 10),
    )  # fmt: skip
    run_of()
    bill = Invoice.objects.get(client=client)
    assert [check["text"] for check in bill.checks if check["code"] == "unpriced_time"] == [
        "1.00 hours of work have no price: no line says one."
    ]
    assert not LineTime.objects.exists()


def test_the_next_bill_knows_the_work_of_the_running_month(fixer: Client) -> None:
    log(fixer, ny(2026, 6, 3, 10), 60)
    [bill] = next_bills(fixer, ny(2026, 6, 10, 9))
    assert bill.total == D(150)


def test_the_page_of_a_line_opens_the_work(fixer: Client, fay, ben) -> None:
    log(fixer, ny(2026, 6, 3, 10), 60, override="billable", override_why="INNERREASON")
    bill = issued(fixer)
    line = bill.lines.get()
    page = fay.get(f"/invoices/{bill.pk}/lines/{line.pk}").content.decode()
    for words in ("Ben", "Work, entry by entry", "1h", "INNERREASON"):
        assert words in page
    rows = fay.get(f"/invoices/{bill.pk}/lines/{line.pk}.csv").content.decode()
    assert "Ben,remote work" in rows
    assert "INNERREASON" not in rows


def test_a_client_opens_the_work_without_inner_words(fixer: Client, sign_in: Callable) -> None:
    contact = make.contact(fixer, "Cora")
    make.portal(contact)
    contact.refresh_from_db()
    log(fixer, ny(2026, 6, 3, 10), 60, override="billable", override_why="INNERREASON")
    bill = issued(fixer)
    line = bill.lines.get()
    page = sign_in(contact.person).get(f"/portal/invoices/{bill.pk}/lines/{line.pk}")
    assert page.status_code == 200
    assert "by the hour" in page.content.decode()
    assert "INNERREASON" not in page.content.decode()


@pytest.mark.usefixtures("committed")
def test_two_counts_at_once_bill_an_entry_once() -> None:
    from tests.conftest import _tenant

    with context.inside(_tenant("alpha")):
        client = make.client("Pier Bakery", billing_email="bills@pier.example")
        make.agreement(client, make.worked("time", "Work", rate="150.00"))
        log(client, ny(2026, 5, 3, 10), 60)
        runs = []
        for number, at in ((5, ny(2026, 6, 1, 9)), (6, JULY_1)):
            run = actions.open_run(period=month(2026, number), by=make.BY, at=at)
            actions.ask_count(run=run, by=make.BY, at=at)
            runs.append(run)
    start = Barrier(2)

    def count(run_id: int) -> None:
        with context.inside(_tenant("alpha")):
            start.wait()
            while actions.count_next(run_id=run_id, at=JULY_1):
                pass
        connection.close()

    threads = [Thread(target=count, args=(run.pk,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with context.inside(_tenant("alpha")):
        assert LineTime.objects.count() == 1
        failed = RunItem.objects.filter(state="failed").values_list("error", flat=True)
        assert set(failed) <= {"Time of this month stands on another bill. Count again."}


def test_what_is_left_counts_work_that_is_not_billed_yet(
    alpha, fay, ben, sign_in: Callable
) -> None:
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    make.agreement(
        client,
        make.worked("time", "Work", rate="150.00"),
        make.worked("block", "Ten hours", amount="1300.00", hours="10", bought_on="2026-05-04"),
        make.worked("hours", "Two a month", amount="200.00", hours="2", overage_rate="160.00",
                    rolls=1),
    )  # fmt: skip
    log(client, ny(2026, 5, 20, 9), 60)
    issued(client, month(2026, 5), ny(2026, 6, 1, 9))
    entry = log(client, ny(2026, 6, 3, 9), 5 * 60)
    found = balances(client, ny(2026, 6, 4, 9))
    # May's hour came from April's two, so that May's two are kept for June.
    assert [(one.name, one.left, one.rolled) for one in found] == [
        ("Two a month", 0, True), ("Two a month", 0, False), ("Ten hours", 9 * 60, False),
    ]  # fmt: skip
    assert [one.used_percent for one in found] == [100, 100, 10]
    assert "left of" in fay.get(f"/clients/{client.slug}").content.decode()
    contact = make.contact(client, "Cora")
    make.portal(contact)
    contact.refresh_from_db()
    assert "Paid ahead" in ben.get(f"/tickets/{entry.ticket.number}").content.decode()
    shown = sign_in(contact.person).get("/portal/agreement").content.decode()
    assert "What is left of what you paid ahead" in shown
