"""The embedded servers' promises, kept with real servers in folders of their own."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from msp.devservices.environment import APP, CHECKOUT, DATABASE, OWNER
from msp.devservices.folders import ServiceTrouble, account
from msp.devservices.postgres import create_database, create_logins
from msp.devservices.processes import is_running
from msp.devservices.servers import Servers


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    one = Servers(tmp_path / "a folder with spaces")
    one.use()
    yield one
    one.leave()
    one.forget()


def pids(servers: Servers) -> list[int]:
    files = [servers.postgres.folder / "postmaster.pid", servers.valkey.folder / "valkey.pid"]
    return [int(file.read_text().split()[0]) for file in files]


def remember(servers: Servers, word: str) -> None:
    with closing(servers.postgres.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        cursor.execute("INSERT INTO kept VALUES (%s)", [word])
    with servers.valkey.client() as valkey:
        valkey.rpush("kept", word)
        valkey.execute_command("WAITAOF", 1, 0, 2000)


def recall(servers: Servers) -> tuple[list[str], list[str]]:
    with closing(servers.postgres.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT word FROM kept")
        rows = [row[0] for row in cursor.fetchall()]
    with servers.valkey.client() as valkey:
        return rows, [word.decode() for word in valkey.lrange("kept", 0, -1)]


def test_a_stop_and_a_start_keep_everything(servers: Servers):
    remember(servers, "first")
    assert servers.leave() is True
    assert not servers.postgres.answers()
    assert not servers.valkey.answers()
    servers.use()
    assert recall(servers) == (["first"], ["first"])


def test_a_kill_of_both_servers_loses_nothing(servers: Servers):
    remember(servers, "before")
    for pid in pids(servers):
        os.kill(pid, signal.SIGKILL)
    servers.use()
    assert recall(servers) == (["before"], ["before"])


def test_a_killed_server_that_nobody_buried_is_passed(servers: Servers):
    """Without an init the killed server stays a zombie and its number looks alive."""
    remember(servers, "before")
    process = servers.postgres.process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    stat_file = Path(f"/proc/{process.pid}/stat")
    if stat_file.exists():  # not reaped: we are its parent and have not asked
        while stat_file.read_text().rpartition(")")[2].split()[0] != "Z":
            time.sleep(0.01)
    assert not is_running(process.pid, "postgres")
    servers.use()
    process.wait()
    assert recall(servers) == (["before"], ["before"])


def test_the_last_user_stops_the_servers_and_no_other(servers: Servers):
    script = (
        "import sys; from pathlib import Path; from msp.devservices.servers import Servers;"
        f"one = Servers(Path({str(servers.folder)!r})).use(); print('in', flush=True);"
        "sys.stdin.readline(); print(one.leave(), flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "in\n"
        assert servers.leave() is False
        assert servers.postgres.answers()
        said, _ = other.communicate("\n", timeout=30)
    assert said == "True\n"
    assert not servers.postgres.answers()


def test_a_user_that_was_killed_leaves_no_lock(servers: Servers):
    script = (
        "import time; from pathlib import Path; from msp.devservices.servers import Servers;"
        f"one = Servers(Path({str(servers.folder)!r})).use(); print('in', flush=True);"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "in\n"
        other.kill()
    assert servers.leave() is True


def test_forgetting_waits_for_nobody_and_takes_from_nobody(servers: Servers):
    second = Servers(servers.folder)
    with pytest.raises(ServiceTrouble, match="Another process uses the servers"):
        second.forget()
    assert servers.postgres.answers()
    servers.leave()
    second.forget()
    assert not servers.postgres.folder.exists()
    assert not servers.valkey.folder.exists()


def test_nobody_else_reaches_the_sockets(servers: Servers):
    found = servers.postgres.sockets.stat()
    assert stat.S_IMODE(found.st_mode) == 0o700
    assert found.st_uid == account().uid
    assert len(os.fsencode(servers.valkey.socket)) < 100
    with closing(servers.postgres.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)
    with servers.valkey.client() as valkey:
        assert valkey.config_get("port") == {"port": "0"}


def test_the_servers_are_set_as_production_needs_them(servers: Servers):
    with closing(servers.postgres.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'postgres'"
        )
        assert cursor.fetchone() == ("b", "C.UTF-8")
        for name, value in {"max_locks_per_transaction": "1024", "fsync": "on"}.items():
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (value,)
    with servers.valkey.client() as valkey:
        assert valkey.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert valkey.config_get("appendonly") == {"appendonly": "yes"}


def test_the_logins_may_do_what_they_need_and_no_more(servers: Servers):
    for _ in range(2):
        create_logins(servers.postgres, OWNER, APP)
        create_database(servers.postgres, DATABASE, OWNER)
    with closing(servers.postgres.connect(DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolinherit, rolbypassrls, rolcanlogin"
            " FROM pg_roles WHERE rolname LIKE 'steward%' ORDER BY 1"
        )
        assert cursor.fetchall() == [
            (APP, False, False, False, False, True),
            (OWNER, False, True, True, False, True),
        ]
        cursor.execute("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'steward'")
        assert cursor.fetchone() == (OWNER,)


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path):
    from msp.devservices.folders import private_folder

    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(ServiceTrouble, match="belongs to somebody else"):
        private_folder(account(), tmp_path / "link")
