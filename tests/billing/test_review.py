"""Approving, holding and issuing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from billing import actions
from billing.models import Invoice, InvoiceLine, LineUnit, Run
from msp.kit.periods import month
from msp.kit.refusals import Conflict, Refused
from tenants.journal import queries as journal
from tests import make
from tests.billing.conftest import JULY_1, JUNE, issued, run_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(harbor) -> Invoice:
    """June's draft of Harbor."""
    return Invoice.objects.get(run=run_of(), client=harbor)


def fresh(invoice: Invoice) -> Invoice:
    return Invoice.objects.get(pk=invoice.pk)


def test_a_draft_is_approved_with_who_and_when(draft):
    actions.approve(invoices=[draft], by=make.BY, at=JULY_1)
    assert (fresh(draft).state, fresh(draft).approved_by) == ("approved", "Tests")
    assert fresh(draft).approved_at == JULY_1


def test_a_bill_is_approved_once(draft):
    actions.approve(invoices=[draft], by=make.BY, at=JULY_1)
    with pytest.raises(Conflict, match="approved, not a draft"):
        actions.approve(invoices=[draft], by=make.BY, at=JULY_1)


def test_a_month_that_is_not_over_cannot_be_approved(harbor):
    before = datetime(2026, 7, 1, 3, 59, tzinfo=UTC)  # still 30 June in New York
    bill = Invoice.objects.get(run=run_of(at=before), client=harbor)
    with pytest.raises(Refused, match="June 2026 is not over: it can be approved from July 1"):
        actions.approve(invoices=[bill], by=make.BY, at=before)
    assert fresh(bill).state == "draft"


def test_a_finding_that_blocks_stops_the_approval(draft):
    Invoice.objects.filter(pk=draft.pk).update(
        checks=[{"code": "double_cover", "text": "Twice.", "blocks": True, "known": False}]
    )
    with pytest.raises(Refused, match=r"Harbor Dental: Twice\."):
        actions.approve(invoices=[draft], by=make.BY, at=JULY_1)


def test_what_was_counted_again_since_it_was_read_is_a_conflict(draft):
    seen = {draft.pk: draft.known_at}
    run_of(at=JULY_1 + timedelta(minutes=5))
    with pytest.raises(Conflict, match="counted again since you looked"):
        actions.approve(invoices=[draft], by=make.BY, at=JULY_1, seen=seen)


def test_an_approval_can_be_taken_back(draft):
    actions.approve(invoices=[draft], by=make.BY, at=JULY_1)
    actions.unapprove(invoice=draft, by=make.BY, at=JULY_1)
    assert (fresh(draft).state, fresh(draft).approved_at) == ("draft", None)


def test_a_held_bill_is_left_alone_until_it_is_released(draft, harbor):
    actions.hold(invoice=draft, reason="until matter 2291 closes", by=make.BY, at=JULY_1)
    make.device(harbor, "late-01")
    run_of(at=JULY_1 + timedelta(hours=1))
    assert (fresh(draft).state, fresh(draft).total) == ("held", draft.total)
    with pytest.raises(Conflict, match="held, not a draft"):
        actions.approve(invoices=[draft], by=make.BY, at=JULY_1)
    actions.release(invoice=draft, by=make.BY, at=JULY_1)
    assert fresh(draft).hold_reason == ""


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_a_hold_needs_a_reason(draft, reason):
    with pytest.raises(Refused) as refused:
        actions.hold(invoice=draft, reason=reason, by=make.BY, at=JULY_1)
    assert refused.value.field == "reason"


def test_issuing_numbers_and_freezes(harbor):
    bill = issued(harbor)
    assert (bill.number, bill.state) == ("INV-2026-0001", "issued")
    assert (bill.issued_on, bill.due_on) == (date(2026, 7, 1), date(2026, 7, 31))
    assert bill.party == {
        "seller": "Alpha IT", "name": "Harbor Dental", "address": "1 Quay Street",
        "email": "bills@harbor.example", "zone": "America/New_York", "payment_days": "30",
    }  # fmt: skip
    assert Run.objects.get().state == "issued"
    assert journal.about("invoice", bill.pk)[-1].sentence == (
        "issued invoice INV-2026-0001, due 2026-07-31"
    )


def test_the_date_is_the_clients(alpha):
    tokyo = make.client("Tokyo Kitchens", zone="Asia/Tokyo", currency="JPY")
    make.agreement(tokyo, make.flat("9000"))
    bill = issued(tokyo, at=datetime(2026, 6, 30, 15, 30, tzinfo=UTC))
    assert bill.issued_on == date(2026, 7, 1)
    assert (bill.total, bill.currency) == (9000, "JPY")


def test_a_draft_cannot_be_issued_unapproved(draft):
    with pytest.raises(Conflict, match="draft, not approved"):
        actions.issue(invoice=draft, by=make.BY, at=JULY_1)
    assert fresh(draft).number is None


def test_an_invoice_is_issued_once(harbor):
    bill = issued(harbor)
    with pytest.raises(Conflict):
        actions.issue(invoice=bill, by=make.BY, at=JULY_1)
    assert fresh(bill).number == "INV-2026-0001"


def test_a_failure_gives_the_number_back(harbor):
    bill = Invoice.objects.get(run=run_of(), client=harbor)
    actions.approve(invoices=[bill], by=make.BY, at=JULY_1)
    with pytest.raises(RuntimeError, match="power"), transaction.atomic():
        actions.issue(invoice=bill, by=make.BY, at=JULY_1)
        raise RuntimeError("power")
    assert actions.issue(invoice=bill, by=make.BY, at=JULY_1).number == "INV-2026-0001"


def test_numbers_begin_again_with_the_year(harbor):
    issued(harbor, month(2026, 5), datetime(2026, 6, 1, 13, tzinfo=UTC))
    issued(harbor)
    other = issued(harbor, month(2026, 12), datetime(2027, 1, 1, 13, tzinfo=UTC))
    numbers = Invoice.objects.order_by("starts_on").values_list("number", flat=True)
    assert list(numbers) == ["INV-2026-0001", "INV-2026-0002", other.number]
    assert other.number == "INV-2027-0001"


def test_what_is_asked_for_is_issued_in_order_and_a_failure_is_parked(harbor):
    for name in ("Quill Accounting", "Alder Architects"):
        make.agreement(make.client(name, billing_email="b@x.example"), make.flat("50.00"))
    run = run_of()
    actions.approve(invoices=run.invoices.all(), by=make.BY, at=JULY_1)
    assert actions.ask_issue(run=run, by=make.BY, at=JULY_1) == 3
    quill = Invoice.objects.get(client__name="Quill Accounting")
    type(quill.client).objects.filter(pk=quill.client_id).update(zone="Nowhere/Else")
    while actions.issue_next(run_id=run.pk, at=JULY_1):
        pass
    assert list(
        Invoice.objects.filter(state="issued").order_by("number").values_list("client__name")
    ) == [("Alder Architects",), ("Harbor Dental",)]
    assert fresh(quill).state == "approved"
    assert "Nowhere/Else" in fresh(quill).issue_error


def test_nothing_approved_is_nothing_to_issue(draft):
    with pytest.raises(Refused, match="No bill is approved"):
        actions.ask_issue(run=draft.run, by=make.BY, at=JULY_1)


# -- frozen --------------------------------------------------------------------------------------


def _refused(change) -> None:
    with pytest.raises(IntegrityError, match="cannot change"), transaction.atomic():
        change()


def test_an_issued_invoice_is_refused_every_change(harbor):
    bill = issued(harbor)
    rows = Invoice.objects.filter(pk=bill.pk)
    _refused(lambda: rows.update(total=1, net=1, tax=0))
    _refused(lambda: rows.update(state="draft", number=None))
    _refused(lambda: rows.update(party={}))
    _refused(lambda: rows._raw_delete("default"))


def test_the_lines_of_an_issued_invoice_are_refused_every_change(harbor):
    bill = issued(harbor)
    lines = InvoiceLine.objects.filter(invoice=bill)
    _refused(lambda: lines.update(amount=0))
    _refused(lambda: InvoiceLine.objects.filter(pk=lines[2].pk).delete())
    copy = lines[0]
    copy.pk, copy.line_key, copy.source_key = None, None, "sneaked in"
    _refused(copy.save)


def test_the_evidence_of_an_issued_invoice_is_refused_every_change(harbor):
    bill = issued(harbor)
    units = LineUnit.objects.filter(line__invoice=bill)
    _refused(lambda: units.update(name="other"))
    _refused(lambda: units.delete())
    copy = units[0]
    copy.pk = None
    _refused(copy.save)


def test_a_line_cannot_be_moved_into_or_out_of_an_issued_invoice(harbor):
    bill = issued(harbor)
    july = Invoice.objects.get(
        run=run_of(month(2026, 7), JULY_1 + timedelta(days=31)), client=harbor
    )
    into = InvoiceLine.objects.filter(invoice=july, description="Users")
    out = InvoiceLine.objects.filter(invoice=bill, description="Users")
    _refused(lambda: into.update(invoice=bill, source_key="moved"))
    _refused(lambda: out.update(invoice=july, source_key="moved"))
    _refused(lambda: LineUnit.objects.filter(line__in=into).update(line=out.get()))


def test_the_app_may_not_switch_the_triggers_off_or_empty_the_table(harbor):
    from django.db import ProgrammingError, connection

    issued(harbor)
    for statement in (
        "ALTER TABLE billing_invoice DISABLE TRIGGER ALL",
        "TRUNCATE billing_invoice CASCADE",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_table_of_the_session_does_not_fool_the_trigger(harbor):
    from django.db import connection

    bill = issued(harbor)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE billing_invoice ON COMMIT DROP AS"
                " SELECT id, 'draft'::text AS state FROM billing_invoice"
            )
            with pytest.raises(IntegrityError, match="cannot change"), transaction.atomic():
                cursor.execute(
                    "UPDATE billing_invoiceline SET amount = 0 WHERE invoice_id = %s", [bill.pk]
                )
            cursor.execute("DROP TABLE pg_temp.billing_invoice")


def test_no_day_of_a_promise_is_billed_twice(harbor):
    bill = issued(harbor)
    july = Invoice.objects.get(
        run=run_of(month(2026, 7), JULY_1 + timedelta(days=31)), client=harbor
    )
    line = InvoiceLine.objects.filter(invoice=bill).first()
    line.pk, line.invoice = None, july
    with pytest.raises(IntegrityError, match="no_day_is_billed_twice"), transaction.atomic():
        line.save()


def test_a_client_the_other_msp_never_heard_of(harbor, beta):
    from tenants import context

    issued(harbor)
    with context.inside(beta):
        assert not Invoice.objects.exists()
        assert not Run.objects.exists()
        run = actions.open_run(period=JUNE, by=make.BY, at=JULY_1)
        actions.count_run(run=run, by=make.BY, at=JULY_1)
        assert run.invoices.count() == 0
