"""The two MSPs of every test, alpha and beta, with the staff of the cast.

Run once by `tests.databases` when it builds a template database, as the owner.
"""

import os
from datetime import UTC, datetime

STARTED_AT = datetime(2026, 1, 1, tzinfo=UTC)
STAFF = (  # who, role
    ("Ada", "owner"),
    ("Ben", "technician"),
    ("Fay", "finance"),
    ("Guy", "viewer"),
)


def build() -> None:
    from django.db import transaction

    from msp.kit.refs import system
    from tenants import context, provision
    from tenants.people import actions as people

    for slug in ("alpha", "beta"):
        with transaction.atomic():
            msp = provision.request(
                name=f"{slug.title()} IT", slug=slug, owner_name="Ada", at=STARTED_AT,
                owner_email=f"ada@{slug}.example", zone="America/New_York",
            )  # fmt: skip
            msp.schema_name = f"t_{slug}"
            msp.save()
        assert provision.build(msp.pk)
        with context.inside(msp):
            for name, role in STAFF[1:]:
                people.invite(
                    email=f"{name.lower()}@{slug}.example", name=name, role=role,
                    by=system("Tests"), at=STARTED_AT,
                )  # fmt: skip


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    build()
