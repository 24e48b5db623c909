"""Build every MSP that was asked for. Needs the owner's login."""

from typing import Any

from django.core.management.base import BaseCommand

from tenants import tasks


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        tasks.build_requested()
