"""One bill, its lines opened, and what billing shows on other rooms' pages."""

from datetime import date, timedelta

import pytest

from billing import actions
from billing.models import Invoice, InvoiceLine
from contracts.clients import actions as clients
from contracts.clients.models import Device
from tests import make
from tests.billing.conftest import JULY_1, issued, run_of

pytestmark = pytest.mark.django_db
RUN = "/billing/runs/2026-06"


@pytest.fixture
def draft(harbor) -> Invoice:
    return Invoice.objects.get(run=run_of(), client=harbor)


def fresh(invoice: Invoice) -> Invoice:
    return Invoice.objects.get(pk=invoice.pk)


# -- one bill -----------------------------------------------------------------------------------


def test_a_bill_opens_with_its_lines_and_its_history(fay, harbor, drain):
    bill = issued(harbor)
    drain()
    page = fay.get(f"/invoices/{bill.pk}").content.decode()
    for words in ("INV-2026-0001", "Devices", "$151.01", "issued invoice", bill.paper.digest):
        assert words in page
    pdf = fay.get(f"/invoices/{bill.pk}/invoice.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")


def test_a_draft_has_no_paper(fay, draft):
    assert fay.get(f"/invoices/{draft.pk}/invoice.pdf").status_code == 404


def test_a_bill_is_approved_as_it_was_read(fay, draft):
    url = f"/invoices/{draft.pk}/approve"
    assert fay.post(url, {"seen": "2026-01-01T00:00:00+00:00"}).status_code == 409
    assert fay.post(url, {"seen": "junk"}).status_code == 422
    assert fay.post(url, {"seen": draft.known_at.isoformat()}).status_code == 303
    assert fresh(draft).state == "approved"


def test_a_hold_without_a_reason_comes_back_with_the_error(fay, draft):
    url = f"/invoices/{draft.pk}/hold"
    assert fay.get(url).status_code == 200
    answer = fay.post(url, {"reason": ""}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#dlg"
    assert "This field is required" in answer.content.decode()
    assert fay.post(url, {"reason": "matter 2291", "back": "run"})["Location"] == RUN
    assert "On hold: matter 2291" in fay.get(RUN).content.decode()
    assert fay.post(f"/invoices/{draft.pk}/release").status_code == 303
    assert fresh(draft).state == "draft"


def test_an_approval_is_taken_back(fay, draft):
    actions.approve(invoices=[draft], by=make.BY, at=JULY_1)
    assert fay.post(f"/invoices/{draft.pk}/unapprove").status_code == 303
    assert fresh(draft).state == "draft"
    assert fay.post(f"/invoices/{draft.pk}/unapprove").status_code == 409


def test_an_invoice_without_an_address_is_sent_once_there_is_one(fay, alpha, drain):
    from tenants.notices.models import Mail

    client = make.client("Quill Accounting")
    make.agreement(client, make.flat("50.00"))
    bill = issued(client)
    drain()
    assert fay.post(f"/invoices/{bill.pk}/send").status_code == 422
    clients.change_client(client=client, billing_email="bills@quill.example", by=make.BY, at=JULY_1)
    assert fay.post(f"/invoices/{bill.pk}/send").status_code == 303
    assert Mail.objects.get().to == "bills@quill.example"


def test_counting_again_proves_the_bill_and_tells_what_was_learned(fay, harbor, drain):
    bill = issued(harbor)
    same = fay.get(f"/invoices/{bill.pk}/proof").content.decode()
    assert "all 3 lines are the same, to the day and the cent" in same
    device = Device.objects.get(name="hdg-ws-01")
    clients.retire_device(
        device=device, on=date(2026, 6, 11), by=make.BY, at=JULY_1 + timedelta(days=1)
    )
    later = fay.get(f"/invoices/{bill.pk}/proof").content.decode()
    assert "all 3 lines are the same" in later
    assert "&quot;Devices&quot;: 23.33 for 3 instead of 30 for 3." in later


@pytest.mark.parametrize(
    ("query", "there"),
    [("q=harbor", True), ("q=0001", True), ("q=zzz", False), ("state=issued", True),
     ("state=draft", False), ("client=harbor-dental", True), ("client=nobody", False),
 ("page=99", True), ("state=junk", True)],
)  # fmt: skip
def test_bills_are_found_by_number_client_and_state(fay, harbor, query, there):
    bill = issued(harbor)
    page = fay.get(f"/invoices?{query}")
    assert page.status_code == 200
    assert (bill.number in page.content.decode()) is there


# -- a line opened ------------------------------------------------------------------------------


def test_a_line_opens_to_its_devices_and_the_arithmetic(fay, harbor):
    device = Device.objects.get(name="hdg-ws-02")
    clients.retire_device(device=device, on=date(2026, 6, 21), by=make.BY, at=JULY_1 - timedelta(1))
    bill = issued(harbor)
    line = InvoiceLine.objects.get(invoice=bill, description="Devices")
    page = fay.get(f"/invoices/{bill.pk}/lines/{line.pk}").content.decode()
    assert "3 devices make 80 device-days." in page
    assert "$10.00 × 80 ÷ 30 days = $26.67" in page
    assert "hdg-ws-02" in page
    assert "1–20 June 2026" in page
    assert page.count('<svg class="days"') == 4  # a ruler and three units
    text = fay.get(f"/invoices/{bill.pk}/lines/{line.pk}.csv").content.decode("utf-8-sig")
    assert text.splitlines() == [
        "Name,Class,Site,First day,Last day,Number,Days,Rule",
        "hdg-srv-01,server,,2026-06-01,2026-06-30,1,30,",
        "hdg-ws-01,workstation,,2026-06-01,2026-06-30,1,30,",
        "hdg-ws-02,workstation,,2026-06-01,2026-06-20,1,20,",
        "Sum,,,,,,80,",
    ]


def test_a_line_belongs_to_its_bill(fay, harbor, draft):
    quill = make.client("Quill Accounting", billing_email="b@quill.example")
    make.agreement(quill, make.flat("50.00"))
    other = Invoice.objects.get(run=run_of(at=JULY_1 + timedelta(hours=1)), client=quill)
    line = other.lines.get()
    assert fay.get(f"/invoices/{draft.pk}/lines/{line.pk}").status_code == 404


# -- on other rooms' pages ----------------------------------------------------------------------


def test_the_client_page_shows_its_money_to_those_who_may_see_it(fay, ben, harbor):
    bill = issued(harbor)
    shown = fay.get(f"/clients/{harbor.slug}").content.decode()
    assert f'href="/invoices/{bill.pk}"' in shown
    assert "so far, if nothing changes" in shown
    assert "$151.01" in shown
    kept = ben.get(f"/clients/{harbor.slug}").content.decode()
    assert f"/invoices/{bill.pk}" not in kept
    assert "151.01" not in kept


def test_today_tells_finance_what_waits(fay, ben, draft):
    assert "Bills to review" in fay.get("/").content.decode()
    assert "Bills to review" not in ben.get("/").content.decode()


def test_bills_are_found_from_anywhere(fay, ben, harbor):
    bill = issued(harbor)
    assert bill.number in fay.get("/palette?q=INV-2026").content.decode()
    assert f'href="/invoices/{bill.pk}"' in fay.get("/palette?q=harbor").content.decode()
    assert f"/invoices/{bill.pk}" not in ben.get("/palette?q=harbor").content.decode()


def test_agreements_and_devices_tell_where_they_were_billed_last(fay, ben, harbor):
    bill = issued(harbor)
    line = InvoiceLine.objects.get(invoice=bill, description="Devices")
    device = Device.objects.get(name="hdg-ws-01")
    for address in (f"/agreements/{harbor.agreements.get().pk}", f"/devices/{device.pk}"):
        assert f"/invoices/{bill.pk}/lines/{line.pk}" in fay.get(address).content.decode()
        assert f"/invoices/{bill.pk}" not in ben.get(address).content.decode()
