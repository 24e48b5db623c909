"""Service credits as people read and decide them: sound in both themes, within the screen."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser

from billing import actions
from billing.models import Invoice
from contracts import actions as contracts
from tests import make
from tests.billing.conftest import JULY_1, late, promised, run_of
from tests.eyes import seen, watching
from tickets import actions as tickets


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with watching() as opened:
        yield opened


@pytest.mark.timeout(600)
def test_credits_from_the_terms_to_the_bill(cast, browser, ada, cleo, drain) -> None:
    back = {
        "response": {"percent": "5"}, "resolution": {"amount": "120.00"}, "cap_percent": "15",
        "bands": [{"below": "99.9", "percent": "5"}, {"below": "99", "percent": "10"}],
        "lowest_priority": 3,
    }  # fmt: skip
    made = promised(cast.harbor, make.flat("1000.00", description="Care"), back=back)
    late(cast.harbor, 2026, 6, 3, 10)
    late(cast.harbor, 2026, 6, 8, 10)
    run_of()
    bill = Invoice.objects.get(client=cast.harbor)
    first, _second = bill.lines.filter(kind="credit")
    actions.waive_credit(line=first, reason="They asked us to wait.", by=make.BY, at=JULY_1)
    (line,) = bill.lines.filter(kind="credit")
    contracts.amend(agreement=made, effective_on=date(2099, 1, 1), by=make.BY, at=datetime.now(UTC))
    open_one = tickets.open_ticket(
        client=cast.harbor, subject="Server is slow", channel="phone", by=make.BY,
        at=datetime.now(UTC),
    )  # fmt: skip
    pages = {
        "credit-terms": f"/agreements/{made.pk}", "credit-editor": f"/agreements/{made.pk}/edit",
        "credit-bill": f"/invoices/{bill.pk}",
        "credit-line": f"/invoices/{bill.pk}/lines/{line.pk}",
        "credit-waive": f"/invoices/{bill.pk}/lines/{line.pk}/waive",
        "credit-ticket": f"/tickets/{open_one.number}",
    }  # fmt: skip
    assert seen(browser, ada, pages) == {}
    actions.approve(invoices=[bill], by=make.BY, at=JULY_1)
    actions.issue(invoice=bill, by=make.BY, at=JULY_1)
    drain()
    portal = {
        "credit-portal": "/portal/agreement",
        "credit-portal-line": f"/portal/invoices/{bill.pk}/lines/{line.pk}",
    }
    assert seen(browser, cleo, portal) == {}
