"""Invoices as the client sees them: their own, once issued, for those who may see money."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.models import Invoice
from msp.kit.periods import month
from tests import make
from tests.billing.conftest import JULY_1, issued, run_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(cast, drain) -> Invoice:
    """June's invoice of Harbor."""
    make.agreement(cast.harbor, make.per_device("10.00", description="Devices"))
    make.device(cast.harbor, "hdg-ws-01", "workstation")
    found = issued(cast.harbor)
    drain()
    return found


def addresses(bill: Invoice) -> list[str]:
    line = bill.lines.get()
    return [
        f"/portal/invoices/{bill.pk}",
        f"/portal/invoices/{bill.pk}/invoice.pdf",
        f"/portal/invoices/{bill.pk}/lines/{line.pk}",
        f"/portal/invoices/{bill.pk}/lines/{line.pk}.csv",
    ]


def test_the_client_opens_an_invoice_down_to_its_devices(cleo, bill):
    assert bill.number in cleo.get("/portal/invoices").content.decode()
    page, pdf, line, file = (cleo.get(address) for address in addresses(bill))
    assert "$10.00" in page.content.decode()
    assert pdf.content.startswith(b"%PDF")
    assert "hdg-ws-01" in line.content.decode()
    assert "1 device makes 30 device-days." in line.content.decode()
    assert "hdg-ws-01,workstation" in file.content.decode("utf-8-sig")


def test_a_plain_user_sees_no_money(dan, bill):
    for address in ["/portal/invoices", *addresses(bill)]:
        assert dan.get(address).status_code == 403
    home = dan.get("/portal/").content.decode()
    assert "$10.00" not in home
    assert "/portal/invoices" not in home


def test_the_billing_role_is_enough(cast, sign_in, bill):
    who = make.portal(make.contact(cast.harbor, "Bea"), "billing")
    browser = sign_in(who)
    for address in ["/portal/invoices", *addresses(bill)]:
        assert browser.get(address).status_code == 200


def test_another_client_has_no_such_invoice(eve, bill):
    for address in addresses(bill):
        assert eve.get(address).status_code == 404
    assert bill.number not in eve.get("/portal/invoices").content.decode()


def test_staff_addresses_are_not_the_clients(cleo, bill):
    for address in (f"/invoices/{bill.pk}", "/invoices", "/billing/runs", "/billing/runs/2026-06"):
        assert cleo.get(address).status_code in (302, 403)


def test_a_draft_is_nobodys_business_but_ours(cleo, cast, bill):
    run_of(month(2026, 7), JULY_1 + timedelta(days=31))
    draft = Invoice.objects.get(client=cast.harbor, state="draft")
    assert cleo.get(f"/portal/invoices/{draft.pk}").status_code == 404
    assert "July 2026" not in cleo.get("/portal/invoices").content.decode()


def test_the_portal_home_shows_the_last_invoice(cleo, bill):
    page = cleo.get("/portal/").content.decode()
    assert "$10.00" in page
    assert "for June, due July 31" in page
    assert 'href="/portal/invoices"' in page


def test_what_all_clients_see_is_what_we_issued(cleo, eve, cast, bill):
    """M20: nothing is seen twice and nothing is missed."""
    make.agreement(cast.quill, make.flat("50.00"), name="Other")
    issued(cast.quill, month(2026, 5), JULY_1 - timedelta(days=30))
    seen = 0
    for browser in (cleo, eve):
        seen += browser.get("/portal/invoices").content.decode().count('class="rq__t"')
    assert seen == Invoice.objects.filter(state="issued").count()
    assert sum(Invoice.objects.filter(state="issued").values_list("total", flat=True)) == Decimal(
        60
    )
