"""The PDF and what leaves with it."""

import hashlib
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from billing import actions
from billing.models import Invoice, Paper
from billing.papers import invoice_pdf
from tenants.notices.models import Mail
from tests import make
from tests.billing.conftest import JULY_1, issued

pytestmark = pytest.mark.django_db


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_an_issued_invoice_gets_its_paper_and_its_mail(harbor, drain):
    bill = issued(harbor)
    drain()
    paper = Paper.objects.get(invoice=bill)
    assert paper.digest == hashlib.sha256(bytes(paper.content)).hexdigest()
    mail = Mail.objects.get(key=f"invoice:{bill.pk}")
    assert mail.to == "bills@harbor.example"
    assert mail.subject == "Invoice INV-2026-0001 from Alpha IT for June 2026"
    assert f"/portal/invoices/{bill.pk}" in mail.text
    assert "$151.01" in mail.text


def test_the_paper_says_everything_the_invoice_does(harbor, drain):
    bill = issued(harbor)
    drain()
    told = text_of(bytes(bill.paper.content))
    for words in (
        "Alpha IT", "INV-2026-0001", "Harbor Dental", "1 Quay Street", "June 2026",
        "July 1, 2026", "July 31, 2026", "30 days net",
        "Devices", "3", "$10.00", "$30.00", "Users", "$9.50", "Service desk", "$100.00",
        "$139.50", "Tax 8.25 % on $139.50", "$11.51", "$151.01",
        "hdg-srv-01", "hdg-ws-01", "hdg-ws-02", "Cora", "3 devices, 90 device-days",
    ):  # fmt: skip
        assert words in told, words


def test_the_same_invoice_makes_the_same_bytes(harbor):
    bill = issued(harbor)
    assert invoice_pdf.render(bill) == invoice_pdf.render(bill)


def test_a_paper_is_kept_once(harbor):
    bill = issued(harbor)
    first = actions.keep_paper(invoice=bill, content=b"one", by=make.BY, at=JULY_1)
    again = actions.keep_paper(invoice=bill, content=b"two", by=make.BY, at=JULY_1 + timedelta(1))
    assert first.pk == again.pk
    assert bytes(Paper.objects.get().content) == b"one"


@pytest.mark.parametrize(
    "name", ["#panic() Ltd", "*Bold* _it_ $x$ \\ [a](b) <c>", "株式会社テスト", "Ünïcödé & Söhne"]
)
def test_a_name_is_text_and_never_a_command(alpha, name):
    client = make.client(name, address="1 #let x\n$2$")
    make.agreement(client, make.flat("50.00", description='#import "x": *'))
    bill = issued(client)
    assert invoice_pdf.render(bill).startswith(b"%PDF")


def test_a_client_without_an_address_is_not_mailed_until_it_has_one(alpha, drain):
    client = make.client("Quill Accounting")
    make.agreement(client, make.flat("50.00"))
    issued(client)
    drain()
    assert not Mail.objects.exists()
    assert Invoice.objects.get().total == Decimal("50.00")
