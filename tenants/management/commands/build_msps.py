"""Build every MSP that was asked for. Needs the owner's login."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tenants import provision, tasks


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--failed", action="store_true", help="try those again that could not be built"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["failed"]:
            self.stdout.write(f"{provision.retry_failed()} tried again.")
        tasks.build_requested()
