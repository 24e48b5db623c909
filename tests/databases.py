"""Databases for tests: one template for each set of migrations, one clone for each process.

Everything lives in a cache folder of the person, outside the checkout, and is shared by every
checkout and every pytest process of that person. Who may do what is settled by file locks, which a
killed process gives back by dying.
"""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from psycopg2 import errors, sql

from msp.devservices.environment import APP, CHECKOUT, OWNER, pg_dump
from msp.devservices.locks import Lock, alone
from msp.devservices.postgres import create_logins
from msp.devservices.servers import Servers

SLOTS = 200  # processes at the same time; also the number of Valkey databases
KEEP_TEMPLATES = 4
KEEP_SECONDS = 3600  # side by side checkouts with different migrations would else build in turns
SCHEMA_SOURCES = (  # what a template is made from; a change here builds a new one
    "*/migrations/*.py",  # no "**": it would walk all of .venv
    "*/*/migrations/*.py",
    "tenants/*.py",
    "tenants/provision/*.py",
    "tenants/wall/*.py",
    "tenants/management/commands/prepare.py",
    "tests/world.py",
)


def cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("STEWARD_TEST_CACHE") or Path(base) / "steward-tests")


@functools.cache
def schema_key(checkout: Path = CHECKOUT) -> str:
    """One name for one state of all migrations and of the code that makes tenants."""
    digest = hashlib.sha256()
    found = {path for pattern in SCHEMA_SOURCES for path in checkout.glob(pattern)}
    for path in sorted(found):
        digest.update(f"{path.relative_to(checkout)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


@dataclass
class Databases:
    """This process's place on the shared test servers."""

    folder: Path = field(default_factory=cache_folder)
    durable: bool = False
    slot: int = -1
    started: bool = False
    clones: list[str] = field(default_factory=list)
    _slot_lock: Lock | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.servers = Servers(self.folder, durable=self.durable, valkey_databases=SLOTS)
        self.servers.join()
        self.slot, self._slot_lock = self._claim()

    @property
    def name(self) -> str:
        return f"test_{self.slot}"

    def environment(self, name: str | None = None) -> dict[str, str]:
        """The addresses are known before the servers run."""
        postgres, valkey = self.servers.postgres, self.servers.valkey
        return {
            "DATABASE_URL": postgres.url(APP, name or self.name),
            "DATABASE_OWNER_URL": postgres.url(OWNER, name or self.name),
            "REDIS_URL": valkey.url(self.slot),
            "CELERY_BROKER_URL": valkey.broker_url(self.slot),
            "PG_DUMP": pg_dump(),
        }

    def start(self) -> None:
        """Servers, template, a clone for this process, an empty Valkey database."""
        if self.started:
            return
        self.servers.use()
        with alone(self.folder / "logins.lock"):
            create_logins(self.servers.postgres, OWNER, APP)
        self._drop_like(f"{self.name}", f"{self.name}\\_%")
        self.clone(self.name)
        with closing(self.servers.valkey.client(self.slot)) as valkey:
            valkey.flushdb()
        self.started = True

    def clone(self, name: str) -> dict[str, str]:
        """One more database with alpha and beta in it, and the environment that leads there."""
        template = self._template()
        with closing(self.servers.postgres.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER)
                )
            )
            self._copy_grants(cursor, template, name)
        self.clones.append(name)
        return self.environment(name)

    def another(self) -> dict[str, str]:
        """A second database of this process: for a server of its own in a browser test."""
        return self.clone(f"{self.name}_{len(self.clones)}")

    def renew(self) -> None:
        """This process's database as the template has it, after a test that committed."""
        from django.db import connections

        self._drop([self.name])
        connections.close_all()  # one that was open until now is dead and does not know it
        self.clones.remove(self.name)
        self.clone(self.name)
        with closing(self.servers.valkey.client(self.slot)) as valkey:
            valkey.flushdb()

    def drop(self, environment: dict[str, str]) -> None:
        name = environment["DATABASE_URL"].partition("@/")[2].partition("?")[0]
        self._drop([name])
        self.clones.remove(name)

    def stop(self) -> None:
        """Leave nothing behind; the last process also sweeps up and stops the servers.

        Every process joins at once and leaves last, though it may never use the servers: under
        xdist the workers are hurried out, and it is their controller that sweeps.
        """
        if self.started:
            self.started = False
            self._drop(self.clones)
            self.clones.clear()
        if self.servers.alone() and self.servers.postgres.answers():
            self._drop_like("test\\_%", "building\\_%")
            self._drop_unused_roles()
        self.servers.leave()
        if self._slot_lock is not None:
            self._slot_lock.leave()
            self._slot_lock = None

    def _claim(self) -> tuple[int, Lock]:
        slots = self.folder / "slots"
        slots.mkdir(exist_ok=True)
        for number in range(1, SLOTS):
            lock = Lock(slots / str(number))
            if lock.take():
                return number, lock
            lock.leave()
        raise RuntimeError(f"{SLOTS} test processes hold locks in {slots}.")

    def _template(self) -> str:
        """The template of the current migrations, built by whoever comes first."""
        name = f"template_{schema_key()}"
        with alone(self.folder / f"{name}.lock"):
            if not self._exists(name):
                self._build(name)
            (self.folder / f"{name}.used").touch()
        with alone(self.folder / "collect.lock"):
            self._collect(name)
        return name

    def _build(self, name: str) -> None:
        """Build under another name, so that a killed build is never taken for a template."""
        building = name.replace("template_", "building_")
        self._drop([building])
        with closing(self.servers.postgres.connect()) as connection, connection.cursor() as cursor:
            make = sql.SQL("CREATE DATABASE {} OWNER {}")
            cursor.execute(make.format(sql.Identifier(building), sql.Identifier(OWNER)))
        build_template(self.environment(building))
        with closing(self.servers.postgres.connect()) as connection, connection.cursor() as cursor:
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            cursor.execute(rename.format(sql.Identifier(building), sql.Identifier(name)))

    def _collect(self, current: str) -> None:
        """Drop templates that nobody used for a while, except the newest few."""
        used = sorted(
            self.folder.glob("template_*.used"), key=lambda note: note.stat().st_mtime, reverse=True
        )
        old = time.time() - KEEP_SECONDS
        for note in used[KEEP_TEMPLATES:]:
            if note.stem != current and note.stat().st_mtime < old:
                self._drop([note.stem])
                note.unlink()
                (self.folder / f"{note.stem}.lock").unlink(missing_ok=True)

    def _exists(self, name: str) -> bool:
        with closing(self.servers.postgres.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return cursor.fetchone() is not None

    def _copy_grants(self, cursor, template: str, name: str) -> None:  # type: ignore[no-untyped-def]
        """CREATE DATABASE copies no privileges of the database itself."""
        cursor.execute(
            "SELECT coalesce(pg_get_userbyid(nullif(a.grantee, 0)), 'public'), a.privilege_type"
            " FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = %s",
            [template],
        )
        grants = cursor.fetchall()
        if not grants:
            return
        target = sql.Identifier(name)
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(target))
        for grantee, privilege in grants:
            who = sql.SQL("PUBLIC") if grantee == "public" else sql.Identifier(grantee)
            grant = sql.SQL("GRANT {} ON DATABASE {} TO {}")
            cursor.execute(grant.format(sql.SQL(privilege), target, who))

    def _drop_like(self, *patterns: str) -> None:
        with closing(self.servers.postgres.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE ANY(%s)", [list(patterns)]
            )
            names = [row[0] for row in cursor.fetchall()]
        self._drop(names)

    def _drop(self, names: list[str]) -> None:
        with closing(self.servers.postgres.connect()) as connection, connection.cursor() as cursor:
            for name in names:
                drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                cursor.execute(drop.format(sql.Identifier(name)))

    def _drop_unused_roles(self) -> None:
        """Roles belong to the whole server: those of dropped databases' tenants would pile up."""
        with closing(self.servers.postgres.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolname FROM pg_roles r WHERE rolname ~ '^[tp]_[a-z0-9]+$' AND NOT EXISTS"
                " (SELECT 1 FROM pg_shdepend d WHERE d.refobjid = r.oid AND d.dbid <> 0)"
            )
            for (name,) in cursor.fetchall():
                try:
                    cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
                except errors.DependentObjectsStillExist:
                    continue


def build_template(environment: dict[str, str]) -> None:
    """Migrate by the house's own `prepare`, then make the two tenants of every test.

    In processes of their own: this one may not have loaded Django yet, and must not hold a
    connection.
    """
    surroundings = {**os.environ, **environment, "STEWARD_ROLE": "owner"}
    for command in (["manage.py", "prepare"], ["-m", "tests.world"]):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=CHECKOUT,
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = f"{done.stdout[-4000:]}{done.stderr[-4000:]}"
            raise RuntimeError(f"{' '.join(command)} failed:\n{said}")
