"""What is delivered once: billed by itself, once, and with the agreement to the accepted cent."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import actions as billing
from billing.models import Invoice
from billing.queries import drafts, evidence, runs
from contracts import actions
from contracts.models import Quote
from contracts.queries import quotes as queries
from msp.kit.periods import month
from msp.kit.refs import Actor
from tenants.journal.delivery import drain
from tests import make
from tests.cast import Cast
from tests.conftest import person

AT = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
WHO = {"by": make.BY, "at": AT}
JULY = month(2026, 7)


def accepted(cast: Cast, lines: list[actions.QuotedInput]) -> Quote:
    """A quote that was sent and accepted, starting with July."""
    made = actions.draft_quote(client=cast.harbor, name="Care", **WHO)
    version = actions.write_quote(
        version=made.versions.get(), options=[actions.OptionInput("All")], lines=lines,
        valid_until_on=date(2026, 6, 30), becomes="published", **WHO,
    )  # fmt: skip
    actions.send_quote(version=version, **WHO)
    actions.accept_quote(
        quote=made, version_number=1, wanted=actions.Wanted("a", (), JULY.start),
        signature=actions.Signature(cast.cleo, "Cleo"), by=Actor("contact", 1, "Cleo"), at=AT,
    )  # fmt: skip
    drain()
    made.refresh_from_db()
    return made


def once(price: str = "33.335", many: int = 3) -> actions.QuotedInput:
    return actions.QuotedInput("Set-up", "once", {"unit_price": price}, Decimal(many))


def test_the_bill_follows_once_and_is_issued_like_any_other(cast: Cast, fay: Browser) -> None:
    quote = accepted(cast, [once(), actions.QuotedInput("Care", "flat", {"amount": "100.00"})])
    bill = Invoice.objects.get()
    assert (bill.state, bill.run, bill.net) == ("draft", None, Decimal("100.01"))
    assert bill.title == f"{quote.number} Care"
    again = billing.bill_once(
        client=cast.harbor, source_key=f"quote:{quote.pk}", title="x", explanation="",
        currency="USD", lines=[], **WHO,
    )  # fmt: skip
    assert (again.pk, Invoice.objects.count()) == (bill.pk, 1)
    shown = fay.get(f"/invoices/{bill.pk}").content.decode()
    assert quote.number in shown
    assert fay.get(f"/invoices/{bill.pk}/lines/{bill.lines.get().pk}").status_code == 200
    assert fay.get("/invoices").status_code == 200
    seen = bill.known_at.isoformat()
    assert fay.post(f"/invoices/{bill.pk}/approve", {"seen": seen}).status_code == 303
    assert fay.post(f"/invoices/{bill.pk}/issue").status_code == 303
    drain()
    bill.refresh_from_db()
    assert (bill.state, bill.number) == ("issued", f"INV-{datetime.now(UTC).year}-0001")
    assert fay.get(f"/invoices/{bill.pk}/invoice.pdf").content.startswith(b"%PDF")
    assert evidence.proof_of(bill, AT).holds
    assert runs.totals_by_month([date(2026, 6, 1)]) == {}
    assert person("Fay").pk is not None


def test_a_client_reads_it_when_it_is_issued(cast: Cast, cleo: Browser) -> None:
    accepted(cast, [once()])
    bill = Invoice.objects.get()
    assert cleo.get(f"/portal/invoices/{bill.pk}").status_code == 404
    billing.approve(invoices=[bill], **WHO)
    billing.issue(invoice=bill, **WHO)
    assert b"Q-0001 Care" in cleo.get(f"/portal/invoices/{bill.pk}").content
    assert b"Q-0001 Care" in cleo.get("/portal/invoices").content


def test_nothing_to_deliver_is_no_bill(cast: Cast) -> None:
    accepted(cast, [actions.QuotedInput("Care", "flat", {"amount": "100.00"})])
    assert not Invoice.objects.exists()


_PRICE = st.decimals(min_value=0, max_value=900, places=4, allow_nan=False, allow_infinity=False)
_OFF = st.sampled_from(["0", "7.5", "12.5", "33.3333", "100"])
_COUNTED = st.fixed_dictionaries(
    {"unit_price": _PRICE.map(str)},
    optional={
        "included": st.integers(0, 3), "minimum": st.integers(0, 5),
        "commit": st.sampled_from(["0", "99.99", "400.00"]), "block": st.integers(1, 4),
        "counting": st.sampled_from(["daily", "peak", "snapshot_start", "touched"]),
    },
)  # fmt: skip


@st.composite
def offers(draw: Any) -> tuple[list[actions.QuotedInput], int, int]:
    """Lines of every kind that bills by the month, with as many units as the client has."""
    desks, people = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    lines = []
    for number in range(draw(st.integers(0, 2))):
        facts = {"amount": str(draw(_PRICE))}
        lines.append(actions.QuotedInput(f"Fee {number}", "flat", facts,
                                         discount=Decimal(draw(_OFF))))  # fmt: skip
    if draw(st.booleans()):
        facts = draw(_COUNTED) | {"device_classes": ["workstation"]}
        lines.append(actions.QuotedInput("Desks", "per_device", facts, Decimal(desks),
                                         discount=Decimal(draw(_OFF))))  # fmt: skip
    if draw(st.booleans()):
        lines.append(actions.QuotedInput("People", "per_user", draw(_COUNTED), Decimal(people),
                                         discount=Decimal(draw(_OFF))))  # fmt: skip
    following = {
        "percentage": {"percent": "7.25"}, "discount": {"percent": "12.5", "amount": "3.33"},
        "commitment": {"amount": "700.00"},
    }  # fmt: skip
    kinds = st.lists(st.sampled_from(sorted(following)), unique=True, max_size=3)
    lines += [actions.QuotedInput(kind, kind, following[kind]) for kind in draw(kinds)]
    for number in range(draw(st.integers(0 if lines else 1, 2))):
        price, many = str(draw(_PRICE)), Decimal(draw(st.integers(1, 5)))
        lines.append(actions.QuotedInput(f"Once {number}", "once", {"unit_price": price}, many,
                                         discount=Decimal(draw(_OFF))))  # fmt: skip
    return lines, desks, people


@settings(
    max_examples=15, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(offer=offers())
def test_what_was_quoted_is_what_is_billed_to_the_cent(cast: Cast, offer: Any) -> None:
    """The first full month's bill and the bill of what is delivered once are the accepted sums."""
    lines, desks, people = offer
    with transaction.atomic():
        for number in range(desks):
            make.device(cast.harbor, f"ws-{number}", "workstation")
        for number in range(people):
            make.contact(cast.harbor, f"P{number}", counts_from_on=date(2026, 1, 1))
        quote = accepted(cast, lines)
        assert quote.conversion_note == ""
        answer = queries.answer_of(quote)
        told = answer.document["accepted"]
        bills = drafts.drafts_of(client=cast.harbor, period=JULY, known_at=AT)
        assert sum((bill.totals.net for bill in bills), Decimal(0)) == Decimal(told["month"])
        apart = sum(Invoice.objects.values_list("net", flat=True), Decimal(0))
        assert apart == Decimal(told["once"])
        transaction.set_rollback(True)
