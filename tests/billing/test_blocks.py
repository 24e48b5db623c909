"""Hours bought ahead: when they open, work beyond them, and giving back the rest."""

from datetime import date, timedelta

import pytest

from billing import actions
from billing.models import Invoice
from billing.queries import evidence
from contracts import actions as contracts
from contracts.clients.models import Client
from msp.kit.periods import month
from msp.kit.refusals import Conflict, Refused
from tests import make
from tests.billing.conftest import JULY_1, JUNE, issued, run_of
from tests.billing.test_time import D, log
from tests.tickets.conftest import ny
from tickets import actions as tickets


def block_of(**facts) -> tuple[Client, dict]:
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    bought = {"amount": "360.00", "hours": "4", "bought_on": "2026-06-01"} | facts
    make.agreement(
        client, make.worked("block", "Four hours", **bought),
        make.worked("time", "Work", rate="120.00"),
    )  # fmt: skip
    return client, bought


@pytest.mark.parametrize(
    ("used_up", "lines_told", "code"),
    [
        ("overage", [("Work", "120.00"), ("Four hours, hours used", "0.00")], ""),
        ("stop", [("Four hours, hours used", "0.00"),
                  ("Work after the hours were used up", "0.00")], ""),
        ("ask", [("Four hours, hours used", "0.00")], "ask_first"),
    ],
)  # fmt: skip
def test_a_block_says_what_becomes_of_work_beyond_it(alpha, used_up, lines_told, code) -> None:
    client, _facts = block_of(used_up=used_up)
    log(client, ny(2026, 6, 3, 10), 180)
    entry = log(client, ny(2026, 6, 4, 10), 120)
    bill = Invoice.objects.get(run=run_of(), client=client)
    told = [(line.description, f"{line.amount:.2f}") for line in bill.lines.filter(kind="time")]
    assert told == lines_told
    asked = [one for one in bill.checks if one["code"] == "ask_first"]
    assert [one["blocks"] for one in asked] == [True] * bool(code)
    if used_up == "ask":
        with pytest.raises(Refused, match="ask first"):
            actions.approve(invoices=[bill], by=make.BY, at=JULY_1)
        later = JULY_1 + timedelta(hours=1)
        tickets.change_time(
            entry=entry, override="billable", override_why="agreed by phone", by=make.BY, at=later
        )
        bill = Invoice.objects.get(run=run_of(JUNE, later), client=client)
        assert ("Work", D("120.00")) in [(one.description, one.amount) for one in bill.lines.all()]


def test_a_block_that_opens_with_its_bill_is_not_drawn_before(alpha) -> None:
    client, _facts = block_of(opens="issued")
    log(client, ny(2026, 6, 3, 10), 60)
    june = issued(client)
    log(client, ny(2026, 7, 2, 10), 300)
    july = Invoice.objects.get(run=run_of(month(2026, 7), ny(2026, 8, 1, 9)), client=client)
    told = [[line.description for line in bill.lines.all()] for bill in (june, july)]
    assert told == [["Four hours", "Work"], ["Work", "Four hours, hours used"]]


def test_what_is_left_of_a_block_is_given_back_once(alpha) -> None:
    client, _facts = block_of()
    log(client, ny(2026, 6, 3, 10), 60)
    june = issued(client)
    key = june.lines.get(kind="block").line_key
    plan = client.agreements.get()
    given = {"agreement": plan, "line_key": key, "by": make.BY}
    contracts.give_back(on=date(2026, 7, 20), at=ny(2026, 7, 19, 9), **given)
    with pytest.raises(Conflict, match="given back"):
        contracts.give_back(on=date(2026, 7, 25), at=ny(2026, 7, 19, 9), **given)
    log(client, ny(2026, 7, 6, 10), 60)
    log(client, ny(2026, 7, 21, 10), 60)
    july = issued(client, month(2026, 7), ny(2026, 8, 1, 9))
    told = [(line.description, f"{line.amount:.2f}") for line in july.lines.all()]
    assert told == [
        ("Four hours, rest given back", "-180.00"), ("Work", "120.00"),
        ("Four hours, hours used", "0.00"),
    ]  # fmt: skip
    assert evidence.sentences(july.lines.first())[:2] == [
        "4 hours were bought, 2 of them are left.", "$90.00 × 2 h is given back.",
    ]  # fmt: skip
    assert evidence.proof_of(july, ny(2026, 8, 1, 9)).holds
    log(client, ny(2026, 7, 7, 10), 60, at=ny(2026, 8, 5, 9))  # late, and nothing is left
    august = Invoice.objects.get(run=run_of(month(2026, 8), ny(2026, 9, 1, 9)), client=client)
    assert [f"{line.amount:.2f}" for line in august.lines.all()] == ["120.00"]


def test_what_was_given_back_before_its_bill_was_issued_comes_on_the_bill_after(alpha) -> None:
    client, _facts = block_of(opens="issued")
    plan = client.agreements.get()
    key = plan.versions.get().lines.get(kind="block").line_key
    given = {"agreement": plan, "line_key": key, "by": make.BY}
    contracts.give_back(on=date(2026, 6, 20), at=ny(2026, 6, 19, 9), **given)
    june = issued(client)
    assert [line.amount for line in june.lines.all()] == [D(360)]
    july = issued(client, month(2026, 7), ny(2026, 8, 1, 9))
    assert [line.amount for line in july.lines.all()] == [D(-360)]
    assert all(evidence.proof_of(bill, ny(2026, 8, 1, 9)).holds for bill in (june, july))
    run = run_of(month(2026, 8), ny(2026, 9, 1, 9))
    assert not Invoice.objects.filter(run=run, client=client).exists()


def test_a_bill_with_nothing_but_a_rest_given_back_does_not_give_what_was_drawn(alpha) -> None:
    client, _facts = block_of()
    issued(client)
    plan = client.agreements.get()
    key = plan.versions.get().lines.get(kind="block").line_key
    contracts.give_back(
        agreement=plan, line_key=key, on=date(2026, 8, 20), by=make.BY, at=ny(2026, 7, 19, 9)
    )
    late = ny(2026, 9, 1, 9)
    august = Invoice.objects.get(run=run_of(month(2026, 8), late), client=client)
    assert august.net == D(-360)
    log(client, ny(2026, 7, 6, 10), 300, at=late)
    issued(client, month(2026, 7), late + timedelta(hours=1))
    with pytest.raises(Conflict, match="drawn by another bill"):
        actions.approve(invoices=[august], by=make.BY, at=late + timedelta(hours=2))


def test_a_new_block_is_not_bought_before_the_version_that_charges_it(alpha) -> None:
    client, _facts = block_of()
    plan, at = client.agreements.get(), ny(2026, 7, 1, 9)
    version = contracts.amend(agreement=plan, effective_on=date(2026, 7, 10), by=make.BY, at=at)
    lines = [
        contracts.LineInput(row.description, row.kind, row.facts, line_key=row.line_key)
        for row in version.lines.all()
    ]
    for day, wrong in (("2026-07-05", True), ("2026-07-10", False)):
        new = make.worked("block", "Ten hours", amount="900.00", hours="10", bought_on=day)
        contracts.set_lines(version=version, lines=[*lines, new], by=make.BY, at=at)
        if wrong:
            with pytest.raises(Refused, match="no bill would charge it"):
                contracts.publish(version=version, by=make.BY, at=at)
        else:
            contracts.publish(version=version, by=make.BY, at=at)
