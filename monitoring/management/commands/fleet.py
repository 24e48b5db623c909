"""The demo's fleet: sends true heartbeats over HTTP, as 150 devices would. Touches no database."""

import argparse
import heapq
import http.client
import json
import random
import secrets
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

SPREAD = 8.0  # seconds over which the first beats are spread
TIMEOUT = 5.0


@dataclass
class Device:
    """One simulated device; `silent_*` are seconds after the fleet's start."""

    name: str
    key: str
    host: str
    kind: str
    period: float
    silent_after_s: float = float("inf")
    silent_for_s: float = 0.0
    sequence: int = 0
    boot_id: str = ""
    figures: dict[str, float] = field(default_factory=dict)

    def is_silent(self, since_start: float) -> bool:
        return self.silent_after_s <= since_start < self.silent_after_s + self.silent_for_s

    def beat(self, dice: random.Random) -> bytes:
        """The next beat; figures wander, the disk of a server only grows."""
        self.sequence += 1
        wander(self.figures, "cpu", dice, 4, 3, 95)
        wander(self.figures, "memory", dice, 1.5, 20, 92)
        self.figures["disk"] = min(97, self.figures["disk"] + dice.random() / 200)
        body: dict[str, Any] = {
            "host": self.name,
            "kind": self.kind,
            "seq": self.sequence,
            "boot_id": self.boot_id,
            "metrics": {name: round(value, 2) for name, value in self.figures.items()},
        }
        if self.sequence == 1:
            body["facts"] = {"agent": "demo fleet", "kind": self.kind}
        return json.dumps(body).encode()


def wander(
    figures: dict[str, float], name: str, dice: random.Random, step: float, low: float, high: float
) -> None:
    figures[name] = min(high, max(low, figures[name] + dice.uniform(-step, step)))


class Fleet:
    """Sends each device's beat when it is due, one after the other over a kept connection."""

    def __init__(self, base: str, devices: list[Device]) -> None:
        parts = urlsplit(base)
        self.address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.dice = random.Random(7)  # noqa: S311 - a demo's weather, not a secret
        self.connection: http.client.HTTPConnection | None = None
        self.refused = 0
        self.started = time.monotonic()
        self.due = [(self.started + self.dice.random() * SPREAD, d.name, d) for d in devices]
        heapq.heapify(self.due)
        for device in devices:
            device.boot_id = secrets.token_hex(4)  # another start is another boot: counting anew
            device.figures = {
                "cpu": self.dice.uniform(5, 40),
                "memory": self.dice.uniform(35, 75),
                "disk": self.dice.uniform(45, 85),
            }

    def run(self) -> None:
        while True:
            at, name, device = self.due[0]
            time.sleep(max(0.0, at - time.monotonic()))
            heapq.heapreplace(
                self.due, (max(at, time.monotonic() - 5) + device.period, name, device)
            )
            if not device.is_silent(time.monotonic() - self.started):
                self.send(device)

    def send(self, device: Device) -> None:
        """One beat, tried twice: the server may have closed the kept connection meanwhile."""
        body = device.beat(self.dice)
        headers = {
            "Host": device.host,
            "Authorization": f"Bearer {device.key}",
            "Content-Type": "application/json",
        }
        for _ in range(2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection(*self.address, timeout=TIMEOUT)
                self.connection.request("POST", "/hb", body, headers)
                answer = self.connection.getresponse()
                answer.read()
                self.refused += answer.status >= 400
                return
            except (OSError, http.client.HTTPException):
                if self.connection is not None:
                    self.connection.close()
                self.connection = None
                time.sleep(0.2)
        self.refused += 1


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--base", required=True, help="where the web part answers, http://…")
        parser.add_argument("--file", default=str(Path(settings.DATA_DIR) / "fleet.json"))

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        try:
            rows = json.loads(Path(options["file"]).read_text())
        except (OSError, ValueError) as error:
            raise CommandError(f"The demo wrote no fleet to {options['file']}: {error}") from error
        known = set(Device.__dataclass_fields__)
        devices = [Device(**{k: v for k, v in row.items() if k in known}) for row in rows]
        self.stdout.write(f"{len(devices)} devices report to {options['base']}.")
        try:
            Fleet(options["base"], devices).run()
        except KeyboardInterrupt:
            self.stdout.write("The fleet stops.")
