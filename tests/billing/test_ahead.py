"""Lines billed in advance, by quarter and by year: every day once, and right at the end."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.models import Invoice, InvoiceLine
from billing.queries.evidence import proof_of, sentences
from contracts import actions as contracts
from contracts.clients import actions as clients
from msp.kit.periods import day_start, month
from tests import make
from tests.billing.conftest import run_of
from tests.vectors import psa

VECTORS = psa()
MAY, JUNE, JULY, AUGUST = (month(2026, number) for number in (5, 6, 7, 8))


def counted(client, period):
    """The client's bill of a month, counted on the morning after it."""
    at = day_start(period.end, "America/New_York").replace(tzinfo=UTC)
    run_of(period, at)
    return Invoice.objects.filter(client=client, starts_on=period.start).first()


def told(bill):
    return [(line.description, str(line.amount.normalize())) for line in bill.lines.all()]


@pytest.fixture
def quill(alpha):
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    for number in range(20):
        make.device(client, f"q-{number:02}", "workstation")
    return client


def test_a_month_ahead_is_settled_with_what_came_meanwhile(quill):
    make.agreement(quill, make.per_device("15.00", timing="advance", counting="adds_only"))
    first = counted(quill, MAY)  # nobody billed May ahead, so it is on the bill beside June
    assert [line.starts_on.month for line in first.lines.all()] == [5, 6]
    at = datetime(2026, 6, 11, 15, tzinfo=UTC)
    for number in range(5):
        make.device(quill, f"new-{number}", "workstation", counts_from_on=date(2026, 6, 11), at=at)
    bill = counted(quill, JUNE)
    assert told(bill) == [("Devices, settled", "5E+1"), ("Devices", "375")]
    assert str(bill.net.quantize(Decimal("0.01"))) == VECTORS["QTY-04a"]
    settled = bill.lines.first()
    assert (settled.starts_on, settled.units.count()) == (date(2026, 6, 1), 25)
    assert sentences(settled)[-2:] == [
        "$300.00 of it was billed in advance.", "$50.00 is still owed.",
    ]  # fmt: skip
    assert proof_of(bill, at=datetime(2026, 7, 2, tzinfo=UTC)).holds


def test_leavers_are_given_back_by_their_days(quill):
    make.agreement(quill, make.per_device("15.00", timing="advance"))
    counted(quill, MAY)
    for name in ("q-00", "q-01"):
        clients.retire_device(
            device=quill.devices.get(name=name), on=date(2026, 6, 21), by=make.BY,
            at=datetime(2026, 6, 21, 15, tzinfo=UTC),
        )  # fmt: skip
    first = counted(quill, JUNE).lines.first()
    assert str(first.amount.quantize(Decimal("0.01"))) == VECTORS["QTY-04b"]


def test_an_end_within_a_paid_month_gives_back_its_rest(quill):
    plan = make.agreement(quill, make.flat("1000.00", timing="advance"))
    counted(quill, MAY)
    contracts.end_agreement(
        agreement=plan, ends_on=date(2026, 6, 19), by=make.BY,
        at=datetime(2026, 6, 10, 15, tzinfo=UTC),
    )  # fmt: skip
    (line,) = counted(quill, JUNE).lines.all()
    assert str(line.amount.quantize(Decimal("0.01"))) == VECTORS["QTY-04c"]
    assert counted(quill, JULY) is None


def test_an_end_before_a_paid_month_gives_all_of_it_back(quill):
    plan = make.agreement(quill, make.flat("1000.00", timing="advance"))
    counted(quill, MAY)
    contracts.end_agreement(
        agreement=plan, ends_on=date(2026, 6, 1), by=make.BY,
        at=datetime(2026, 6, 1, 12, tzinfo=UTC),
    )  # fmt: skip
    assert told(counted(quill, JUNE)) == [("Fee, given back", "-1E+3")]


def test_an_upgrade_of_a_paid_month_credits_and_charges_the_same_days(quill):
    line = make.flat("20.00", timing="advance")
    plan = make.agreement(quill, line)
    counted(quill, month(2026, 4))
    at = datetime(2026, 5, 10, 15, tzinfo=UTC)
    version = contracts.amend(agreement=plan, effective_on=date(2026, 5, 11), by=make.BY, at=at)
    key = version.lines.get().line_key
    dearer = contracts.LineInput(
        "Fee", "flat", {"amount": "40.00", "timing": "advance"}, line_key=key
    )
    contracts.set_lines(version=version, lines=[dearer], by=make.BY, at=at)
    contracts.publish(version=version, by=make.BY, at=at)
    bill = counted(quill, MAY)
    credit, charge, june = (line.amount.quantize(Decimal("0.01")) for line in bill.lines.all())
    assert str([str(-credit), str(charge), str(charge + credit)]) == VECTORS["UPG-01"]
    assert june == 40


def test_a_licence_that_joins_a_paid_year_pays_until_its_renewal(quill):
    make.agreement(
        quill, make.per_user("240.00", description="Licences", every="year", timing="advance")
    )
    make.contact(quill, "Ann", counts_from_on=date(2026, 1, 1))
    first = counted(quill, month(2026, 1))
    assert told(first) == [("Licences", "2.4E+2")]  # the year began before any bill was made
    at = datetime(2026, 3, 16, 15, tzinfo=UTC)
    make.contact(quill, "Bea", counts_from_on=date(2026, 3, 16), at=at)
    assert counted(quill, month(2026, 2)) is None
    (joined,) = counted(quill, month(2026, 3)).lines.all()
    assert str(joined.amount.quantize(Decimal("0.01"))) == VECTORS["PER-05"]
    assert counted(quill, month(2026, 4)) is None
    (again,) = counted(quill, month(2026, 12)).lines.all()
    assert (again.amount, again.starts_on) == (480, date(2027, 1, 1))


def test_a_quarter_is_billed_when_it_is_over_and_is_no_news_between(quill):
    make.agreement(
        quill, make.flat("910.00", description="Review", every="quarter"), make.flat("50.00"),
        starts_on=date(2026, 4, 1),
    )  # fmt: skip
    assert told(counted(quill, MAY)) == [("Fee", "5E+1")]
    june = counted(quill, JUNE)
    assert told(june) == [("Review", "9.1E+2"), ("Fee", "5E+1")]
    assert "is due this month" in june.explanation
    july = counted(quill, JULY)
    assert (july.verdict, "was due last month" in july.explanation) == ("changed", True)


def test_counting_a_month_again_changes_nothing(quill):
    make.agreement(quill, make.per_device("15.00", timing="advance"), make.flat("9.00"))
    for _ in range(2):
        for period in (MAY, JUNE, JULY):
            counted(quill, period)
    lines = InvoiceLine.objects.filter(invoice__client=quill)
    assert sum(line.amount for line in lines) == 4 * 300 + 3 * 9  # May to August, May to July
    assert lines.filter(trace__has_key="settles").count() == 0


def test_a_discount_and_a_commitment_close_the_bill(quill):
    make.agreement(
        quill,
        contracts.LineInput("Committed", "commitment", {"amount": "400.00"}),
        contracts.LineInput("Welcome", "discount", {"percent": "10"}),
        make.per_device("15.00"),
        contracts.LineInput("Insurance", "percentage", {"percent": "5"}),
    )
    bill = counted(quill, JUNE)
    assert told(bill) == [
        ("Committed", "116.5"), ("Welcome", "-31.5"), ("Devices", "3E+2"), ("Insurance", "15"),
    ]  # fmt: skip
    assert bill.net == 400
    assert proof_of(bill, at=datetime(2026, 7, 2, tzinfo=UTC)).holds
