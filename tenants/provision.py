"""Building an MSP's schema: from a cached dump of a template, under a role of its own.

Only the owner's process gets here (docs/decisions/0011). Migrations build the template schema and
upgrade the MSPs one by one; a new MSP is the template's text replayed with its own name, one round
trip and one transaction, so a killed worker leaves nothing half built.
"""

import hashlib
import logging
import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from psycopg2 import sql

from msp.kit.refs import system
from tenants import context
from tenants.models import Domain, Msp
from tenants.people import actions as people
from tenants.people import tokens
from tenants.people.models import Person, SignInLink
from tenants.wall.base import PUBLIC_ROLE

log = logging.getLogger(__name__)
TEMPLATE = "steward_template"
EXTENSIONS = ("pg_trgm", "btree_gist")


class NotTheOwner(RuntimeError):
    """This process logs in as the app, which cannot create schemas."""


def require_owner() -> None:
    if settings.ROLE != "owner":
        raise NotTheOwner("Set STEWARD_ROLE=owner and DATABASE_OWNER_URL for this command.")


def execute(statement: str | sql.Composable) -> None:
    """Run DDL on the owner's raw connection; names in it are composed, never pasted."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(statement)


def migrations_digest() -> str:
    """A name for the present set of migrations; the template is rebuilt when it changes."""
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        folder = Path(config.path) / "migrations"
        for file in sorted(folder.glob("*.py")):
            digest.update(f"{config.label}/{file.name}".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def prepare_roles() -> None:
    """The app's login, the role of the public schema, and a schema for extensions."""
    app = settings.APP_LOGIN
    password = os.environ.get("STEWARD_APP_PASSWORD", "")
    _create_role(app, sql.SQL("LOGIN NOINHERIT"))
    if password:
        execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(app), sql.Literal(password))
        )
    _create_role(PUBLIC_ROLE, sql.SQL("NOLOGIN"))
    _lend(PUBLIC_ROLE)
    execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    execute("CREATE SCHEMA IF NOT EXISTS ext")
    execute("GRANT USAGE ON SCHEMA ext TO PUBLIC")
    for name in EXTENSIONS:
        execute(
            sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA ext").format(sql.Identifier(name))
        )


def _create_role(name: str, options: sql.SQL) -> None:
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if cursor.fetchone():
            return
        try:
            cursor.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(name), options))
        except (psycopg2.errors.DuplicateObject, psycopg2.errors.UniqueViolation):
            log.info("Another process created the role %s first.", name)


def _lend(role: str) -> None:
    """Let the app put the role on, without ever holding its rights unasked."""
    execute(
        sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
            sql.Identifier(role), sql.Identifier(settings.APP_LOGIN)
        )
    )


def grant_public() -> None:
    role = sql.Identifier(PUBLIC_ROLE)
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE ON public.tenants_msp, public.tenants_domain TO {}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}",
    ):
        execute(sql.SQL(statement).format(role))


def append_only_tables() -> list[str]:
    """Tables whose rows the app may add and never change."""
    return [m._meta.db_table for m in apps.get_models() if getattr(m, "append_only", False)]


def grant_tenant(schema: str) -> None:
    """Give the schema's own role its tables, and take back what must not be rewritten."""
    name, role = sql.Identifier(schema), sql.Identifier(schema)
    for statement in (
        "GRANT USAGE ON SCHEMA {0} TO {1}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {0} TO {1}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {0} TO {1}",
        "REVOKE ALL ON {0}.django_migrations FROM {1}",
    ):
        execute(sql.SQL(statement).format(name, role))
    for table in append_only_tables():
        execute(
            sql.SQL("REVOKE UPDATE, DELETE ON {}.{} FROM {}").format(
                name, sql.Identifier(table), role
            )
        )


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


@transaction.atomic
def build(msp_id: int) -> bool:
    """Build a requested MSP; False when there is nothing to do.

    1. Lock the row: of two workers one builds.
    2. Replay the template under the MSP's schema name, make its role, grant.
    3. Inside, invite the owner. 4. Mark it ready. All of it commits or none.
    """
    require_owner()
    msp = (
        Msp.objects.select_for_update(skip_locked=True)
        .filter(pk=msp_id, state__in=[Msp.State.REQUESTED, Msp.State.BUILDING])
        .first()
    )
    if msp is None:
        return False
    text = build_template().read_text().replace(TEMPLATE, msp.schema_name)
    execute(text)
    _create_role(msp.schema_name, sql.SQL("NOLOGIN"))
    _lend(msp.schema_name)
    grant_tenant(msp.schema_name)
    msp.state, msp.ready_at, msp.error = Msp.State.READY, datetime.now(UTC), ""
    msp.save()
    with context.inside(msp):
        people.invite(
            email=msp.owner_email, name=msp.owner_name, role="owner",
            by=system("Set-up"), at=msp.ready_at,
        )  # fmt: skip
    return True


@transaction.atomic
def request(
    *, name: str, slug: str, owner_name: str, owner_email: str, at: datetime,
    zone: str = "America/New_York", currency: str = "USD",
) -> Msp:  # fmt: skip
    """Ask for a new MSP; the owner's worker builds it."""
    msp = Msp(
        name=name, slug=slug, owner_name=owner_name, owner_email=owner_email.lower(),
        zone=zone, currency=currency, requested_at=at,
    )  # fmt: skip
    msp.save()
    Domain.objects.create(domain=f"{slug}.{settings.TENANT_SUFFIX}", tenant=msp, is_primary=True)
    return msp


def _new_owner() -> Person | None:
    """The current MSP's first owner while nobody of that role has ever signed in."""
    owners = Person.objects.filter(role="owner").order_by("pk")
    if owners.filter(last_login__isnull=False).exists():
        return None
    return owners.filter(is_active=True).first()


def owner_is_new(msp: Msp) -> bool:
    """Whether the owner still waits for the first sign-in."""
    with context.inside(msp):
        return _new_owner() is not None


def opened(*, slug: str, at: datetime, **wanted: str) -> context.Tenant | None:
    """The MSP of this address if it is ready; where there is none it is asked for."""
    with context.outside():
        msp = Msp.objects.filter(slug=slug).first()
        if msp is None:
            msp = request(slug=slug, at=at, **wanted)
        return context.tenant_of(msp) if msp.state == Msp.State.READY else None


def first_link(msp: Msp, *, at: datetime) -> str:
    """A one-time token that signs the owner in for the first time."""
    with context.inside(msp):
        owner = _new_owner()
        if owner is None:
            return ""
        return tokens.new_link(
            person=owner, purpose=SignInLink.Purpose.INVITE, at=at, hours=people.INVITE_HOURS
        )


def migrate_all() -> list[str]:
    """Bring every MSP to the present migrations, each by itself; returns the ones that failed."""
    failed = []
    digest = migrations_digest()
    for tenant in context.ready():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s",
                [tenant.schema_name],
            )
            found = cursor.fetchone()
        if found and found[0] == digest:
            continue
        try:
            call_command(
                "migrate_schemas", schema_name=tenant.schema_name, tenant=True, verbosity=0
            )
            connection.set_schema_to_public()
            with transaction.atomic():
                grant_tenant(tenant.schema_name)
                execute(
                    sql.SQL("COMMENT ON SCHEMA {} IS {}").format(
                        sql.Identifier(tenant.schema_name), sql.Literal(digest)
                    )
                )
        except Exception:
            connection.close()
            connection.set_schema_to_public()
            log.exception("Migrating %s failed; the others go on.", tenant.slug)
            failed.append(tenant.slug)
    return failed
