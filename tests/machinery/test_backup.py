"""The commands of docs/operations/backup.md, run: what was dumped comes back, wall and all."""

from __future__ import annotations

import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from msp.devservices.environment import APP, OWNER
from msp.devservices.folders import postgres_bin
from msp.devservices.postgres import Postgres
from msp.devservices.servers import Servers
from tests.databases import Databases


def run(server: Postgres, tool: str, *arguments: str, feed: bytes = b"") -> bytes:
    command = [
        str(postgres_bin(server.account) / tool),
        f"--host={server.sockets}",
        "-U",
        "postgres",
    ]
    done = subprocess.run([*command, *arguments], input=feed, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def counts(server: Postgres, database: str) -> dict[str, int]:
    """Rows of every table of the house."""
    with closing(server.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname IN ('public', 't_alpha', 't_beta') ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
        return found


@pytest.fixture
def elsewhere(tmp_path: Path):
    servers = Servers(tmp_path / "elsewhere").use(valkey=False)
    yield servers.postgres
    servers.leave()
    servers.forget()


def test_a_backup_comes_back_on_another_server(databases: Databases, elsewhere: Postgres):
    here = databases.servers.postgres
    roles = run(here, "pg_dumpall", "--roles-only")
    dump = run(here, "pg_dump", "--format=custom", databases.name)

    run(elsewhere, "psql", "--quiet", "--dbname=postgres", feed=roles)
    run(elsewhere, "createdb", f"--owner={OWNER}", "--template=template0", "steward")
    run(elsewhere, "pg_restore", "--dbname=steward", "--exit-on-error", feed=dump)

    expected = counts(here, databases.name)
    assert expected["public.tenants_msp"] == 2
    assert counts(elsewhere, "steward") == expected
    with closing(psycopg2.connect(elsewhere.url(APP, "steward"))) as app:
        with app.cursor() as cursor:
            cursor.execute("SET ROLE t_alpha; SELECT count(*) FROM t_alpha.people_person")
            assert cursor.fetchone() == (4,)
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("SELECT count(*) FROM t_beta.people_person")
