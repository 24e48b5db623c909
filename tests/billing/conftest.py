"""A month of a client that has been with us since January."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing import actions
from billing.models import Invoice, Run
from contracts.clients.models import Client
from msp.kit.periods import Period, month
from tenants.context import Tenant
from tests import make

JUNE = month(2026, 6)
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
