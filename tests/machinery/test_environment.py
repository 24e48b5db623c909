"""What `ensure_env` completes, and what it leaves alone."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import psycopg2
import pytest

from msp.devservices import environment
from msp.devservices.environment import EnvironmentTrouble, kept_secret, read_dotenv
from tests.databases import Databases

NAMES = ["DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CELERY_BROKER_URL", "STEWARD_ROLE"]


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in [*NAMES, "SECRET_KEY"]:
        monkeypatch.setenv(name, "")  # so that what the code sets is taken back afterwards
        monkeypatch.delenv(name)
    monkeypatch.setenv("STEWARD_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_addresses_are_known_before_servers_run(clean: Path):
    servers = environment.ensure_env(start=False)
    assert servers is not None
    assert not servers.postgres.answers()
    sockets = servers.postgres.sockets
    assert os.environ["DATABASE_URL"] == f"postgresql://steward_app@/steward?host={sockets}"
    assert os.environ["DATABASE_OWNER_URL"] == f"postgresql://steward_owner@/steward?host={sockets}"
    assert os.environ["REDIS_URL"] == f"unix://{sockets}/valkey.sock?db=0"
    broker = f"redis+socket://{sockets}/valkey.sock?virtual_host=0"
    assert os.environ["CELERY_BROKER_URL"] == broker


def test_what_is_given_is_not_embedded(clean: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/steward")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@db/steward")
    monkeypatch.setenv("REDIS_URL", "redis://cache:6379/0")
    assert environment.ensure_env() is None
    assert os.environ["DATABASE_URL"] == "postgresql://app@db/steward"
    assert "CELERY_BROKER_URL" not in os.environ


def test_one_given_login_becomes_two(
    clean: Path, monkeypatch: pytest.MonkeyPatch, databases: Databases
):
    owner = databases.environment()["DATABASE_OWNER_URL"]
    monkeypatch.setenv("DATABASE_URL", owner)
    monkeypatch.setenv("REDIS_URL", databases.environment()["REDIS_URL"])
    environment.ensure_env()
    assert os.environ["DATABASE_OWNER_URL"] == owner
    password = json.loads((clean / "secrets.json").read_text())["app_password"]
    assert f"steward_app:{password}@/" in os.environ["DATABASE_URL"]
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("steward_app",)
    connection.close()


@pytest.mark.parametrize("role", ["web", "worker", "beat"])
def test_parts_without_the_owners_login_never_make_roles(
    clean: Path, monkeypatch: pytest.MonkeyPatch, role: str
):
    monkeypatch.setenv("STEWARD_ROLE", role)
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@nowhere.invalid/steward")
    monkeypatch.setenv("REDIS_URL", "redis://cache:6379/0")
    environment.ensure_env()
    assert "DATABASE_OWNER_URL" not in os.environ


def test_a_login_that_does_not_work_is_explained(clean: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@/steward?host=/nowhere")
    monkeypatch.setenv("REDIS_URL", "redis://cache:6379/0")
    with pytest.raises(EnvironmentTrouble, match="DATABASE_URL: cannot log in there"):
        environment.ensure_env()


def test_secrets_are_made_once_and_closed(tmp_path: Path):
    first = kept_secret(tmp_path / "new", "SECRET_KEY")
    assert len(first) > 50
    assert kept_secret(tmp_path / "new", "SECRET_KEY") == first
    assert kept_secret(tmp_path / "new", "other") != first
    assert stat.S_IMODE((tmp_path / "new" / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) & 0o066 == 0


def test_a_dotenv_fills_only_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("PROBE_GIVEN", "PROBE_PLAIN", "PROBE_QUOTED", "PROBE_EQUALS"):
        monkeypatch.setenv(name, "x")
        monkeypatch.delenv(name)
    monkeypatch.setenv("PROBE_GIVEN", "kept")
    (tmp_path / ".env").write_text(
        "# PROBE_COMMENT=1\nPROBE_GIVEN=lost\nexport PROBE_PLAIN=a b\n"
        "PROBE_QUOTED='c d'\nPROBE_EQUALS=e=f\nnonsense\n"
    )
    read_dotenv(tmp_path / ".env")
    said = [os.environ[f"PROBE_{word}"] for word in ("GIVEN", "PLAIN", "QUOTED", "EQUALS")]
    assert said == ["kept", "a b", "c d", "e=f"]
    assert "# PROBE_COMMENT" not in os.environ
