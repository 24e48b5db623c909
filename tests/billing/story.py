"""Three months of bills at alpha, for looking at them in a browser.

Runs as a process of its own (`python -m tests.billing.story`) over the environment's database and
prints, as JSON, the numbers the pages are opened with.
"""

import json
import os
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

PASSWORD = "a-long-password"
APRIL, MAY, JUNE = ((2026, number) for number in (4, 5, 6))


def build() -> dict[str, Any]:
    from tenants import context
    from tenants.journal import delivery
    from tenants.models import Msp
    from tests import make

    with context.outside():
        alpha = context.tenant_of(Msp.objects.get(slug="alpha"))
    with context.inside(alpha):
        harbor = _harbor()
        _let_in()
        make.portal(make.contact(harbor, "Cleo", email="cleo@harbor.example"), "admin")
        _let_in()
        _bill(APRIL)
        _work(harbor, 5)
        _bill(MAY)
        _work(harbor, 6)
        _change(harbor)
        facts = _review(harbor)
        delivery.drain()
        return facts


def _harbor() -> Any:
    from tests import make

    client = make.client(
        "Harbor Dental", billing_email="bills@harbor.example", tax_rate=Decimal("8.25"),
        address="1 Quay Street\nPortland", payment_days=15,
    )  # fmt: skip
    site = make.site(client, "Main Street")
    make.agreement(
        client,
        make.per_device("62.00", classes=["workstation"], description="Workstations"),
        make.per_device("145.00", classes=["server"], description="Servers"),
        make.per_user("9.50", description="People, e-mail security"),
        make.flat("150.00", description="Quarterly review"),
    )
    for number in range(1, 13):
        make.device(client, f"hdg-ws-{number:02}", "workstation", site=site)
    make.device(client, "hdg-srv-01", "server", site=site)
    make.contact(client, "Cora", counts_from_on=date(2026, 1, 1))
    for name in ("Quill Accounting", "Alder Architects", "Meridian Tax"):
        other = make.client(name, billing_email="bills@other.example")
        make.agreement(other, make.flat("480.00", description="Everything included"))
    bare = make.client("Fulton Freight")
    make.agreement(bare, make.flat("120.00", description="Help desk"))
    return client


def _let_in() -> None:
    from tenants.people.models import Person

    for person in Person.objects.all():
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])


def _bill(year_month: tuple[int, int]) -> None:
    """A month through to its invoices."""
    from billing import actions
    from msp.kit.periods import day_start, month
    from tests import make

    period = month(*year_month)
    at = day_start(period.end, "America/New_York") + timedelta(hours=9)
    run = actions.open_run(period=period, by=make.BY, at=at)
    actions.count_run(run=run, by=make.BY, at=at)
    for bill in actions.approve(invoices=run.invoices.all(), by=make.BY, at=at):
        actions.issue(invoice=bill, by=make.BY, at=at)


def _change(harbor: Any) -> None:
    """June: two workstations come, one goes in the middle of the month."""
    from contracts.clients import actions as clients
    from contracts.clients.models import Device
    from tests import make

    at = datetime(2026, 6, 19, 15, tzinfo=UTC)
    for name in ("hdg-ws-13", "hdg-ws-14"):
        make.device(harbor, name, "workstation", counts_from_on=date(2026, 6, 12), at=at)
    old = Device.objects.get(name="hdg-ws-05")
    clients.retire_device(device=old, on=date(2026, 6, 19), by=make.BY, at=at)


def _work(harbor: Any, month: int) -> None:
    """An hour and a half for Harbor in a month."""
    from tenants.people.models import Person
    from tests import make
    from tickets import actions

    start = datetime(2026, month, 12, 15, tzinfo=UTC)
    ticket = actions.open_ticket(
        client=harbor, subject="Scanner drops off the network", channel="phone", by=make.BY,
        at=start,
    )  # fmt: skip
    actions.log_time(
        ticket=ticket, person=Person.objects.get(name="Ben"), started_at=start, by=make.BY,
        ended_at=start + timedelta(minutes=90), at=start + timedelta(minutes=90),
    )  # fmt: skip


def _review(harbor: Any) -> dict[str, Any]:
    """June counted and waiting for somebody."""
    from billing import actions
    from billing.models import Invoice
    from msp.kit.periods import month
    from tests import make

    at = datetime(2026, 7, 1, 13, tzinfo=UTC)
    run = actions.open_run(period=month(*JUNE), by=make.BY, at=at)
    actions.count_run(run=run, by=make.BY, at=at)
    issued = Invoice.objects.get(client=harbor, starts_on=date(2026, 5, 1))
    draft = Invoice.objects.get(client=harbor, run=run)
    return {
        "issued": issued.pk,
        "line": issued.lines.get(description="Workstations").pk,
        "draft": draft.pk,
        "time_line": issued.lines.get(kind="time").pk,
        "draft_line": draft.lines.get(description="Workstations").pk,
    }


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    sys.stdout.write(json.dumps(build()))
