"""A catalogue and agreements at alpha, for looking at them in a browser.

Runs as a process of its own (`python -m tests.contracts.story`) over the environment's database
and prints, as JSON, the numbers the pages are opened with.
"""

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

PASSWORD = "a-long-password"


def build() -> dict[str, Any]:
    from tenants import context
    from tenants.journal import delivery
    from tenants.models import Msp

    with context.outside():
        alpha = context.tenant_of(Msp.objects.get(slug="alpha"))
    with context.inside(alpha):
        facts = _agreed()
        _let_in()
        delivery.drain()
        return facts


def _agreed() -> dict[str, Any]:
    from billing.management.demo import shop
    from billing.management.demo.setting import Story
    from contracts import actions
    from contracts.models import Offer, PriceList, Service
    from tests import make

    now = datetime.now(UTC)
    shop.stock(Story(now))
    harbor = make.client("Harbor Dental", billing_email="bills@harbor.example")
    make.portal(make.contact(harbor, "Cleo", email="cleo@harbor.example"), "admin")
    site = make.site(harbor, "Main Street")
    for number in range(1, 13):
        make.device(harbor, f"hdg-ws-{number:02}", "workstation", site=site)
    server = make.device(harbor, "hdg-srv-01", "server", site=site)
    plan = make.agreement(
        harbor,
        make.per_device("62.00", classes=["workstation"], description="Workstations",
                        service=Service.objects.get(code="managed-workplaces")),
        make.per_device("145.00", classes=["server"], description="Servers"),
        make.flat("240.00", description="Licences", every="year", timing="advance"),
        level=make.level("Complete", calendar=make.calendar("Office hours")),
        ends_on=(now + timedelta(days=50)).date(), published=False,
    )  # fmt: skip
    version = plan.versions.get()
    rows = [
        {"name": "Projects", "verdict": "billable", "work_types": ["project"], "rate": "165"},
        {"name": "Nights", "verdict": "billable", "hour_classes": ["after", "holiday"],
         "multiplier": "1.5"},
        {"name": "Servers by day", "verdict": "no_charge", "owner": "client",
         "device_classes": ["server"], "hour_classes": ["business"]},
    ]  # fmt: skip
    who = {"by": make.BY, "at": make.STARTED_AT}
    actions.set_coverage(version=version, rows=rows, **who)
    actions.change_draft(
        version=version, name=plan.name, effective_on=plan.starts_on, ends_on=plan.ends_on,
        renews_months=12, notice_days=30, uplift_percent=Decimal(3), **who,
    )  # fmt: skip
    actions.publish(version=version, backdated=True, **who)
    actions.amend(
        agreement=plan, effective_on=(now + timedelta(days=10)).date(), by=make.BY, at=now
    )
    return {
        "plan": plan.pk, "server": server.pk, "list": PriceList.objects.get(currency="USD").pk,
        "service": Service.objects.get(code="mail-security").pk,
        "bundle": Offer.objects.get(code="safe-office").pk,
    }  # fmt: skip


def _let_in() -> None:
    from tenants.people.models import Person

    for person in Person.objects.all():
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    sys.stdout.write(json.dumps(build()))
