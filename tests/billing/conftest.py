"""A month of a client that has been with us since January."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from billing import actions
from billing.models import Invoice, Run
from contracts import actions as contracts
from contracts.clients.models import Client
from contracts.models import Agreement
from msp.kit.periods import Period, month
from tenants.context import Tenant
from tests import make
from tests.tickets.conftest import ny
from tickets import actions as tickets
from tickets.models import Ticket

JUNE = month(2026, 6)
BACK = {"response": {"percent": "5"}, "resolution": {"percent": "10"}, "cap_percent": "15"}
JULY_1 = datetime(2026, 7, 1, 13, 0, tzinfo=UTC)  # 9 in the morning in New York


def run_of(period: Period = JUNE, at: datetime = JULY_1) -> Run:
    """The run of a month, opened and counted."""
    run = actions.open_run(period=period, by=make.BY, at=at)
    return actions.count_run(run=run, by=make.BY, at=at)


def issued(client: Client, period: Period = JUNE, at: datetime = JULY_1) -> Invoice:
    """The client's bill of a month, through to its number."""
    run = run_of(period, at)
    bill = Invoice.objects.get(run=run, client=client)
    actions.approve(invoices=[bill], by=make.BY, at=at)
    return actions.issue(invoice=bill, by=make.BY, at=at)


def promised(client: Client, *lines, back: dict | None = None) -> Agreement:
    """An agreement with a service level that gives something back."""
    level = make.level(calendar=make.calendar())
    made = make.agreement(client, *lines, level=level, published=False)
    version = made.versions.get()
    contracts.set_credits(version=version, facts=back or BACK, by=make.BY, at=make.STARTED_AT)
    contracts.publish(version=version, by=make.BY, at=make.STARTED_AT, backdated=True)
    return made


def late(client: Client, *parts: int, subject: str = "Printer is offline") -> Ticket:
    """A request of 8 hours and an answer within one, that nobody touched for a fortnight."""
    ticket = tickets.open_ticket(
        client=client, subject=subject, channel="phone", by=make.BY, at=ny(*parts)
    )
    tickets.breach_due(at=ny(*parts) + timedelta(days=14))
    return ticket


@pytest.fixture
def harbor(alpha: Tenant) -> Client:
    """Two workstations and a server at 10.00 a device, one person at 9.50, and a fee of 100.00."""
    client = make.client(
        "Harbor Dental", billing_email="bills@harbor.example", tax_rate=Decimal("8.25"),
        address="1 Quay Street",
    )  # fmt: skip
    make.agreement(
        client,
        make.per_device("10.00", description="Devices"),
        make.per_user("9.50", description="Users"),
        make.flat("100.00", description="Service desk"),
    )
    make.device(client, "hdg-ws-01", "workstation")
    make.device(client, "hdg-ws-02", "workstation")
    make.device(client, "hdg-srv-01", "server")
    make.contact(client, "Cora", counts_from_on=date(2026, 1, 1))
    return client
