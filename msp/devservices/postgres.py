"""One embedded PostgreSQL: made, started, found again after a kill, stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql

from msp.devservices.folders import Account, ServiceTrouble, postgres_bin, private_folder
from msp.devservices.processes import Server, is_running, plain_environment, tail, wait_gone

MAJOR = "18"  # of the wheel in pyproject.toml
PATIENCE = (
    60.0  # seconds; crash recovery of a large folder on a slow disk is the longest start there is
)
# What it says while a killed server's last children or its lock file are still there.
BLOCKED = ("already exists", "is already in use", "shared memory block")

COMMON = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    # Dropping or dumping a schema locks each of its relations.
    "max_locks_per_transaction": "1024",
    "shared_buffers": "128MB",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_checkpoints": "off",
}
FORGETFUL = {  # for tests only: a crash of the machine may lose the folder, which is then made anew
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "5min",
    "max_wal_size": "4GB",
}


@dataclass
class Postgres:
    """The server of one folder. Callers hold the lock of `Servers` while they start or stop it."""

    folder: Path
    sockets: Path
    log: Path
    account: Account
    durable: bool = True
    process: Server | None = None

    def url(self, user: str, database: str) -> str:
        return f"postgresql://{user}@/{database}?host={self.sockets}"

    def connect(self, database: str = "postgres", user: str = "postgres"):  # type: ignore[no-untyped-def]
        """Connect as the superuser: only this package and the tests' plugin may."""
        connection = psycopg2.connect(
            dbname=database, user=user, host=str(self.sockets), connect_timeout=5
        )
        connection.autocommit = True
        return connection

    def answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Start, or go on with the server that already runs on this folder."""
        if self.answers():
            return
        made_by = self.folder / "PG_VERSION"
        if not made_by.exists():
            self._init()
        elif made_by.read_text().strip() != MAJOR:
            raise ServiceTrouble(
                f"{self.folder} was made by PostgreSQL {made_by.read_text().strip()} and this is"
                f" {MAJOR}. Dump it with the old one (docs/operations/upgrade.md), or forget it:"
                " make demo-reset."
            )
        self._configure()
        deadline = time.monotonic() + PATIENCE
        tries = 0
        while not self._attempt(deadline):
            tries += 1
            blocked = any(word in tail(self.log, 3) for word in BLOCKED)
            if time.monotonic() > deadline or (tries > 2 and not blocked):
                raise ServiceTrouble(
                    f"PostgreSQL does not start. The end of {self.log}:\n{tail(self.log)}"
                )
            self._forgive_dead_owner()
            time.sleep(0.3)

    def stop(self) -> None:
        """A fast shutdown: sessions end, a checkpoint is written, nothing is lost."""
        pid = self._owner()
        if pid is None or not is_running(pid, "postgres"):
            return
        os.kill(pid, signal.SIGINT)
        wait_gone(pid, "postgres", self.process, 20.0)

    def drop_folder(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _init(self) -> None:
        """Same sort order on every system: PostgreSQL's own C.UTF-8, no locale of the machine."""
        self.drop_folder()
        private_folder(self.account, self.folder)
        made = subprocess.run(
            [
                str(postgres_bin(self.account) / "initdb"),
                "--pgdata", str(self.folder),
                "--username", "postgres",
                "--auth", "trust",
                "--encoding", "UTF8",
                "--locale-provider", "builtin",
                "--builtin-locale", "C.UTF-8",
                "--locale", "C",
                "--no-instructions",
                "--no-sync",
            ],
            cwd="/",
            env=plain_environment(),
            capture_output=True,
            text=True,
            check=False,
            **self.account.popen,  # type: ignore[call-overload]
        )  # fmt: skip
        if made.returncode:
            self.drop_folder()
            raise ServiceTrouble(f"initdb failed:\n{made.stdout}{made.stderr}")

    def _configure(self) -> None:
        """Write our settings at each start: a newer checkout's reach an older folder."""
        settings = (
            COMMON
            | ({} if self.durable else FORGETFUL)
            | {"unix_socket_directories": f"'{self.sockets}'"}
        )
        own = self.folder / "steward.conf"
        own.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
        self.account.own(own)
        main = self.folder / "postgresql.conf"
        if "include 'steward.conf'" not in main.read_text():
            with main.open("a") as text:
                text.write("\ninclude 'steward.conf'\n")

    def _attempt(self, deadline: float) -> bool:
        """Launch once and wait until it answers; False when it gave up at once."""
        with self.log.open("ab") as log:
            self.process = Server(
                [str(postgres_bin(self.account) / "postgres"), "-D", str(self.folder)],
                cwd="/",
                env=plain_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C in the terminal is for us, not for the servers
                **self.account.popen,  # type: ignore[call-overload]
            )
        while time.monotonic() < deadline:
            if self.answers():
                return True
            if self.process.poll() is not None:
                return False
            time.sleep(0.05)
        return False

    def _forgive_dead_owner(self) -> None:
        """Let a new server pass the lock file of a killed one.

        Without an init process a killed server stays a zombie: its number looks alive, and
        PostgreSQL refuses. PostgreSQL ignores the number of its own parent, so we write ours; it
        still checks by shared memory that no child of the killed server writes to the folder.
        """
        pid = self._owner()
        if pid is None or is_running(pid, "postgres"):
            return
        lock = self.folder / "postmaster.pid"
        lines = lock.read_text().splitlines()
        lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        for leftover in self.sockets.glob(".s.PGSQL.*.lock"):
            leftover.unlink()

    def _owner(self) -> int | None:
        try:
            return int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None


def create_logins(server: Postgres, owner: str, app: str) -> None:
    """The owner may make roles and databases; the app may only log in, and inherits nothing."""
    with closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[owner, app]])
        known = {row[0] for row in cursor.fetchall()}
        if owner not in known:
            make = sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB NOSUPERUSER")
            cursor.execute(make.format(sql.Identifier(owner)))
        if app not in known:  # made by the owner, so that the owner administers it
            cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(owner)))
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(sql.Identifier(app)))


def create_database(server: Postgres, name: str, owner: str) -> None:
    with closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            make = sql.SQL("CREATE DATABASE {} OWNER {}")
            cursor.execute(make.format(sql.Identifier(name), sql.Identifier(owner)))
