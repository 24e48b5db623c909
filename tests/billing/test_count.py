"""Counting a month."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing import actions
from billing.models import Invoice, InvoiceLine, LineUnit, Run, RunItem
from billing.queries.leakage import Unbilled, unbilled_clients
from billing.queries.written import terms_of
from contracts.clients import actions as clients
from contracts.clients.models import Client, Device
from monitoring.models import Check
from msp.kit.periods import Period, month
from msp.kit.refusals import Refused
from tests import make
from tests.billing.conftest import JULY_1, JUNE, issued, run_of

pytestmark = pytest.mark.django_db


def bill(client: Client, run: Run | None = None) -> Invoice:
    return Invoice.objects.get(client=client, run=run or Run.objects.get(starts_on=JUNE.start))


def lines(invoice: Invoice) -> list[tuple[str, Decimal, Decimal]]:
    return [(line.description, line.quantity, line.amount) for line in invoice.lines.all()]


def test_a_month_is_counted_rated_and_summed(harbor):
    run_of()
    found = bill(harbor)
    assert lines(found) == [
        ("Devices", 3, Decimal("30.00")),
        ("Users", 1, Decimal("9.50")),
        ("Service desk", 1, Decimal("100.00")),
    ]
    assert (found.net, found.tax, found.total) == (
        Decimal("139.50"), Decimal("11.51"), Decimal("151.01"),
    )  # fmt: skip
    assert sum(line.tax for line in found.lines.all()) == Decimal("11.51")


def test_every_line_has_the_days_behind_it(harbor):
    device = Device.objects.get(name="hdg-ws-02")
    clients.retire_device(device=device, on=date(2026, 6, 21), by=make.BY, at=JULY_1)
    run_of(at=JULY_1 + timedelta(minutes=1))
    line = InvoiceLine.objects.get(invoice=bill(harbor), description="Devices")
    days = {unit.name: unit.days for unit in line.units.all()}
    assert days == {"hdg-srv-01": 30, "hdg-ws-01": 30, "hdg-ws-02": 20}
    assert line.trace["unit_days"] == 80
    assert line.amount == Decimal("26.67")


def test_the_same_run_opened_twice_is_one(harbor):
    one = actions.open_run(period=JUNE, by=make.BY, at=JULY_1)
    other = actions.open_run(period=JUNE, by=make.BY, at=JULY_1)
    assert one.pk == other.pk
    assert Run.objects.count() == 1


def test_counted_twice_is_counted_once(harbor):
    run_of()
    first = (bill(harbor).pk, lines(bill(harbor)), LineUnit.objects.count())
    run_of(at=JULY_1 + timedelta(hours=1))
    assert (bill(harbor).pk, lines(bill(harbor)), LineUnit.objects.count()) == first


def test_a_recount_changes_drafts_and_nothing_else(harbor):
    quill = make.client("Quill Accounting", billing_email="b@quill.example")
    make.agreement(quill, make.flat("50.00"))
    run = run_of()
    actions.approve(invoices=[bill(harbor)], by=make.BY, at=JULY_1)
    make.device(harbor, "late-01")
    make.device(quill, "late-02")
    make.agreement(quill, make.per_device("5.00", description="More"), name="More")
    run_of(at=JULY_1 + timedelta(hours=1))
    assert bill(harbor).total == Decimal("151.01")
    assert bill(quill).net == Decimal("55.00")
    assert run.invoices.count() == 2


def test_a_client_that_cannot_be_counted_is_parked_and_the_others_go_on(harbor):
    quill = make.client("Quill Accounting")
    make.agreement(quill, make.flat("50.00"))
    may = run_of(month(2026, 5), JULY_1 - timedelta(days=30))
    strayed = InvoiceLine.objects.filter(invoice__run=may, invoice__client=quill)
    strayed.update(starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 2))
    run = run_of()
    assert bill(harbor).total == Decimal("151.01")
    parked = RunItem.objects.get(run=run, client=quill)
    assert parked.state == "failed"
    assert parked.error == "A day of this month is billed already, on another bill."
    assert not Invoice.objects.filter(client=quill, run=run).exists()
    assert run.state == "review"
    strayed.update(starts_on=date(2026, 5, 1), ends_on=date(2026, 6, 1))
    run_of(at=JULY_1 + timedelta(hours=1))
    assert bill(quill).net == Decimal("50.00")


def test_terms_that_cannot_be_read_name_their_line(alpha):
    with pytest.raises(Refused, match=r'"Fee" of Managed cannot be charged: amount is missing\.'):
        terms_of("flat", {"prorate": True}, "Fee", "Managed")


def test_a_client_with_nothing_agreed_has_no_bill(alpha):
    make.client("Quill Accounting")
    run = run_of()
    assert run.invoices.count() == 0


def test_a_draft_goes_when_the_agreement_does(alpha):
    quill = make.client("Quill Accounting")
    make.agreement(quill, make.flat("50.00"), starts_on=date(2026, 6, 10))
    run = run_of()
    assert bill(quill).net == Decimal("35.00")
    quill.agreements.update(starts_on=date(2026, 7, 1))
    run_of(at=JULY_1 + timedelta(hours=1))
    assert run.invoices.count() == 0


def test_two_currencies_are_two_bills(harbor):
    make.agreement(harbor, make.flat("70", description="Paris"), currency="EUR", name="Paris")
    run = run_of()
    totals = {one.currency: one.net for one in run.invoices.all()}
    assert totals == {"USD": Decimal("139.50"), "EUR": Decimal("70.00")}


def test_only_a_calendar_month_is_a_run(alpha):
    with pytest.raises(Refused):
        actions.open_run(period=Period(date(2026, 6, 1), date(2026, 6, 15)), by=make.BY, at=JULY_1)


def test_the_next_month_says_what_changed(harbor):
    run_of(month(2026, 5), JULY_1 - timedelta(days=30))
    clients.add_device(
        client=harbor, name="hdg-ws-03", kind="workstation", counts_from_on=date(2026, 6, 16),
        by=make.BY, at=JULY_1 - timedelta(days=14),
    )  # fmt: skip
    run_of()
    found = bill(harbor)
    assert found.previous_total == Decimal("151.01")
    assert found.verdict == "changed"
    assert found.explanation == "1 device (hdg-ws-03) added."


def test_what_is_watched_and_not_billed_is_told_once_as_news(alpha):
    quill = make.client("Quill Accounting", billing_email="b@quill.example")
    make.agreement(quill, make.per_device("10.00", classes=["server"]))
    make.device(quill, "qa-srv-01", "server")
    for name in ("qa-prn-01", "qa-prn-02"):
        Check.objects.create(device=make.device(quill, name, "printer"), created_at=JULY_1)
    make.device(quill, "qa-ws-01", "workstation")  # nobody watches it
    issued(quill, month(2026, 5), JULY_1 - timedelta(days=30))
    run_of()
    (found,) = bill(quill).checks
    assert found["text"] == "2 monitored devices are on no agreement line: qa-prn-01 and qa-prn-02."
    assert (found["known"], bill(quill).verdict) == (True, "unchanged")
    Check.objects.create(device=make.device(quill, "qa-prn-03", "printer"), created_at=JULY_1)
    run_of(at=JULY_1 + timedelta(hours=1))
    assert (bill(quill).checks[0]["known"], bill(quill).verdict) == (False, "needs_look")


def test_an_agreement_that_counts_no_devices_covers_them_all(alpha):
    quill = make.client("Quill Accounting", billing_email="b@quill.example")
    make.agreement(quill, make.flat("50.00"))
    Check.objects.create(device=make.device(quill, "qa-srv-01"), created_at=JULY_1)
    run_of()
    assert [check["code"] for check in bill(quill).checks] == ["change"]
    assert unbilled_clients(billed=set()) == [
        Unbilled(quill.pk, "Quill Accounting", "quill-accounting", 1)
    ]
    assert unbilled_clients(billed={quill.pk}) == []
