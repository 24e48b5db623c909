"""What a newcomer relies on: the lock, the list of variables, the one-word commands."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from msp.devservices.environment import CHECKOUT

WORDS = ["setup", "demo", "demo-reset", "test", "check", "fmt", "bench", "run", "worker", "beat"]
LOCKS = ["requirements.lock", "requirements-dev.lock", ".ci/uv.lock", ".ci/senders.lock"]
NOT_OURS = {"PATH", "HOME", "XDG_CACHE_HOME", "DJANGO_SETTINGS_MODULE", "PYTHONUNBUFFERED", "CI"}
READS = re.compile(
    r"""(?:env\.read\.\w+|read\.\w+|env\.required|required|os\.environ(?:\.get|\.setdefault)?|getenv)"""
    r"""[\(\[]\s*["']([A-Z][A-Z_]+)["']"""
)


def sources() -> list[Path]:
    rooms = ["msp", "tenants", "contracts", "tickets", "monitoring", "billing"]
    return [CHECKOUT / "manage.py"] + [p for r in rooms for p in (CHECKOUT / r).rglob("*.py")]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_hashes_and_no_address(name: str):
    text = (CHECKOUT / name).read_text()
    pins = re.findall(r"^[a-z0-9][\w.\[\]-]*==\S+.*(?:\n    --hash=\S+.*)*", text, re.MULTILINE)
    assert pins
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert not re.search(r"https?://|file://|--index|--find-links", text)


def test_the_locks_agree():
    def pins(name: str) -> dict[str, str]:
        found = re.findall(
            r"^([a-z0-9][\w.-]*)==(\S+)", (CHECKOUT / name).read_text(), re.MULTILINE
        )
        return dict(found)

    runtime, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert runtime.items() <= development.items()
    assert pins(".ci/uv.lock").items() <= development.items()


def test_every_variable_that_is_read_is_explained():
    explained = set(re.findall(r"^#?([A-Z_]+)=", (CHECKOUT / ".env.example").read_text(), re.M))
    read = {name for path in sources() for name in READS.findall(path.read_text())}
    assert sorted(read - explained - NOT_OURS) == []


def test_every_variable_of_the_compose_file_is_explained():
    explained = set(re.findall(r"^#?([A-Z_]+)=", (CHECKOUT / ".env.example").read_text(), re.M))
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", (CHECKOUT / "docker-compose.yml").read_text()))
    assert sorted(asked - explained) == []


def test_the_example_sets_nothing_by_itself():
    """Copied as it is, it changes nothing and holds no secret."""
    lines = (CHECKOUT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


@pytest.mark.parametrize("word", WORDS)
def test_make_knows_the_word(word: str):
    dry = ["make", "--dry-run", "--no-print-directory", word]
    done = subprocess.run(dry, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_continuous_integration_runs_make_test_and_nothing_else():
    lines = (CHECKOUT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec make test"]


def test_hooks_fetch_nothing():
    hooks = yaml.safe_load((CHECKOUT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]


@pytest.mark.parametrize("script", [".ci/setup", ".ci/browser", ".ci/senders", ".ci/lock"])
def test_scripts_are_plain_shell(script: str):
    subprocess.run(["sh", "-n", script], cwd=CHECKOUT, check=True)
