"""The decision aid: agreements come out as they were issued, other plans by the same rules."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from billing import actions as billing
from billing.actions.once import OnceLine
from billing.queries import plans
from billing.rules.plans import Assumptions
from contracts import actions as contracts
from contracts.clients import actions as clients
from contracts.clients.models import Client, Device
from contracts.rules.terms import Labour
from msp.kit.periods import month
from tests import make
from tests.billing.conftest import issued
from tests.billing.test_time import log
from tests.tickets.conftest import ny

D = Decimal
AUGUST = datetime(2026, 8, 3, 14, tzinfo=UTC)
ASSUMED = Assumptions(Labour(D(150), 15, 15))
MONTHS = tuple(month(2026, number) for number in (4, 5, 6, 7))


@pytest.fixture
def quill(alpha) -> Client:
    """Devices, hours that roll over, a quarter in advance; three months issued, one running."""
    client = make.client("Quill Accounting", billing_email="bills@quill.example")
    make.agreement(
        client,
        make.per_device("20.00", classes=["laptop"], description="Laptops"),
        make.flat("90.00", description="Backup", every="quarter", timing="advance"),
        make.worked("commitment", "Least", amount="120.00"),
    )
    make.agreement(
        client, make.worked("hours", "Two hours", amount="200.00", hours="2",
                            overage_rate="160.00", rolls=1, work_types=["remote"]),
        name="Hours",
    )  # fmt: skip
    make.device(client, "q-lap-01", "laptop")
    make.device(client, "q-lap-02", "laptop", counts_from_on=datetime(2026, 5, 12).date())  # noqa: DTZ001
    for number, minutes in ((4, 30), (5, 90), (6, 400)):
        log(client, ny(2026, number, 10, 9), minutes)
        issued(client, month(2026, number), ny(2026, number + 1, 1, 9))
    return client


def test_the_present_agreements_come_out_as_they_were_issued(quill: Client) -> None:
    found = plans.compare(quill, MONTHS, ASSUMED, AUGUST)
    assert [one.same for one in found.present] == [True, True, True, False]
    assert [one.why for one in found.present[:3]] == [(), (), ()]
    assert found.present[3].issued is None
    assert all(one.issued for one in found.present[:3])


def test_what_was_learned_since_does_not_move_what_was_issued(quill: Client) -> None:
    device = Device.objects.get(name="q-lap-01")
    clients.retire_device(device=device, on=ny(2026, 5, 2).date(), by=make.BY, at=AUGUST)
    log(quill, ny(2026, 5, 20, 9), 60, at=AUGUST)
    found = plans.compare(quill, MONTHS, ASSUMED, AUGUST)
    assert [one.same for one in found.present[:3]] == [True, True, True]


def test_a_bill_that_is_no_months_is_not_held_against_one(quill: Client) -> None:
    at = ny(2026, 6, 1, 11)
    bill = billing.bill_once(
        client=quill, source_key="quote:1", title="Switch", explanation="", currency="USD",
        lines=[OnceLine("1", "Switch", D(300), D(1))], by=make.BY, at=at,
    )  # fmt: skip
    later = ny(2026, 6, 2, 11)
    billing.approve(invoices=[bill], by=make.BY, at=later)
    billing.issue(invoice=bill, by=make.BY, at=later)
    june = plans.compare(quill, MONTHS, ASSUMED, AUGUST).present[2]
    assert (june.same, len(june.numbers)) == (True, 1)


def test_an_agreement_written_down_late_is_named_as_the_difference(quill: Client) -> None:
    agreement = contracts.draft_agreement(
        client=quill, name="Found in a drawer", starts_on=ny(2026, 5, 1).date(), by=make.BY,
        at=AUGUST,
    )  # fmt: skip
    version = agreement.versions.get()
    contracts.set_lines(version=version, lines=[make.flat("50.00", description="Phone")],
                        level_version=None, by=make.BY, at=AUGUST)  # fmt: skip
    contracts.publish(version=version, backdated=True, by=make.BY, at=AUGUST)
    april, may, *_rest = plans.compare(quill, MONTHS, ASSUMED, AUGUST).present
    assert april.same
    assert not may.same
    assert any("“Phone” was 0.00 and comes to 50.00" in text for text in may.why)


def test_tiers_are_priced_by_their_services(quill: Client) -> None:
    desks, mail = make.service("Desks"), make.service("Mail")
    prices = contracts.add_price_list(name="List", currency="USD", by=make.BY, at=make.STARTED_AT)
    contracts.set_price(
        price_list=prices, service=desks, kind="per_device", starts_on=ny(2026, 1, 1).date(),
        facts={"unit_price": "50.00", "device_classes": ["laptop"]}, by=make.BY,
        at=make.STARTED_AT,
    )  # fmt: skip
    contracts.add_offer(
        kind="tier",
        name="Standard",
        code="standard",
        by=make.BY,
        at=make.STARTED_AT,
        parts=[contracts.PartInput(desks, "in"), contracts.PartInput(mail, "in")],
    )
    found = plans.compare(quill, MONTHS, ASSUMED, AUGUST)
    by_name = {cost.plan.name: cost for cost in found.costs}
    tier = by_name["Standard"]
    assert [one.fees for one in tier.months] == [D("50.00"), D("82.26"), D("100.00"), D("100.00")]
    assert tier.plan.notes == ("Mail has no price in USD and is left out.",)
    assert tier.charged_minutes == 0
    hourly = by_name["By the hour"]
    assert hourly.total == (D(30) + D(90) + D(405)) * 150 / 60


def test_the_page_and_its_paper(quill: Client, fay, ben) -> None:
    here = f"/clients/{quill.slug}/plans?start=2026-04&months=4"
    page = fay.get(here)
    assert page.status_code == 200
    shown = page.content.decode()
    assert shown.count("The same to the cent") == 3
    for words in ("As agreed today", "By the hour", "Prepaid hours", "<svg"):
        assert words in shown
    paper = fay.get(here.replace("plans?", "plans.pdf?"))
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    assert fay.get(f"{here}&rate=-1").status_code == 422
    assert fay.get(f"{here}&start=soon").status_code == 422
    assert ben.get(here).status_code == 403


def test_a_client_without_anything_is_compared_too(alpha, fay) -> None:
    bare = make.client("Bare Minimum")
    assert fay.get(f"/clients/{bare.slug}/plans").status_code == 200
    assert fay.get(f"/clients/{bare.slug}/plans.pdf").status_code == 200
