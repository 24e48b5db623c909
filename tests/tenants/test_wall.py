"""The database refuses what code must not do, whoever wrote the code."""

import pytest
from django.db import ProgrammingError, connection, transaction

from tenants import context
from tenants.context import Tenant

REFUSED = (
    "SELECT * FROM t_beta.people_person",
    "INSERT INTO t_beta.people_team (name) VALUES ('x')",
    "SELECT * FROM public.tenants_msp",
    "UPDATE journal_entry SET kind = 'forged'",
    "DELETE FROM journal_entry",
    "TRUNCATE journal_entry",
    "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "SELECT * FROM django_migrations",
    "CREATE TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "DROP TABLE people_team",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_app_role_is_refused(alpha: Tenant, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_nobody_is_a_superuser(alpha: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolinherit FROM pg_roles"
            " WHERE rolname IN (session_user, current_user) ORDER BY rolname"
        )
        assert cursor.fetchall() == [
            ("steward_app", False, False, False, False),
            ("t_alpha", False, False, False, True),
        ]


def test_without_its_role_the_login_can_read_nothing(alpha: Tenant) -> None:
    with pytest.raises(ProgrammingError, match="does not exist"):  # not even seen
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("RESET ROLE; SELECT * FROM people_person")
    with pytest.raises(ProgrammingError, match="permission denied"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("RESET ROLE; SELECT * FROM t_alpha.people_person")


def test_the_role_is_back_after_a_rollback_to_a_savepoint(alpha: Tenant, beta: Tenant) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        with context.inside(beta), connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("t_beta",)
            raise RuntimeError
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('search_path')")
        assert cursor.fetchone() == ("t_alpha", "t_alpha, ext")


def test_the_role_is_back_after_a_reconnect_and_after_a_rollback(committed: None) -> None:
    with context.inside(context.ready()[0]), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("t_alpha",)
    with context.inside(context.ready()[0]):
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("t_alpha",)
        with pytest.raises(RuntimeError), transaction.atomic():
            connection.set_schema_to_public()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            raise RuntimeError
        connection.set_tenant(context.ready()[0])
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("t_alpha",)


def test_the_path_is_set_once_per_switch_not_before_every_query(alpha: Tenant) -> None:
    connection.ensure_connection()
    seen: list[str] = []
    connection.search_path_set_schemas = None
    original = connection._switch_statement
    connection._switch_statement = lambda: seen.append("switch") or original()
    try:
        for _ in range(10):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
    finally:
        del connection._switch_statement
    assert seen == ["switch"]
