"""What meters show is on the bill with its readings, and what is learned later on the next one."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.papers import invoice_pdf
from billing.queries.drafts import drafts_of
from billing.queries.evidence import proof_of, read_on, sentences
from billing.queries.meters import Known
from billing.rules.plans import fees_of
from contracts.actions import LineInput
from contracts.clients import actions as clients
from contracts.clients.models import Client
from contracts.queries import known_units, standings
from contracts.queries.amending import quotable
from contracts.queries.composing import used_lately
from contracts.rules.terms import read_terms
from msp.kit.periods import month
from msp.kit.refusals import Refused
from tests import make
from tests.billing.conftest import issued, run_of

MAY, JUNE = month(2026, 5), month(2026, 6)
JUNE_1, JULY_1 = (datetime(2026, n, 1, 13, tzinfo=UTC) for n in (6, 7))


@pytest.fixture
def printing(alpha) -> Client:
    """A client that pays two cents for each page beyond a hundred a month."""
    client = make.client(billing_email="bills@harbor.example")
    facts = {"unit_price": "0.02", "measure": "pages", "included": "100"}
    make.agreement(client, LineInput("Prints", "usage", facts))
    return client


def meter(client, name="Front desk printer"):
    return clients.add_meter(
        client=client, name=name, measure="pages", counts_from_on=date(2026, 1, 1), by=make.BY,
        at=make.STARTED_AT,
    )  # fmt: skip


def read(found, value, when, at=None):
    return clients.record_reading(
        meter=found, value=Decimal(value), taken_at=when, by=make.BY, at=at or when
    )


def day(month_: int, number: int) -> datetime:
    return datetime(2026, month_, number, 15, tzinfo=UTC)


def told(bill):
    return [(line.description, f"{line.amount:.2f}") for line in bill.lines.all()]


def test_the_use_of_a_month_is_charged_with_the_readings_behind_it(printing, ada, guy):
    found = meter(printing)
    read(found, "9000", day(4, 30))
    read(found, "9600", day(5, 29))
    bill = issued(printing, MAY, JUNE_1)
    [line] = bill.lines.all()
    assert (line.quantity, line.amount) == (500, Decimal("10.00"))
    assert sentences(line) == [
        "Front desk printer used 600 pages, from 9,000 on 30 April 2026 to 9,600 on 29 May 2026.",
        "100 of it is included, 500 pages are charged.",
        "$0.02 × 500 = $10.00",
    ]
    assert [(one.name, one.used) for one in read_on(line)] == [("Front desk printer", "600")]
    assert proof_of(bill, JUNE_1).holds
    [paper] = invoice_pdf.document(bill)["evidence"]
    assert (paper["sum"], paper["units"][0]["days"]) == ("600 pages", "600")
    assert invoice_pdf.render(bill).startswith(b"%PDF")
    page = ada.get(f"/invoices/{bill.pk}/lines/{line.pk}").content.decode()
    assert "9,600 on 29 May 2026" in page
    sheet = ada.get(f"/invoices/{bill.pk}/lines/{line.pk}.csv").content.decode()
    assert "Front desk printer,2026-05-01,2026-05-31" in sheet


def test_a_late_reading_of_an_issued_month_is_a_line_of_the_next_bill(printing):
    found = meter(printing)
    read(found, "9000", day(4, 30))
    may = issued(printing, MAY, JUNE_1)
    assert told(may) == [("Prints", "0.00")]
    assert "unread" in {check["code"] for check in may.checks}
    read(found, "9600", day(5, 29), at=day(6, 3))
    read(found, "9750", day(6, 28))
    june = issued(printing, JUNE, JULY_1)
    assert told(june) == [("Prints, corrected for May 2026", "10.00"), ("Prints", "1.00")]
    assert "Front desk printer used 600 pages instead of 0." in sentences(june.lines.first())
    assert proof_of(may, JUNE_1).holds
    assert proof_of(june, JULY_1).holds


def test_a_drop_holds_what_follows_back_until_somebody_says_why(printing):
    found = meter(printing)
    read(found, "9900", day(4, 30))
    low = read(found, "250", day(5, 29))
    may = issued(printing, MAY, JUNE_1)
    assert told(may) == [("Prints", "0.00")]
    assert "less than before" in next(
        one["text"] for one in may.checks if one["code"] == "meter"
    )  # fmt: skip
    clients.correct_reading(
        reading=low, value=low.value, drop="reset", reason="new board", by=make.BY, at=day(6, 5)
    )
    [draft] = drafts_of(client=printing, period=JUNE, known_at=JULY_1)
    assert [(line.segment.description, line.amount) for line in draft.lines] == [
        ("Prints, corrected for May 2026", Decimal("3.00")), ("Prints", Decimal("0.00")),
    ]  # fmt: skip


def test_a_plan_and_a_quote_reckon_with_what_meters_showed(printing):
    found = meter(printing)
    read(found, "9000", day(4, 30))
    read(found, "9600", day(5, 29))
    known = Known(printing.pk, JUNE_1)
    terms = read_terms("usage", {"unit_price": "0.02", "measure": "pages", "included": "100"})
    fees = fees_of(
        [("Prints", terms)], MAY, known.meters, "USD", meters=known.readings, zone=known.zone
    )
    assert fees == Decimal("10.00")
    units = known_units([printing.pk])[printing.pk]
    assert used_lately(terms, units, date(2026, 6, 1)) == 600
    [standing] = standings(printing.agreements.all(), JUNE_1).values()
    assert (standing.bill.total, standing.bill.rows[0].estimate.used_in) == (10, "May 2026")


def test_a_change_of_an_agreement_is_quoted_with_what_was_used_lately(printing):
    found = meter(printing)
    read(found, "9000", day(4, 30))
    read(found, "9600", day(5, 29))
    version = printing.agreements.get().versions.get()
    assert [many for _line, many in quotable(version, date(2026, 6, 1))] == [600]


def test_more_than_a_bill_has_room_for_is_said(printing):
    found = meter(printing)
    read(found, "0", day(5, 31))
    read(found, "5000000000000", day(6, 30))
    item = run_of().items.get(client=printing)
    assert (item.state, "no room for so many" in item.error) == ("failed", True)


def test_a_reading_is_not_older_than_ten_years(printing):
    with pytest.raises(Refused, match="ten years"):
        read(meter(printing), "5", datetime(1, 1, 2, tzinfo=UTC), at=JULY_1)
