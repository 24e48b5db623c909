"""`python -m msp.probe PART`: is the part in this container alive? For health checks; 0 = yes."""

from __future__ import annotations

import os
import socket
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

BEAT_SCHEDULE = Path("/tmp/beat-schedule")  # noqa: S108 - where docker-compose.yml tells beat to write
BEAT_WRITES_WITHIN = 600.0  # seconds; it saves every three minutes


def web() -> bool:
    """It says that it and what it needs are ready; asked for by a host it knows as its own."""
    host = os.environ.get("PUBLIC_HOSTS", "localhost").split(",")[0].strip()
    request = urllib.request.Request("http://127.0.0.1:8000/readyz", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=4) as response:
        return bool(response.status == 200)


def worker(name: str = "worker") -> bool:
    """It answers over the broker, so it also takes work from there."""
    from msp.celery import app

    node = f"{name}@{socket.gethostname()}"
    return bool(app.control.inspect([node], timeout=10).ping())


def sender() -> bool:
    return worker("sender")


def owner() -> bool:
    return worker("owner")


def beat() -> bool:
    return time.time() - BEAT_SCHEDULE.stat().st_mtime < BEAT_WRITES_WITHIN


PARTS: dict[str, Callable[[], bool]] = {
    "web": web, "worker": worker, "sender": sender, "owner": owner, "beat": beat,
}  # fmt: skip


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in PARTS:
        sys.stderr.write(f"One of: {', '.join(PARTS)}\n")
        return 2
    try:
        return 0 if PARTS[arguments[0]]() else 1
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
