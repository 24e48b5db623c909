"""The intake and a worker running, with tools of others beside them that report to it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from msp.devservices.environment import CHECKOUT, environment_of
from msp.supervise import _die_with_parent
from tenants import context
from tenants.models import Domain
from tests.bench._product import free_port, ticking
from tests.monitoring.estate import Estate, estate

SENDERS = Path(sys.prefix) / "senders"  # .ci/senders
DEBIAN = SENDERS / "debian"
HOST = "127.0.0.1"  # whose address is the MSP's here: no tool has to find a name
TICK = 0.3  # seconds; beat says the same each second or two
TASKS = ("monitoring.tasks.drain", "monitoring.tasks.sweep", "tenants.journal.tasks.sweep")


def debian(name: str) -> str:
    """A program of a Debian package (.ci/senders)."""
    found = next(DEBIAN.glob(f"usr/*bin/{name}"), None)
    if found is None:
        pytest.fail(
            f"{name} is not in {DEBIAN}. Debian and Ubuntu: sh .ci/senders. Elsewhere leave such"
            " tests out: make test ARGS='-m \"not debian\"'"
        )
    return str(found)


def python_of_senders() -> str:
    """The Python that has Glances and the Healthchecks client."""
    found = SENDERS / "python" / "bin" / "python"
    if not found.exists():
        pytest.fail("Run sh .ci/senders: Glances and the Healthchecks client are not here.")
    return str(found)


def until(condition: Callable[[], Any], said: Callable[[], object] = str) -> Any:
    """Wait for something to be true, for half a minute at most; what it was."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"It did not come to that. {said()}")


@dataclass
class Live:
    """The parts that run, and the tools that report to them, each with a log of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    alpha: Any = None
    where: Any = None
    ports: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"http://{HOST}:{self.port}/"

    def run(self, name: str, *command: str, **environment: str) -> None:
        """Start something; it ends with the tests, however they end."""
        libraries = ":".join(str(one) for one in DEBIAN.glob("usr/lib/*-linux-gnu"))
        given = {"LD_LIBRARY_PATH": libraries} if command[0].startswith(str(DEBIAN)) else {}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=CHECKOUT, env=os.environ | given | environment, stdout=log, stderr=log,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
                start_new_session=True,
            )  # fmt: skip

    def end(self, name: str, number: int = signal.SIGTERM) -> None:
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def end_all(self) -> None:
        for name in list(self.running):
            self.end(name, signal.SIGKILL)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def listen(self) -> None:
        """The intake, at the same address each time."""
        self.run(
            "web", sys.executable, "-m", "granian", "--interface", "wsgi", "msp.wsgi:application",
            "--no-ws", "--http", "1", "--host", HOST, "--port", str(self.port), "--workers", "1",
            "--blocking-threads", "4", **environment_of("web", dict(os.environ)),
        )  # fmt: skip
        until(self._answers, lambda: self.log("web"))

    def _answers(self) -> bool:
        with socket.socket() as knock:
            return knock.connect_ex((HOST, self.port)) == 0

    def work(self) -> None:
        self.run(
            "worker", sys.executable, "-m", "celery", "-A", "msp.celery:app", "worker", "-c", "1",
            "-Q", "default,ingest", "-l", "error", "--without-gossip", "--without-mingle",
            STEWARD_ROLE="worker", DJANGO_SETTINGS_MODULE="tests.settings",
        )  # fmt: skip

    def conf(self, name: str, text: str) -> str:
        """A file of a tool's settings, for its owner alone."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o700)
        return str(path)


@contextmanager
def live(databases: Any, folder: Path) -> Iterator[Live]:
    """Web, worker and what beat does, over this process's database; it is new afterwards."""
    with databases.servers.valkey.client(databases.slot) as valkey:
        valkey.flushdb()
    made = Live(folder)
    made.alpha = next(one for one in context.ready() if one.slug == "alpha")
    with context.outside():
        Domain.objects.create(domain=HOST, tenant_id=made.alpha.id, is_primary=False)
    with ExitStack() as stack:
        stack.callback(databases.renew)
        stack.callback(_close)
        stack.enter_context(context.inside(made.alpha))
        made.where = estate()
        stack.callback(made.end_all)
        made.work()
        made.listen()
        stack.enter_context(ticking(*TASKS, each=TICK))
        yield made


def _close() -> None:
    from django.db import connections

    connections.close_all()


__all__ = ["Estate", "Live", "debian", "live", "python_of_senders", "until"]
