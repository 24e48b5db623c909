"""`manage.py up` as a person runs it, over a database of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from msp.devservices.environment import CHECKOUT
from msp.up import block

READY = "Steward is ready"


@contextmanager
def up(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Running until the block is printed; what is left of it is ended afterwards."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "up", *arguments],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            said = [process.stdout.readline() if process.stdout else ""]
            while said[-1] and READY not in said[-1]:
                said.append(process.stdout.readline() if process.stdout else "")
            assert READY in said[-1], "".join(said)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)


@pytest.fixture(scope="module")
def surroundings(
    second_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    data = tmp_path_factory.mktemp("a folder with spaces")
    return {
        **{name: value for name, value in os.environ.items() if name != "STEWARD_ROLE"},
        **second_database,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "STEWARD_DATA": str(data),
    }


def child_of(pid: int) -> int:
    if Path("/proc/self/stat").exists():
        stats = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it ended meanwhile
                stats.append(stat.read_text())
        pairs = [(int(s.split()[0]), int(s.rpartition(")")[2].split()[1])) for s in stats]
    else:
        listed = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, check=True)
        pairs = [(int(n), int(m)) for n, m in map(str.split, listed.stdout.decode().splitlines())]
    return next(child for child, parent in pairs if parent == pid)


def test_ctrl_c_ends_it_well_and_a_second_start_is_refused(surroundings: dict[str, str]):
    command = [sys.executable, "manage.py", "up", "--parts", "beat"]
    with up(surroundings, "--parts", "beat") as first:
        second = subprocess.run(
            command, cwd=CHECKOUT, env=surroundings, capture_output=True, text=True, check=False
        )
        assert second.returncode == 1
        assert f"The beat part of this folder runs already (process {first.pid}" in second.stderr
        first.send_signal(signal.SIGINT)
        rest, _ = first.communicate(timeout=40)
    assert first.returncode == 0
    assert rest.strip().endswith("Stopping ...")
    assert "Traceback" not in rest


def test_a_part_that_dies_takes_the_rest_with_it_and_shows_its_log(surroundings: dict[str, str]):
    with up(surroundings, "--parts", "beat") as running:
        os.kill(child_of(running.pid), signal.SIGKILL)
        rest, _ = running.communicate(timeout=40)
    assert running.returncode == 1
    assert "The beat part ended by itself (killed by SIGKILL)" in rest
    assert "logs/beat.log:" in rest


def test_a_part_nobody_knows_is_named(surroundings: dict[str, str]):
    done = subprocess.run(
        [sys.executable, "manage.py", "up", "--parts", "wep"],
        cwd=CHECKOUT, env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "There is no part called wep." in done.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_named(surroundings: dict[str, str], port: str):
    done = subprocess.run(
        [sys.executable, "manage.py", "up", "--parts", "web"], cwd=CHECKOUT,
        env={**surroundings, "PORT": port}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"PORT is {port!r}; it must be a number from 1 to 65535." in done.stderr


def test_a_missing_secret_is_named(surroundings: dict[str, str], tmp_path: Path):
    """An installation with servers of its own gets no secret of ours."""
    without = {k: v for k, v in surroundings.items() if k != "SECRET_KEY"}
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=CHECKOUT, env=without, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "SECRET_KEY is not set. See .env.example for what it means." in done.stderr


def test_the_block_says_who_signs_in_where_and_what_to_watch(tmp_path: Path):
    staff = {"who": "Ada, owner", "email": "ada@acme.example", "password": "word-1"}
    guest = {"who": "Cleo", "email": "cleo@b.example", "password": "word-2", "path": "/portal/"}
    story = {
        "slug": "acme",
        "name": "Acme IT",
        "sign_ins": [staff, guest],
        "watch": ["A beat stops."],
    }
    (tmp_path / "demo.json").write_text(json.dumps(story))
    said = block(8001, tmp_path, 7.2, demo=True).splitlines()
    assert "Steward is ready after 7 s." in said
    assert "  Sign up a new MSP   http://localhost:8001" in said
    home, portal = (
        said.index("    http://acme.localhost:8001/"),
        said.index("    http://acme.localhost:8001/portal/"),
    )
    assert said[home + 1] == "    Ada, owner  ada@acme.example  word-1"
    assert said[portal + 1] == "    Cleo        cleo@b.example    word-2"
    assert "    A beat stops." in said
