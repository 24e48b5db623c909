"""Milestones and hours of projects on bills: once, to the cent, and open to what is behind them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import actions as billing
from billing.models import Invoice, InvoiceLine
from billing.queries import evidence
from billing.queries.invoices import next_bills
from contracts.clients.models import Client
from contracts.models import Quote
from msp.kit.money import round_money
from msp.kit.periods import month
from msp.kit.refusals import Conflict
from tenants.journal.delivery import drain
from tests import make
from tests.cast import Cast
from tests.conftest import person
from tests.projects.conftest import AT, WHO, once, planned, quoted, step
from tests.tickets.conftest import ny
from tickets import actions as tickets
from tickets.projects import actions, queries
from tickets.projects.models import Project

JUNE, JULY = month(2026, 6), month(2026, 7)
D = Decimal


def accept(project: Project, at: int) -> None:
    actions.finish_milestone(milestone=step(project, at), **WHO)
    actions.accept_milestone(milestone=step(project, at), typed_name="Cleo", **WHO)


def test_an_accepted_milestone_is_billed_once_and_opens_to_it(
    project: Project, fay: Browser
) -> None:
    actions.finish_milestone(milestone=step(project), **WHO)
    drain()
    assert not Invoice.objects.exists()
    accept(project, 0)
    drain()
    bill = Invoice.objects.get()
    assert (bill.net, bill.title) == (D(3600), f"{project.number} Plan agreed")
    assert billing.bill_milestone(milestone=step(project), **WHO).pk == bill.pk
    line = bill.lines.get()
    shown = fay.get(f"/invoices/{bill.pk}/lines/{line.pk}").content.decode()
    assert "accepted by Cleo" in shown
    assert f"/projects/{project.pk}" in shown
    assert evidence.proof_of(bill, AT).holds


def test_where_it_was_agreed_done_is_enough(cast: Cast) -> None:
    project = actions.start_project(project=planned(cast, bills_on="done"), **WHO)
    actions.finish_milestone(milestone=step(project), **WHO)
    drain()
    assert Invoice.objects.get().net == D(3600)
    with pytest.raises(Conflict, match="bill followed"):
        actions.return_milestone(milestone=step(project), reason="Not yet", **WHO)
    actions.accept_milestone(milestone=step(project), typed_name="Cleo", **WHO)
    drain()
    assert Invoice.objects.count() == 1


def test_three_bills_are_taxed_like_one(cast: Cast) -> None:
    Client.objects.filter(pk=cast.harbor.pk).update(tax_rate=D("8.875"))
    thirds = [once(name, "3333.33") for name in ("One", "Two", "Three")]
    project = queries.of_quote(quoted(cast, *thirds)).project
    actions.start_project(project=project, **WHO)
    for at in (2, 0, 1):
        accept(project, at)
        drain()
    bills = Invoice.objects.all()
    assert sum(one.tax for one in bills) == round_money(D("9999.99") * D("8.875") / 100)
    assert sorted(one.tax for one in bills) == [D("295.83"), D("295.83"), D("295.84")]


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(
        st.tuples(st.integers(1, 99_999), st.integers(1, 2000)), min_size=1, max_size=4
    ),
    rate=st.integers(0, 25_000),
)  # fmt: skip
def test_a_quote_its_milestones_and_their_bills_are_one_amount(
    cast: Cast, lines: list, rate: int
) -> None:
    with transaction.atomic():
        Client.objects.filter(pk=cast.harbor.pk).update(tax_rate=D(rate) / 1000)
        quote = quoted(
            cast, *(once("Work", f"{D(price) / 1000}", D(many) / 100) for price, many in lines)
        )
        agreed = D(quote.versions.get().answer.document["accepted"]["once"])
        project = queries.of_quote(quote).project
        assert project.amount == agreed
        actions.start_project(project=project, **WHO)
        for at in range(len(lines)):
            accept(project, at)
        drain()
        bills = Invoice.objects.filter(source_key__startswith="milestone:")
        assert sum(one.net for one in bills) == agreed
        tax = round_money(agreed * D(rate) / 100_000)
        assert sum(one.tax for one in bills) == tax
        assert not Quote.objects.exclude(pk=quote.pk).exists()
        transaction.set_rollback(True)


@pytest.fixture
def hourly(cast: Cast) -> Client:
    """Harbor pays 150 an hour."""
    make.agreement(cast.harbor, make.worked("time", "Work by the hour", rate="150.00"))
    return cast.harbor


def work(project: Project | None, client: Client, day: int, hours: int) -> Any:
    """Ben works on a ticket, of the project if there is one."""
    start = ny(2026, 6, day, 9)
    ticket = tickets.open_ticket(
        client=client, subject="Move mail", channel="phone", by=make.BY, at=start
    )
    if project is not None:
        actions.add_ticket(project=project, ticket=ticket, by=make.BY, at=start)
    tickets.log_time(
        ticket=ticket, person=person("Ben"), started_at=start,
        ended_at=start + timedelta(hours=hours), by=make.BY, at=start + timedelta(hours=hours),
    )  # fmt: skip
    return ticket


def lines_of(client: Client, period: Any, at: Any) -> list[tuple[str, Decimal]]:
    run = billing.open_run(period=period, by=make.BY, at=at)
    billing.count_run(run=run, by=make.BY, at=at)
    bill = Invoice.objects.filter(client=client, run=run).first()
    return [(one.description, one.amount) for one in bill.lines.all()] if bill else []


def test_a_fixed_fee_bills_no_time_beside_it(hourly: Client, project: Project) -> None:
    work(project, hourly, 3, 4)
    work(None, hourly, 4, 1)
    assert lines_of(hourly, JUNE, ny(2026, 7, 1)) == [("Work by the hour", D(150))]
    assert queries.time_spent(project).seconds == 4 * 3600


def test_time_and_materials_is_billed_by_the_usual_coverage(hourly: Client, cast: Cast) -> None:
    project = actions.start_project(project=planned(cast, fee="time"), **WHO)
    work(project, hourly, 3, 4)
    assert lines_of(hourly, JUNE, ny(2026, 7, 1)) == [
        (f"{project.number}, work by the hour", D(600))
    ]


def test_a_cap_takes_the_rest_off_in_sight_prj_03(hourly: Client, cast: Cast, fay: Browser) -> None:
    """37 h 20 at 150 make 5,600; 5,000 are billed over two months, 600 written down."""
    project = planned(cast, fee="capped", amount=D(5000))
    actions.start_project(project=project, **WHO)
    for day in (1, 2, 3):
        work(project, hourly, day, 10)
    work(None, hourly, 4, 1)
    assert lines_of(hourly, JUNE, ny(2026, 7, 1)) == [
        ("Work by the hour", D(150)), (f"{project.number}, work by the hour", D(4500)),
    ]  # fmt: skip
    for day in (28, 29):
        work(project, hourly, day, 4)
    assert (f"{project.number}, beyond the cap", D(-700)) in lines_of(
        hourly, JUNE, ny(2026, 7, 1, 1)
    )
    bill = Invoice.objects.get(run__starts_on=JUNE.start)
    cap = bill.lines.get(kind="cap")
    assert evidence.proof_of(bill, AT).then == ()
    assert bill.net == D(5150)
    assert "beyond the cap" in fay.get(f"/invoices/{bill.pk}/lines/{cap.pk}").content.decode()
    billing.approve(invoices=[bill], by=make.BY, at=ny(2026, 7, 2))
    start = ny(2026, 7, 6, 9)
    ticket = tickets.open_ticket(
        client=hourly, subject="More", channel="phone", by=make.BY, at=start
    )
    actions.add_ticket(project=project, ticket=ticket, by=make.BY, at=start)
    tickets.log_time(
        ticket=ticket, person=person("Ben"), started_at=start, by=make.BY,
        ended_at=start + timedelta(hours=2), at=start + timedelta(hours=2),
    )  # fmt: skip
    assert lines_of(hourly, JULY, ny(2026, 8, 1)) == [
        (f"{project.number}, work by the hour", D(300)),
        (f"{project.number}, beyond the cap", D(-300)),
    ]
    assert InvoiceLine.objects.filter(kind="cap").count() == 2
    assert next_bills(hourly, ny(2026, 8, 2)) is not None


@pytest.mark.parametrize("fee", ["fixed", "capped"])
def test_a_ticket_that_joins_or_leaves_a_project_has_its_draft_counted_again(
    hourly: Client, cast: Cast, fee: str
) -> None:
    project = planned(cast, fee=fee, amount=D(500))
    actions.start_project(project=project, **WHO)
    ticket = work(None, hourly, 3, 10)
    assert lines_of(hourly, JUNE, ny(2026, 7, 1)) == [("Work by the hour", D(1500))]
    bill = Invoice.objects.get(run__starts_on=JUNE.start)
    later = {"by": make.BY, "at": ny(2026, 7, 2)}
    actions.add_ticket(project=project, ticket=ticket, **later)
    with pytest.raises(Conflict, match="changed since the count"):
        billing.approve(invoices=[bill], **later)
    told = lines_of(hourly, JUNE, ny(2026, 7, 3))
    assert sum(amount for _words, amount in told) == (0 if fee == "fixed" else 500)
    if fee == "capped":
        bill.refresh_from_db()
        actions.remove_ticket(project=project, ticket=ticket, by=make.BY, at=ny(2026, 7, 4))
        with pytest.raises(Conflict, match="changed since the count"):
            billing.approve(invoices=[bill], by=make.BY, at=ny(2026, 7, 4))


def test_a_change_order_is_billed_by_its_project_alone(cast: Cast, project: Project) -> None:
    quote = actions.order_change(project=project, name="Printers", **WHO)
    quoted(cast, once("Printers", "700"), becomes="published", quote=quote)
    assert not Invoice.objects.exists()
    assert project.milestones.get(title="Printers").amount == D(700)


def test_an_order_of_a_cancelled_project_changes_nothing(cast: Cast, project: Project) -> None:
    quote = actions.order_change(project=project, name="Printers", **WHO)
    Project.objects.filter(pk=project.pk).update(state="cancelled", closed_at=AT)
    quoted(cast, once("Printers", "700"), quote=quote)
    assert queries.of_quote(quote).applied_at is None
    assert not project.milestones.filter(title="Printers").exists()


def test_when_milestones_are_billed_stays_while_one_is_done_and_not_accepted(
    project: Project,
) -> None:
    actions.finish_milestone(milestone=step(project), **WHO)
    said = {"project": project, "bills_on": "done", "reason": "As agreed", **WHO}
    with pytest.raises(Conflict, match="Plan agreed is done and not accepted"):
        actions.change_project(**said)
    actions.accept_milestone(milestone=step(project), typed_name="Cleo", **WHO)
    assert actions.change_project(**said).bills_on == "done"


def test_a_void_gives_back_no_more_than_the_right_work_leaves_of_the_cap(
    hourly: Client, cast: Cast
) -> None:
    """1,300 were worked below a cap of 1,000: of 300 that were wrong nothing is given back."""
    project = planned(cast, fee="capped", amount=D(1000))
    actions.start_project(project=project, **WHO)
    first, second = (work(project, hourly, day, hours) for day, hours in ((3, 2), (4, 6)))
    more = work(project, hourly, 5, 1)
    lines_of(hourly, JUNE, ny(2026, 7, 1))
    june = Invoice.objects.get(run__starts_on=JUNE.start)
    billing.approve(invoices=[june], by=make.BY, at=ny(2026, 7, 1))
    billing.issue(invoice=june, by=make.BY, at=ny(2026, 7, 1))
    assert june.net == D(1000)
    tickets.void_time(entry=first.time.get(), why="a test", by=make.BY, at=ny(2026, 7, 6))
    assert lines_of(hourly, JULY, ny(2026, 8, 1)) == []
    tickets.void_time(entry=second.time.get(), why="a test", by=make.BY, at=ny(2026, 8, 2))
    [(_words, amount)] = lines_of(hourly, JULY, ny(2026, 8, 3))
    assert amount == D(150) - D(1000)
    july = Invoice.objects.get(run__starts_on=JULY.start)
    line = july.lines.get()
    assert evidence.sentences(line)[-2:] == [
        "The right work of the project comes to $150.00, its cap is $1,000.00, $1,000.00 of it was"
        " charged.",
        "$850.00 is given back.",
    ]
    assert evidence.proof_of(july, ny(2026, 8, 4)).holds
    assert more.time.get().voided_at is None


def test_work_after_a_fixed_project_is_a_finding(hourly: Client, project: Project) -> None:
    ticket = work(project, hourly, 3, 4)
    work(None, hourly, 4, 1)
    actions.cancel_project(project=project, reason="Over", by=make.BY, at=ny(2026, 6, 20))
    start = ny(2026, 6, 22, 9)
    entry = tickets.log_time(
        ticket=ticket, person=person("Ben"), started_at=start, by=make.BY,
        ended_at=start + timedelta(hours=2), at=start + timedelta(hours=2),
    )  # fmt: skip
    lines_of(hourly, JUNE, ny(2026, 7, 1))
    checks = Invoice.objects.get(run__starts_on=JUNE.start).checks
    [told] = [one["text"] for one in checks if one["code"] == "after_project"]
    assert told.startswith("2.00 hours were worked on tickets of projects that are over")
    tickets.change_time(
        entry=entry, override="no_charge", override_why="ours", by=make.BY, at=ny(2026, 7, 1)
    )
    assert queries.worked_after_end(client_id=hourly.pk, before=JULY.start) == 0
