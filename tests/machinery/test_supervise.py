"""The supervisor's promises, kept with real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from msp.devservices.environment import CHECKOUT
from msp.supervise import Part, PartFailed, Supervisor, free_port

SLEEPER = ("-c", "import time; print('up', flush=True); time.sleep(60)")

# Only Linux tells children that their parent was killed.
SIGNALS = [signal.SIGTERM, signal.SIGINT] + [signal.SIGKILL] * (sys.platform == "linux")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(true, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def supervisor(tmp_path: Path):
    one = Supervisor(tmp_path)
    yield one
    one.stop()


def test_a_part_that_ends_by_itself_is_named_with_its_last_lines(supervisor: Supervisor):
    command = ("-c", "print('the disk is on fire'); raise SystemExit(3)")
    supervisor.start(Part("web", "web", SLEEPER))
    supervisor.start(Part("worker", "worker", command))
    supervisor.running["worker"].wait(10)
    with pytest.raises(PartFailed) as failure:
        supervisor.check()
    assert "The worker part ended by itself (exit code 3)" in str(failure.value)
    assert "the disk is on fire" in str(failure.value)


def test_stopping_leaves_no_process(supervisor: Supervisor):
    stubborn = "import signal,time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    supervisor.patience = 0.5
    supervisor.start(Part("web", "web", ("-c", stubborn)))
    supervisor.start(Part("beat", "beat", SLEEPER))
    pids = [child.pid for child in supervisor.running.values()]
    supervisor.stop()
    assert not any(alive(pid) for pid in pids)
    assert supervisor.running == {}


def test_only_one_supervisor_runs_a_part_of_a_folder(supervisor: Supervisor, tmp_path: Path):
    supervisor.claim("beat")
    supervisor.note("http://localhost:8000")
    second = Supervisor(tmp_path)
    with pytest.raises(PartFailed) as refusal:
        second.claim("beat")
    assert f"process {os.getpid()}, http://localhost:8000" in str(refusal.value)
    second.claim("worker")
    second.stop()
    supervisor.stop()
    second.claim("beat")
    second.stop()


@pytest.mark.parametrize(
    ("role", "sees"), [("web", 0), ("worker", 0), ("beat", 0), ("owner", 1), ("manage", 1)]
)
def test_only_the_owner_sees_the_owners_login(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, role: str, sees: int
):
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@/x")
    script = "import os; print(int('DATABASE_OWNER_URL' in os.environ), os.environ['STEWARD_ROLE'])"
    supervisor.start(Part("probe", role, ("-c", script)))
    supervisor.running["probe"].wait(10)
    assert (supervisor.logs / "probe.log").read_text() == f"{sees} {role}\n"


def test_a_taken_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port(port) < port + 50


@pytest.mark.parametrize("number", SIGNALS)
def test_parts_die_with_their_supervisor(tmp_path: Path, number: signal.Signals):
    script = textwrap.dedent(
        f"""
        from pathlib import Path
        from msp.supervise import Part, Stopped, Supervisor
        one = Supervisor(Path({str(tmp_path)!r}))
        one.listen()
        one.start(Part("web", "web", {SLEEPER!r}))
        print(one.running["web"].pid, flush=True)
        try:
            one.watch()
        except Stopped:
            one.stop()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.send_signal(number)
        parent.wait(10)
    assert eventually(lambda: not alive(child))
