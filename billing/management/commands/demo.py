"""Create the demo MSP once: half a year of a small provider's life, and keys for its fleet.

Everything is told in one transaction: a killed run leaves nothing, the next one starts again.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from billing.management.demo import (
    cast,
    counted,
    money,
    offers,
    projects,
    setting,
    shop,
    signals,
    work,
)
from contracts.clients.models import Client, Contact
from msp.kit.refs import system
from tenants import context, provision
from tenants.context import Tenant
from tenants.journal import delivery
from tenants.notices import actions as notices


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        msp = self._msp()
        with context.inside(msp):
            if not Client.objects.exists():
                self._tell()
        self._note(msp)

    def _msp(self) -> Tenant:
        """The demo MSP, asked for and built where it is not there yet."""
        for attempt in range(2):
            tenant = provision.opened(
                name=cast.NAME, slug=cast.SLUG, owner_name=cast.STAFF[0][0], zone=cast.ZONE,
                owner_email=setting.address(cast.STAFF[0][0], f"{cast.SLUG}.example"),
                at=datetime.now(UTC),
            )  # fmt: skip
            if tenant is not None:
                return tenant
            if attempt == 0:
                self._build()
        raise CommandError("The demo MSP could not be built; the log of `prepare` says why.")

    def _build(self) -> None:
        """In a process of its own: only the owner's login may create a schema."""
        subprocess.run(  # noqa: S603 - our own interpreter and command
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "build_msps"],
            check=True,
            env={**os.environ, "STEWARD_ROLE": "owner"},
        )

    def _tell(self) -> None:
        story = setting.beginning()
        with transaction.atomic():
            setting.hire(story)
            setting.promise(story)
            shop.stock(story)
            chapters = [
                (story.at(story.month(company.months)), lambda c=company: setting.welcome(story, c))
                for company in cast.COMPANIES
            ]
            for _at, step in sorted(chapters, key=lambda chapter: chapter[0]):
                step()
            steps = work.chapters(story) + money.months(story) + signals.chapters(story)
            steps += counted.chapters(story)
            for number, (_at, step) in enumerate(sorted(steps, key=lambda one: one[0])):
                step()
                if number % 40 == 0:
                    delivery.drain()
            offers.offer(story)
            projects.undertake(story)
            signals.enrol(story, Path(settings.DATA_DIR) / "fleet.json")
            delivery.drain()
            notices.discard_unsent(by=system("Set-up"), at=story.now)
            # What is owed was just run; thousands of messages about it would only be noise.
            connection.run_on_commit.clear()
        self.stdout.write(f"{cast.NAME}: {len(cast.COMPANIES)} clients and half a year of history.")

    def _note(self, msp: Tenant) -> None:
        """What `make demo` prints."""
        mail = setting.address
        note = {
            "slug": msp.slug,
            "name": msp.name,
            "sign_ins": [
                {
                    "who": f"{name}, {role}",
                    "email": mail(name, f"{cast.SLUG}.example"),
                    "password": cast.PASSWORD,
                }
                for name, role in (cast.STAFF[1], cast.STAFF[4], cast.STAFF[0])
            ],
            "watch": signals.WATCH,
        }
        with context.inside(msp):
            guest = Contact.objects.filter(portal_role="admin").order_by("pk").first()
            if guest is not None:
                who = f"{guest.name}, {guest.client.name}"
                note["sign_ins"].append(
                    {
                        "who": who,
                        "email": guest.email,
                        "password": cast.PASSWORD,
                        "path": "/portal/",
                    }
                )
        (Path(settings.DATA_DIR) / "demo.json").write_text(json.dumps(note, indent=1))
