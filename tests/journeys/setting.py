"""What the journeys begin with, made through actions in the product's own database.

Runs as a process of its own (`python -m tests.journeys.setting`), as the product's parts do, and
prints what the journey needs as JSON.
"""

import json
import os
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from msp.kit.refs import Actor, system

if TYPE_CHECKING:
    from contracts.clients.models import Client

PASSWORD = "a-long-password"
ZONE = "America/New_York"


def build() -> dict[str, str]:
    from contracts.clients import actions as clients
    from monitoring import actions as monitoring
    from msp.kit.periods import anchored, day_start, local_date, month_of
    from tenants import context
    from tenants.models import Msp
    from tenants.people.models import Person

    by, now = system("Tests"), datetime.now(UTC)
    first = anchored(local_date(now, ZONE).replace(day=1), -1)  # last month can be billed
    began = day_start(first, ZONE) - timedelta(days=1)
    with context.outside():
        alpha, beta = (context.tenant_of(Msp.objects.get(slug=slug)) for slug in ("alpha", "beta"))
    for tenant in (alpha, beta):
        with context.inside(tenant):
            for person in Person.objects.all():
                person.set_password(PASSWORD)
                person.save(update_fields=["password"])
    with context.inside(alpha):
        client = clients.add_client(
            name="Harbor Dental", zone=ZONE, by=by, at=began,
            billing_email="bills@harbor.example",
        )  # fmt: skip
        site = clients.add_site(client=client, name="Oak Street", by=by, at=began)
        cleo = clients.add_contact(
            client=client, name="Cleo", email="cleo@harbor.example", site=site,
            counts_from_on=first, by=by, at=began,
        )  # fmt: skip
        clients.open_portal(contact=cleo, role="admin", password=PASSWORD, by=by, at=began)
        device = clients.add_device(
            client=client, name="hdg-srv-01", kind="server", counts_from_on=first, site=site,
            by=by, at=began,
        )  # fmt: skip
        _agree(client, first, by, began)
        _key, token = monitoring.enrol_key(site=site, name="Oak Street", by=by, at=began)
        return {
            "key": token, "device": str(device.pk), "month": f"{first:%Y-%m}",
            "days": f"{month_of(first).days}",
            "price": str(Decimal("154.50")),
        }  # fmt: skip


def _agree(client: "Client", first: date, by: Actor, began: datetime) -> None:
    """Servers and people by the day, under a level that never sleeps."""
    from contracts import actions as contracts

    level = contracts.add_level(
        name="Around the clock", calendar=None, by=by, at=began,
        targets={str(n): {"response": 900, "resolution": 14400} for n in range(1, 5)},
    )  # fmt: skip
    agreement = contracts.draft_agreement(
        client=client, name="Managed Complete", starts_on=first, by=by, at=began
    )
    contracts.set_lines(
        version=agreement.versions.get(), level_version=level, by=by, at=began,
        lines=[
            contracts.LineInput(
                description="Servers", kind="per_device",
                facts={"unit_price": "145.00", "device_classes": ["server"],
                       "counting": "daily"},
            ),
            contracts.LineInput(
                description="People", kind="per_user",
                facts={"unit_price": "9.50", "counting": "daily"},
            ),
        ],
    )  # fmt: skip
    contracts.publish(version=agreement.versions.get(), by=by, at=began, backdated=True)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    sys.stdout.write(json.dumps(build()))
