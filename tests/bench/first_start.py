"""`make demo` as a newcomer meets it: a fresh clone, empty caches, until the block is printed."""

from __future__ import annotations

import os
import re
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from msp.devservices.environment import CHECKOUT
from tests.bench import ROUNDS, row

READY = "Steward is ready"
LIMIT = 600
NOT_THEIRS = (  # a newcomer has none of these
    "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CELERY_BROKER_URL", "STEWARD_ROLE",
    "STEWARD_DATA", "SECRET_KEY", "PG_DUMP", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV",
)  # fmt: skip


def start(folder: Path, environment: dict[str, str]) -> float:
    """Seconds from `make demo` to its block; then Ctrl-C, and it must end well."""
    began = time.monotonic()
    said: list[str] = []
    with subprocess.Popen(
        ["make", "demo"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as demo:
        try:
            for line in demo.stdout or ():
                said.append(line)
                if READY in line:
                    break
                if time.monotonic() - began > LIMIT:
                    raise RuntimeError(f"Not ready after {LIMIT} s:\n{''.join(said[-40:])}")
            took = time.monotonic() - began
        finally:
            os.killpg(demo.pid, signal.SIGINT)  # what the terminal does with Ctrl-C
            rest = demo.communicate(timeout=60)[0]
    if not said or READY not in said[-1]:
        raise RuntimeError(f"`make demo` ended early:\n{''.join(said[-60:])}{rest}")
    return took


def run() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="steward first start ") as home:
        folder = Path(home) / "steward"
        subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(folder)], check=True)
        environment = {k: v for k, v in os.environ.items() if k not in NOT_THEIRS} | {
            "UV_CACHE_DIR": f"{home}/uv cache",
            "PIP_CACHE_DIR": f"{home}/pip cache",
            "PORT": os.environ.get("BENCH_PORT", "8700"),
        }
        first = start(folder, environment)
        later = [start(folder, environment) for _ in range(ROUNDS)]
        subprocess.run(["make", "demo-reset"], cwd=folder, env=environment, check=True)
        head = (folder / ".git" / "HEAD").read_text().strip()
    commit = re.sub(r"^ref: refs/heads/", "", head)
    next_start = statistics.median(later)
    note = f"clone of {commit} into a folder with spaces; caches of pip and uv empty"
    return [
        row("first_start", first, "s", goal="<= 90 s", met=first <= 90, note=note),
        row("next_start", next_start, "s", goal="<= 12 s", met=next_start <= 12),
    ]
