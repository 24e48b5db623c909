"""Roles and rights: the owner's login makes them, the app's can only put them on."""

import logging
import os

import psycopg2
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg2 import sql

from tenants.wall.base import PUBLIC_ROLE

log = logging.getLogger(__name__)
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


def prepare_roles() -> None:
    """The app's login, the role of the public schema, and a schema for extensions."""
    app = settings.APP_LOGIN
    password = os.environ.get("STEWARD_APP_PASSWORD", "")
    create_role(app, sql.SQL("LOGIN NOINHERIT"))
    if password:
        execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(app), sql.Literal(password))
        )
    create_role(PUBLIC_ROLE, sql.SQL("NOLOGIN"))
    lend(PUBLIC_ROLE)
    execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    execute("CREATE SCHEMA IF NOT EXISTS ext")
    execute("GRANT USAGE ON SCHEMA ext TO PUBLIC")
    for name in EXTENSIONS:
        execute(
            sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA ext").format(sql.Identifier(name))
        )


def create_role(name: str, options: sql.SQL) -> None:
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if cursor.fetchone():
            return
        try:
            cursor.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(name), options))
        except (psycopg2.errors.DuplicateObject, psycopg2.errors.UniqueViolation):
            log.info("Another process created the role %s first.", name)


def lend(role: str) -> None:
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
