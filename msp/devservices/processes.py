"""What both servers need to know about processes that are not their starter's children any more."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path


class Server(subprocess.Popen[bytes]):
    """A child that outlives us by design: dropping the object means nothing."""

    def __del__(self) -> None:
        """Without the warning that a process still runs."""


def plain_environment() -> dict[str, str]:
    """No LC_*, PG* or LD_* of the person's shell in the server."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LANG": "C",
        "LC_ALL": "C",
        "TZ": "UTC",
    }


def is_running(pid: int, name: str) -> bool:
    """Alive, no zombie, and the program we mean: numbers are used again after a restart."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        if Path("/proc/self/stat").exists():
            return False
        asked = subprocess.run(
            ["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        state, _, command = asked.stdout.strip().partition(" ")
        return bool(state) and state[0] not in "ZX" and name in command
    command, _, rest = text.rpartition(")")
    return rest.split()[0] not in "ZX" and name in command.partition("(")[2]


def wait_gone(pid: int, name: str, process: Server | None, seconds: float) -> bool:
    """Wait for the end; reap it where it is our own child."""
    deadline = time.monotonic() + seconds
    while is_running(pid, name):
        if process is not None:
            process.poll()
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    if process is not None:
        process.poll()
    return True


def tail(log: Path, lines: int = 20) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return "(no log)"
