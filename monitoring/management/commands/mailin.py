"""The intake by mail: takes what backup programs and machines write to the address of a key."""

import argparse
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitoring.ingest import mail


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--listen", default="127.0.0.1:2525", help="host:port to listen at")

    def handle(self, *args: Any, **options: Any) -> None:
        host, _, port = options["listen"].rpartition(":")
        if not host or not port.isdecimal():
            raise CommandError("--listen wants host:port.")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        listener = mail.listener(host, int(port))
        listener.start()
        self.stdout.write(f"Mail is taken at {host}:{port}.")
        stop.wait()
        listener.stop()
