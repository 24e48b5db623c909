"""Credits for missed promises: drafted by the count, waived by people, given once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing import actions
from billing.models import Invoice, InvoiceLine
from billing.queries import evidence
from billing.queries.crediting import fee_of
from billing.queries.exposure import exposure_of
from billing.queries.meters import Known
from billing.queries.written import written_for
from contracts import actions as contracts
from contracts.clients.models import Client, Device
from monitoring import actions as monitoring
from monitoring.models import Check, Flip
from msp.kit.periods import month
from msp.kit.refusals import Conflict, Refused
from tenants import context
from tenants.journal.queries import about
from tests import make
from tests.billing.conftest import BACK, JULY_1, JUNE, issued, late, promised, run_of
from tests.tickets.conftest import ny
from tickets import actions as tickets

D = Decimal
JULY, AUGUST_1 = month(2026, 7), ny(2026, 8, 1, 9)


@pytest.fixture
def keen(alpha: context.Tenant) -> Client:
    """A fee of 1,000.00 and licences of 500.00 that are passed on."""
    client = make.client("Keel Boats", billing_email="bills@keel.example", tax_rate=D(10))
    promised(client, make.flat("1000.00", description="Care"))
    return client


def given(client: Client, period=JUNE) -> list[tuple[str, Decimal]]:
    rows = InvoiceLine.objects.filter(
        kind="credit", invoice__client=client, invoice__starts_on=period.start
    )
    return [(one.source_key, one.amount) for one in rows]


def test_a_missed_promise_is_a_negative_line_with_its_ticket_and_clock(keen: Client) -> None:
    ticket = late(keen, 2026, 6, 3, 10)
    run_of()
    bill = Invoice.objects.get(client=keen)
    line = bill.lines.get(kind="credit")
    assert (line.source_key, line.amount, line.tax) == (
        f"breach:{ticket.pk}:resolution", D(-100), D(-10),
    )  # fmt: skip
    assert (bill.net, bill.tax, bill.total) == (D(900), D(90), D(990))
    missed = evidence.missed_on(line)
    assert missed is not None
    assert (missed.number, missed.promise, missed.promised_seconds) == (ticket.number, "fix", 28800)
    assert (missed.missed_at, missed.met_at) == (ny(2026, 6, 4, 10), None)
    assert evidence.sentences(line) == [
        "The recurring fee of the month is $1,000.00.",
        "10 % of it is $100.00.",
        "At most 15 % of it, $150.00, is given back for the month.",
        "That makes \N{MINUS SIGN}$100.00.",
    ]
    assert line.description == f"Credit: the fix of #{ticket.number} came late"
    assert "credit" in [check["code"] for check in bill.checks]


def test_the_cap_holds_over_the_month_and_over_bills(keen: Client) -> None:
    for day in (3, 8):
        late(keen, 2026, 6, day, 10)
    issued(keen)
    assert [amount for _key, amount in given(keen)] == [D(-100), D(-50)]
    late(keen, 2026, 6, 10, 10)  # learned of after the bill: nothing is left of June's cap
    run_of(JULY, AUGUST_1)
    assert [amount for _key, amount in given(keen, JULY)] == [D(0)]


def test_a_miss_that_is_none_any_more_leaves_no_credit(keen: Client) -> None:
    ticket, other = late(keen, 2026, 6, 3, 10), late(keen, 2026, 6, 3, 11)
    run_of()
    assert len(given(keen)) == 2
    tickets.merge(ticket=other, into=ticket, by=make.BY, at=ny(2026, 6, 20, 9))
    run_of()
    assert [key for key, _amount in given(keen)] == [f"breach:{ticket.pk}:resolution"]


def test_what_is_learned_late_comes_on_the_next_bill_once(keen: Client) -> None:
    first = late(keen, 2026, 6, 3, 10)
    bill = issued(keen)
    second = late(keen, 2026, 6, 24, 10)
    run_of(JULY, AUGUST_1)
    line = InvoiceLine.objects.get(kind="credit", invoice__starts_on=JULY.start)
    assert (line.source_key, line.amount) == (f"breach:{second.pk}:resolution", D(-50))
    assert (line.starts_on, line.ends_on) == (JUNE.start, JUNE.end)
    assert evidence.proof_of(bill, AUGUST_1).then == ()
    assert [told.facts["credit"] for told in about("ticket", first.pk) if "credit" in told.facts]
    with pytest.raises(IntegrityError, match="credited_once"), transaction.atomic():
        InvoiceLine.objects.filter(pk=line.pk).update(source_key=f"breach:{first.pk}:resolution")


def test_a_credit_given_that_is_none_any_more_is_told_and_stays(keen: Client) -> None:
    ticket = late(keen, 2026, 6, 3, 10)
    bill = issued(keen)
    into = late(keen, 2026, 7, 6, 10)
    tickets.merge(ticket=ticket, into=into, by=make.BY, at=ny(2026, 7, 7, 9))
    proof = evidence.proof_of(bill, AUGUST_1)
    assert (proof.then, len(proof.now)) == ((), 1)
    run_of(JULY, AUGUST_1)
    assert [key for key, _amount in given(keen, JULY)] == [f"breach:{into.pk}:resolution"]


def test_a_draft_credit_is_waived_for_a_reason_and_given_after_all(keen: Client) -> None:
    ticket = late(keen, 2026, 6, 3, 10)
    run_of()
    line = InvoiceLine.objects.get(kind="credit")
    before = line.invoice.known_at
    with pytest.raises(Refused):
        actions.waive_credit(line=line, reason=" ", by=make.BY, at=JULY_1)
    at = JULY_1 + timedelta(minutes=5)
    actions.waive_credit(line=line, reason="They asked us to wait.", by=make.BY, at=at)
    bill = Invoice.objects.get(client=keen)
    assert (given(keen), bill.net, bill.pk) == ([], D(1000), line.invoice_id)
    assert bill.known_at > before  # whoever read it before reads it again
    run_of(at=at)
    assert given(keen) == []
    key = f"breach:{ticket.pk}:resolution"
    actions.restore_credit(invoice=bill, key=key, by=make.BY, at=at)
    assert given(keen) == [(key, D(-100))]
    with pytest.raises(Conflict):
        actions.restore_credit(invoice=bill, key=key, by=make.BY, at=at)


def test_what_is_waived_comes_on_no_later_bill(keen: Client) -> None:
    late(keen, 2026, 6, 3, 10)
    run_of()
    line = InvoiceLine.objects.get(kind="credit")
    actions.waive_credit(line=line, reason="Agreed by phone.", by=make.BY, at=JULY_1)
    bill = Invoice.objects.get(client=keen)
    actions.approve(invoices=[bill], by=make.BY, at=JULY_1)
    with pytest.raises(Conflict):
        actions.restore_credit(invoice=bill, key=line.source_key, by=make.BY, at=JULY_1)
    actions.issue(invoice=bill, by=make.BY, at=JULY_1)
    run_of(JULY, AUGUST_1)
    assert given(keen, JULY) == []


@pytest.mark.parametrize(
    ("lines", "fee"),
    [
        ([("flat", {"amount": "900.00"})], "900.00"),
        ([("flat", {"amount": "910.00", "every": "quarter"})], "300.00"),
        ([("flat", {"amount": "910.00", "every": "quarter", "prorate": False})], "300.00"),
        ([("flat", {"amount": "910.00", "every": "quarter", "timing": "advance"})], "300.00"),
        ([("per_device", {"unit_price": "10.00", "device_classes": []})], "20.00"),
        ([("flat", {"amount": "100.00"}), ("discount", {"percent": "10"})], "90.00"),
        ([("flat", {"amount": "100.00"}), ("retainer", {"amount": "500.00"})], "100.00"),
        ([("flat", {"amount": "100.00"}), ("commitment", {"amount": "500.00"})], "100.00"),
    ],
)
def test_the_fee_of_a_month_is_what_recurs_however_it_is_billed(alpha, lines, fee) -> None:
    client = make.client("Keel Boats")
    made = make.agreement(client, *(make.worked(kind, kind, **facts) for kind, facts in lines))
    for number in (1, 2):
        make.device(client, f"k-{number}", "server", counts_from_on=date(2026, 1, 1))
    known = Known(client.pk, JULY_1)
    assert fee_of(written_for(client), made.pk, JUNE, known) == D(fee)


def test_terms_hold_from_their_day_and_for_their_priorities(alpha) -> None:
    client = make.client("Keel Boats")
    made = promised(client, make.flat("1000.00"), back=BACK | {"lowest_priority": 2})
    ordinary = late(client, 2026, 6, 3, 10)
    urgent = tickets.open_ticket(
        client=client, subject="Server", channel="phone", priority=1, by=make.BY,
        at=ny(2026, 6, 3, 10),
    )  # fmt: skip
    tickets.breach_due(at=ny(2026, 6, 20, 10))
    version = contracts.amend(
        agreement=made, effective_on=date(2026, 6, 20), by=make.BY, at=ny(2026, 6, 15, 9)
    )
    contracts.set_credits(version=version, facts={}, by=make.BY, at=ny(2026, 6, 15, 9))
    contracts.publish(version=version, by=make.BY, at=ny(2026, 6, 15, 9))
    late(client, 2026, 6, 22, 10)
    run_of()
    assert [key for key, _amount in given(client)] == [f"breach:{urgent.pk}:resolution"]
    assert ordinary.priority == 3


def test_counting_a_month_twice_says_the_same(keen: Client) -> None:
    late(keen, 2026, 6, 3, 10)
    run_of()
    first = given(keen)
    run_of(at=datetime.fromisoformat("2026-07-01T14:00:00+00:00"))
    assert (given(keen), len(first)) == (first, 1)


def test_what_is_worth_more_and_missed_in_the_next_month_adds_the_difference(keen: Client) -> None:
    ticket = late(keen, 2026, 6, 30, 15)
    issued(keen)
    assert given(keen) == [(f"breach:{ticket.pk}:response", D(-50))]
    july = issued(keen, JULY, AUGUST_1)
    assert given(keen, JULY) == [(f"breach:{ticket.pk}:resolution", D(-50))]
    told = evidence.sentences(july.lines.get(kind="credit"))
    assert told[1:3] == [
        "10 % of it is $100.00.", "$50.00 of that was given for the same request before.",
    ]  # fmt: skip
    assert evidence.proof_of(july, AUGUST_1).then == ()


def test_a_credit_that_is_none_any_more_is_not_approved(keen: Client) -> None:
    ticket, other = late(keen, 2026, 6, 3, 10), late(keen, 2026, 6, 3, 11)
    run_of()
    later = {"by": make.BY, "at": JULY_1 + timedelta(minutes=5)}
    tickets.merge(ticket=other, into=ticket, **later)
    bill = Invoice.objects.get(client=keen)
    with pytest.raises(Conflict, match=r"missed no more\. Count the bill again"):
        actions.approve(invoices=[bill], **later)


def test_a_priority_lowered_after_the_miss_takes_no_credit_back(alpha) -> None:
    client = make.client("Keel Boats")
    promised(client, make.flat("1000.00"), back=BACK | {"lowest_priority": 2})
    urgent = tickets.open_ticket(
        client=client, subject="Server", channel="phone", priority=1, by=make.BY,
        at=ny(2026, 6, 3, 10),
    )  # fmt: skip
    tickets.breach_due(at=ny(2026, 6, 20, 10))
    tickets.set_priority(ticket=urgent, priority=4, by=make.BY, at=ny(2026, 6, 22, 10))
    run_of()
    assert [key for key, _amount in given(client)] == [f"breach:{urgent.pk}:resolution"]


def test_who_has_gone_is_given_what_was_missed_before(keen: Client) -> None:
    contracts.end_agreement(
        agreement=keen.agreements.get(), ends_on=date(2026, 7, 7), by=make.BY, at=ny(2026, 7, 2)
    )
    issued(keen, JULY, AUGUST_1)
    ticket = late(keen, 2026, 7, 1, 10)  # written down only now
    august = month(2026, 8)
    run_of(august, ny(2026, 9, 1, 9))
    assert [key for key, _amount in given(keen, august)] == [f"breach:{ticket.pk}:resolution"]


# -- availability ----------------------------------------------------------------------------------


def was_down(server: Device) -> None:
    """Three hours on June 10."""
    check = monitoring.add_check(
        device=server, name="Heartbeat", slug="heartbeat", period=60, grace=60, by=make.BY,
        at=make.STARTED_AT,
    )  # fmt: skip
    down = ny(2026, 6, 10, 9)
    for status, at in (("up", ny(2026, 5, 1)), ("down", down), ("up", down + timedelta(hours=3))):
        Flip.objects.create(check_row=check, status=status, at=at, noticed_at=at)
    Check.objects.filter(pk=check.pk).update(
        status="up", status_at=down + timedelta(hours=3), last_seen_at=JULY_1,
        created_at=ny(2026, 5, 1), due_at=JULY_1 + timedelta(minutes=2),
    )  # fmt: skip


def test_a_month_below_the_promised_availability_gives_back_its_band(alpha) -> None:
    client = make.client("Keel Boats", billing_email="bills@keel.example")
    bands = [{"below": "99.9", "percent": "5"}, {"below": "99", "percent": "10"}]
    made = promised(client, make.per_device("1000.00"), back={"bands": bands})
    server = make.device(client, "k-1", "server", counts_from_on=date(2026, 1, 1))
    was_down(server)
    run_of()
    line = InvoiceLine.objects.get(kind="credit")
    assert (line.source_key, line.amount) == (f"availability:{made.pk}:2026-06", D(-50))
    missed = evidence.missed_on(line)
    assert missed is not None
    assert (missed.share, missed.below, missed.down_seconds) == ("99.583", "99.9", 3 * 3600)
    assert line.description == "Credit: availability of 99.583 %, below 99.9 %"
    assert evidence.proof_of(line.invoice, JULY_1).then == ()


def test_what_was_down_and_learned_after_the_bill_comes_on_the_next(alpha) -> None:
    client = make.client("Keel Boats", billing_email="bills@keel.example")
    back = {"bands": [{"below": "99.9", "percent": "5"}]}
    made = promised(client, make.per_device("1000.00"), back=back)
    server = make.device(client, "k-1", "server", counts_from_on=date(2026, 1, 1))
    issued(client)
    was_down(server)
    run_of(JULY, AUGUST_1)
    assert (f"availability:{made.pk}:2026-06", D(-50)) in given(client, JULY)


# -- what it would cost ----------------------------------------------------------------------------


def test_a_ticket_says_what_missing_it_would_cost(keen: Client) -> None:
    now = ny(2026, 6, 22, 9)
    for day in (3, 8):
        late(keen, 2026, 6, day, 10)
    ticket = tickets.open_ticket(
        client=keen, subject="Server is slow", channel="phone", by=make.BY, at=now
    )
    risks = {one.promise: one for one in exposure_of(ticket, now)}
    assert {name: (one.amount, one.used, one.cap) for name, one in risks.items()} == {
        "first reply": (D(0), D(150), D(150)), "fix": (D(0), D(150), D(150)),
    }  # fmt: skip


def test_exposure_counts_one_ticket_once_and_leaves_the_cap_to_the_next(keen: Client) -> None:
    now = ny(2026, 6, 22, 9)
    ticket = tickets.open_ticket(
        client=keen, subject="Server is slow", channel="phone", by=make.BY, at=now
    )
    before = [(one.promise, one.amount, one.missed) for one in exposure_of(ticket, now)]
    assert before == [("first reply", D(50), False), ("fix", D(100), False)]
    later = now + timedelta(hours=3)
    tickets.breach_due(at=later)
    after = [(one.promise, one.amount, one.missed) for one in exposure_of(ticket, later)]
    assert after == [("first reply", D(50), True), ("fix", D(50), False)]
    assert exposure_of(ticket, later)[1].percent == 10


# -- pages, portal, programs -----------------------------------------------------------------------


def test_finance_waives_and_gives_on_the_page_and_a_technician_does_not(
    keen: Client, ben, fay, guy
) -> None:
    ticket = late(keen, 2026, 6, 3, 10)
    run_of()
    bill = Invoice.objects.get(client=keen)
    line = bill.lines.get(kind="credit")
    waive = f"/invoices/{bill.pk}/lines/{line.pk}/waive"
    restore = f"/invoices/{bill.pk}/credits/restore"
    assert waive in fay.get(f"/invoices/{bill.pk}").content.decode()
    opened = fay.get(f"/invoices/{bill.pk}/lines/{line.pk}").content.decode()
    assert f"/tickets/{ticket.number}" in opened
    assert "fix within 8 h of support hours" in opened
    for other in (ben, guy):
        assert other.post(waive, {"reason": "x"}).status_code == 403
        assert other.post(restore, {"key": line.source_key}).status_code == 403
    assert fay.get(waive).status_code == 200
    assert fay.post(waive, {"reason": ""}).status_code == 422
    assert fay.post(waive, {"reason": "Agreed by phone"}).status_code == 303
    html = fay.get(f"/invoices/{bill.pk}").content.decode()
    assert "Agreed by phone" in html
    assert given(keen) == []
    assert fay.post(restore, {"key": line.source_key}).status_code == 303
    assert given(keen) == [(line.source_key, D(-100))]
    assert (
        fay.post(f"/invoices/{bill.pk}/lines/{line.pk}/waive", {"reason": "x"}).status_code == 404
    )


def test_the_ticket_shows_the_risk_to_who_reads_agreements(keen: Client, ben) -> None:
    ticket = tickets.open_ticket(
        client=keen, subject="Server", channel="phone", by=make.BY, at=datetime.now(UTC)
    )
    html = ben.get(f"/tickets/{ticket.number}").content.decode()
    assert "If the fix is missed:" in html
    assert "10 % of" in html


def test_the_client_reads_the_terms_and_opens_the_credit(cast, cleo, eve, drain) -> None:
    promised(cast.harbor, make.flat("1000.00"))
    ticket = late(cast.harbor, 2026, 6, 3, 10)
    bill = issued(cast.harbor)
    drain()
    line = bill.lines.get(kind="credit")
    assert "gives back 10 %" in cleo.get("/portal/agreement").content.decode()
    opened = cleo.get(f"/portal/invoices/{bill.pk}/lines/{line.pk}").content.decode()
    assert f"#{ticket.number}" in opened
    assert "not yet when this was counted" in opened
    assert eve.get(f"/portal/invoices/{bill.pk}/lines/{line.pk}").status_code == 404
