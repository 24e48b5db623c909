"""`manage.py up`: every part of Steward as child processes of one, which fall and rise together.

Why our own: after `kill -9` of a common process manager its children lived on, a second start ran a
second beat, and two web servers shared one port. Here:

1. Each part has a lock; whoever holds it runs that part from this folder, and nobody else does.
2. Children die with us, however we die (Linux tells them; elsewhere a clean end does).
3. A part that ends by itself stops the whole, and the last lines it wrote are shown.
4. One Ctrl-C stops all and waits; a second one does not wait.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from msp.devservices.environment import CHECKOUT, environment_of
from msp.devservices.locks import Lock
from msp.devservices.processes import tail

READY_WITHIN = 90.0
BROKEN_FOR = 3.0


class Stopped(Exception):
    """Somebody asked us to stop."""


class PartFailed(RuntimeError):
    """A part ended by itself."""


@dataclass(frozen=True)
class Part:
    """One process of Steward: what it is called, what it runs, which logins it is given."""

    name: str
    role: str
    command: tuple[str, ...]


def parts_of(port: int) -> dict[str, Part]:
    celery = ("celery", "-A", "msp.celery:app")
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")
    data = Path(os.environ["STEWARD_DATA"])
    host = os.environ.get("HOST", "127.0.0.1")
    web = (
        *("granian", "--interface", "wsgi", "msp.wsgi:application", "--no-ws", "--http", "1"),
        *("--host", host, "--port", str(port)),
        *("--workers", os.environ.get("WEB_WORKERS", "2"), "--blocking-threads", "4"),
        *("--backpressure", "128", "--workers-kill-timeout", "10"),
    )
    worker = (*celery, "worker", "-Q", "default,ingest", "-n", "worker@%h", "-c", "2", *quiet)
    # What waits for others has a process of its own: no beat waits behind a slow endpoint.
    sender = (*celery, "worker", "-Q", "sending", "-n", "sender@%h", "-c", "2", *quiet)
    owner = (*celery, "worker", "-Q", "owner", "-n", "owner@%h", "--pool", "solo", *quiet)
    beat = (*celery, "beat", "-s", str(data / "beat-schedule"), "--pidfile=", "--loglevel", "INFO")
    fleet = ("manage.py", "fleet", "--base", f"http://127.0.0.1:{port}")
    mail = ("manage.py", "mailin", "--listen", os.environ.get("INTAKE_SMTP", "127.0.0.1:2525"))
    listed = [
        Part("web", "web", ("-m", *web)),
        Part("worker", "worker", ("-m", *worker)),
        Part("sender", "worker", ("-m", *sender)),
        Part("owner", "owner", ("-m", *owner)),
        Part("beat", "beat", ("-m", *beat)),
        Part("mail", "web", mail),
        Part("fleet", "web", fleet),
    ]
    return {part.name: part for part in listed}


@dataclass
class Supervisor:
    """Starts parts, watches them, stops them."""

    data: Path
    patience: float = 20.0  # seconds the parts have to finish what they are doing
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _locks: dict[str, Lock] = field(default_factory=dict)
    _asked: int = 0  # how often somebody asked us to stop
    _foreground: subprocess.Popen[bytes] | None = None

    @property
    def logs(self) -> Path:
        folder = self.data / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)

    def claim(self, name: str) -> None:
        """Take the part's lock, or say who has it."""
        path = self.data / f"{name}.lock"
        lock = Lock(path)
        if not lock.take():
            lock.leave()
            raise PartFailed(
                f"The {name} part of this folder runs already"
                f" ({path.read_text().strip() or 'another process'}).\n"
                f"Stop it first with Ctrl-C where it was started. Folder: {self.data}"
            )
        path.write_text(f"process {os.getpid()}")
        self._locks[name] = lock

    def note(self, where: str) -> None:
        """Let a second start say where the first one is found."""
        for lock in self._locks.values():
            lock.path.write_text(f"process {os.getpid()}, {where}")

    def run(self, name: str, role: str, *command: str) -> None:
        """Run a command to its end, showing what it says; its failure is ours."""
        with (self.logs / f"{name}.log").open("wb") as log:
            child = self._foreground = self._spawn(name, role, command, subprocess.PIPE)
            for line in child.stdout or ():
                log.write(line)
                log.flush()
                sys.stdout.buffer.write(b"    " + line)
                sys.stdout.flush()
            code = child.wait()
        self._foreground = None
        del self.running[name]
        if self._asked:
            raise Stopped
        if code:
            raise PartFailed(f"`{' '.join(command)}` failed ({_ending(code)}).")

    def start(self, part: Part) -> None:
        """Start a part; its log of the time before is kept once."""
        log = self.logs / f"{part.name}.log"
        if log.exists():
            log.replace(log.with_suffix(".before.log"))
        with log.open("wb") as out:
            self._spawn(part.name, part.role, part.command, out)

    def check(self) -> None:
        """Raise when somebody asked us to stop, and for the first part that ended by itself."""
        if self._asked:
            raise Stopped
        for name, child in self.running.items():
            code = child.poll()
            if code is not None:
                log = self.logs / f"{name}.log"
                raise PartFailed(
                    f"The {name} part ended by itself ({_ending(code)}). The end of {log}:\n\n"
                    f"{tail(log, 30)}"
                )

    def wait_ready(self, url: str) -> None:
        """Until the web part says that it and what it needs are ready."""
        deadline = time.monotonic() + READY_WITHIN
        while True:
            self.check()
            said = _answer(url)
            if said == "":
                return
            if "status 500" in said:  # broken, not starting: no use waiting long
                deadline = min(deadline, time.monotonic() + BROKEN_FOR)
            if time.monotonic() > deadline:
                log = self.logs / "web.log"
                raise PartFailed(
                    f"{url} is not ready: {said}\nThe end of {log}:\n\n{tail(log, 30)}"
                )
            time.sleep(0.1)

    def watch(self) -> None:
        while True:
            self.check()
            time.sleep(0.3)

    def stop(self) -> None:
        """Ask all to finish, wait, and end whoever does not."""
        asked = self._asked
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + self.patience
        while any(child.poll() is None for child in self.running.values()):
            if time.monotonic() > deadline or self._asked > max(1, asked):
                break
            time.sleep(0.05)
        for child in self.running.values():
            try:  # also what a part left behind in its session
                os.killpg(child.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
            child.wait()
        self.running.clear()
        for lock in self._locks.values():
            lock.leave()
        self._locks.clear()

    def _spawn(
        self, name: str, role: str, command: tuple[str, ...], out: int | IO[bytes]
    ) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, *command],
            cwd=CHECKOUT,
            env=environment_of(role, dict(os.environ)) | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches us alone, and we stop the parts in order
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        self.running[name] = child
        return child

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Only note it: an exception here could come between a child's start and its entry."""
        self._asked += 1
        if self._foreground is not None and self._foreground.poll() is None:
            self._foreground.terminate()


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_SET_PARENT_DEATH_SIGNAL = 1


def _die_with_parent() -> None:
    """In the child: the kernel sends SIGTERM when our parent is gone."""
    if _libc is not None:
        _libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def _ending(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _answer(url: str) -> str:
    """Nothing when it is ready, else what it said."""
    try:
        with urllib.request.urlopen(url, timeout=3) as response:
            return "" if response.status == 200 else f"status {response.status}"
    except urllib.error.HTTPError as error:
        return f"status {error.code}: {error.read(500).decode(errors='replace')}"
    except OSError as error:
        return str(error)


def free_port(wanted: int, tries: int = 50) -> int:
    """The wanted port, or the next one nobody listens on."""
    for port in range(wanted, wanted + tries):
        if not any(_listens(host, port) for host in ("127.0.0.1", "::1")) and _can_bind(port):
            return port
    raise PartFailed(f"PORT: no free port from {wanted} to {wanted + tries - 1}.")


def _listens(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as knock:
            knock.settimeout(0.5)
            return knock.connect_ex((host, port)) == 0
    except OSError:
        return False


def _can_bind(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            own.bind((os.environ.get("HOST", "127.0.0.1"), port))
        except OSError:
            return False
    return True
