"""Time that is approved before it is billed, and billed time that was wrong."""

from datetime import date, timedelta

import pytest

from billing import actions
from billing.models import Invoice
from billing.queries.balances import balances
from billing.queries.evidence import proof_of, sentences
from contracts import actions as contracts
from contracts.clients import actions as clients
from msp.kit.periods import month
from msp.kit.refusals import Conflict, Refused
from tests import make
from tests.billing.conftest import JULY_1, JUNE, issued, run_of
from tests.billing.test_time import log
from tests.tickets.conftest import ny
from tickets import actions as tickets

JULY = month(2026, 7)
AUGUST_1 = ny(2026, 8, 1, 9)


@pytest.fixture
def quill(alpha):
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    make.agreement(
        client, make.worked("time", "Work", rate="120.00"), make.flat("10.00", description="Fee")
    )
    return client


def told(bill):
    return [(line.description, f"{line.amount:.2f}") for line in bill.lines.all()]


def test_work_that_nobody_approved_waits_for_the_next_bill(quill, fay, ben) -> None:
    clients.change_client(client=quill, approves_time=True, by=make.BY, at=JULY_1)
    first, second = (log(quill, ny(2026, 6, day, 10), 60) for day in (3, 4))
    tickets.approve_time(entry_ids=[first.pk], by=make.BY, at=ny(2026, 6, 5, 9))
    june = issued(quill)
    assert told(june) == [("Fee", "10.00"), ("Work", "120.00")]
    assert [one["text"] for one in june.checks if one["code"] == "unapproved_time"] == [
        "1.00 hours of work wait for approval and are not on this bill."
    ]
    assert ben.get("/time/waiting").status_code == 403
    assert "Quill Accounting" in fay.get("/time/waiting").content.decode()
    assert fay.post("/time/waiting", {"entry": [second.pk, "x", "9" * 5000]}).status_code == 303
    second.refresh_from_db()
    assert second.approved_by
    later = second.approved_at + timedelta(hours=1)
    july = Invoice.objects.get(run=run_of(JULY, later), client=quill)
    assert ("Work, worked in June 2026", "120.00") in told(july)
    tickets.change_time(entry=second, note="longer", by=make.BY, at=AUGUST_1)
    second.refresh_from_db()
    assert second.approved_at is None  # what is said anew is approved anew
    with pytest.raises(Conflict):
        tickets.withdraw_approval(entry=first, by=make.BY, at=AUGUST_1)


def test_billed_time_that_was_wrong_is_given_back_on_the_next_bill(quill, fay) -> None:
    wrong, _right = log(quill, ny(2026, 6, 3, 10), 90), log(quill, ny(2026, 6, 4, 10), 60)
    said = {"entry": wrong, "by": make.BY, "at": ny(2026, 7, 6, 9)}
    with pytest.raises(Conflict, match="on no bill"):
        tickets.void_time(why="another client's", **said)
    june = issued(quill)
    wrong.refresh_from_db()
    with pytest.raises(Refused, match="Say why"):
        tickets.void_time(why=" ", **said)
    address = f"/tickets/{wrong.ticket.number}/time/{wrong.pk}/void"
    assert fay.post(address, {"why": ""}).status_code == 422
    tickets.void_time(why="it was another client", **said)
    with pytest.raises(Conflict, match="voided already"):
        tickets.void_time(why="again", **said)
    july = issued(quill, JULY, AUGUST_1)
    assert told(july) == [
        (f"Work, corrected from {june.number}", "-180.00"), ("Fee", "10.00")
    ]  # fmt: skip
    assert sentences(july.lines.first()) == [
        "1.5 h of Ben on 3 June 2026 was wrong: it was another client.",
        f"$300.00 was charged on {june.number}, $120.00 is right.",
        "$180.00 is given back.",
    ]
    assert proof_of(june, AUGUST_1).holds
    assert proof_of(july, AUGUST_1).holds
    august = Invoice.objects.get(run=run_of(month(2026, 8), ny(2026, 9, 1, 9)), client=quill)
    assert told(august) == [("Fee", "10.00")]


def test_hours_drawn_for_voided_time_may_be_drawn_again(alpha) -> None:
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    bought = {"amount": "360.00", "hours": "4", "bought_on": "2026-06-01"}
    make.agreement(client, make.worked("block", "Four hours", **bought))
    entry = log(client, ny(2026, 6, 3, 10), 180)
    issued(client, JUNE)
    [left] = balances(client, ny(2026, 7, 6, 9))
    assert left.left_seconds == 3600
    entry.refresh_from_db()
    tickets.void_time(entry=entry, why="a test", by=make.BY, at=ny(2026, 7, 6, 9))
    [left] = balances(client, ny(2026, 7, 6, 9) + timedelta(hours=1))
    assert left.left_seconds == 4 * 3600


def test_time_that_was_voided_and_taken_back_is_on_no_bill(quill) -> None:
    wrong, _right = log(quill, ny(2026, 6, 3, 10), 90), log(quill, ny(2026, 6, 4, 10), 60)
    bill = Invoice.objects.get(run=run_of(), client=quill)
    actions.approve(invoices=[bill], by=make.BY, at=JULY_1)
    later = {"by": make.BY, "at": JULY_1 + timedelta(minutes=5)}
    wrong.refresh_from_db()
    tickets.void_time(entry=wrong, why="a test", **later)
    actions.unapprove(invoice=bill, **later)
    wrong.refresh_from_db()
    with pytest.raises(Conflict, match="voided"):
        tickets.change_time(entry=wrong, note="right", **later)
    with pytest.raises(Conflict, match="changed since the count"):
        actions.approve(invoices=[bill], **later)
    run_of(JUNE, later["at"])
    bill.refresh_from_db()
    assert told(bill) == [("Fee", "10.00"), ("Work", "120.00")]
    actions.approve(invoices=[bill], **later)


def test_who_has_gone_is_given_back_what_was_wrong(quill) -> None:
    wrong = log(quill, ny(2026, 6, 3, 10), 90)
    june = issued(quill)
    said = {"by": make.BY, "at": ny(2026, 7, 6, 9)}
    contracts.end_agreement(agreement=quill.agreements.get(), ends_on=date(2026, 7, 7), **said)
    issued(quill, JULY, AUGUST_1)
    wrong.refresh_from_db()
    tickets.void_time(entry=wrong, why="a test", by=make.BY, at=ny(2026, 8, 3, 9))
    august = issued(quill, month(2026, 8), ny(2026, 9, 1, 9))
    assert told(august) == [(f"Work, corrected from {june.number}", "-180.00")]
    run = run_of(month(2026, 9), ny(2026, 10, 1, 9))
    assert not run.items.filter(client=quill).exists()


def test_hours_of_a_block_that_is_given_back_are_given_back_when_they_were_wrong(alpha) -> None:
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    bought = {"amount": "360.00", "hours": "4", "bought_on": "2026-06-01"}
    made = make.agreement(client, make.worked("block", "Four hours", **bought))
    entry = log(client, ny(2026, 6, 3, 10), 60)
    issued(client)
    key = made.versions.get().lines.get().line_key
    contracts.give_back(
        agreement=made, line_key=key, on=date(2026, 7, 20), by=make.BY, at=ny(2026, 7, 19, 9)
    )
    assert told(issued(client, JULY, AUGUST_1)) == [("Four hours, rest given back", "-270.00")]
    entry.refresh_from_db()
    tickets.void_time(entry=entry, why="a test", by=make.BY, at=ny(2026, 8, 3, 9))
    august = issued(client, month(2026, 8), ny(2026, 9, 1, 9))
    assert [line.amount for line in august.lines.all()] == [-90]
    assert sentences(august.lines.get())[-1] == (
        "It was taken from hours whose rest was given back since: $90.00 is given back."
    )
    assert proof_of(august, ny(2026, 9, 1, 9)).holds
