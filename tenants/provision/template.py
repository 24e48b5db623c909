"""The schema every MSP begins as, and its text."""

import hashlib
import os
import re
import subprocess
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

from tenants.provision.roles import execute

TEMPLATE = "steward_template"


def migrations_digest() -> str:
    """A name for the present set of migrations; the template is rebuilt when it changes."""
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        folder = Path(config.path) / "migrations"
        for file in sorted(folder.glob("*.py")):
            digest.update(f"{config.label}/{file.name}".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def build_template() -> Path:
    """Migrate the template schema where needed and return the file with its text."""
    digest = migrations_digest()
    file = Path(settings.DATA_DIR) / "template" / f"{digest}.sql"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s",
            [TEMPLATE],
        )
        found = cursor.fetchone()
    if not found or found[0] != digest:
        execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(TEMPLATE)))
        call_command("migrate_schemas", schema_name=TEMPLATE, tenant=True, verbosity=0)
        connection.set_schema_to_public()
        execute(
            sql.SQL("COMMENT ON SCHEMA {} IS {}").format(
                sql.Identifier(TEMPLATE), sql.Literal(digest)
            )
        )
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}")
        part.write_text(_dump())
        part.replace(file)
    return file


def _dump() -> str:
    """The template as SQL that psycopg2 can run: no psql commands, no search_path of its own."""
    done = subprocess.run(  # noqa: S603 - our own binary and arguments
        [
            os.environ.get("PG_DUMP", "pg_dump"), f"--dbname={settings.DATABASE_URL}",
            f"--schema={TEMPLATE}", "--no-owner", "--no-privileges", "--inserts",
        ],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    skipped = ("\\", "--", "SET ", "SELECT pg_catalog.set_config", "COMMENT ON SCHEMA")
    lines = [line for line in done.stdout.splitlines() if not line.startswith(skipped)]
    return re.sub(r"\n{2,}", "\n", "\n".join(lines))
