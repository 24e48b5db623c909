"""Close an MSP's hosts and stop its background work, or open them again with --reopen."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from msp.kit.refusals import Conflict
from tenants import context, provision


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--reopen", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        act = provision.reopen if options["reopen"] else provision.suspend
        try:
            act(slug=options["slug"], at=datetime.now(UTC))
        except (Conflict, context.NoSuchMsp) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['slug']} is {'open' if options['reopen'] else 'suspended'}.")
