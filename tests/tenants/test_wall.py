"""The database refuses what code must not do, whoever wrote the code."""

from contextlib import closing
from typing import Any

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.test import Client as Browser
from django.test import RequestFactory

from msp.wsgi import application
from tenants import context
from tenants.context import Tenant
from tenants.people.models import Person
from tenants.provision import TEMPLATE
from tenants.wall.base import PUBLIC_ROLE
from tenants.work import for_each
from tests.databases import Databases

REFUSED = (
    *(
        probe.format(schema)
        for schema in ("t_beta", TEMPLATE)
        for probe in (
            "SELECT * FROM {}.people_person",
            "SELECT nextval('{}.people_person_id_seq')",
            "INSERT INTO {}.people_team (name) VALUES ('x')",
            "UPDATE {}.people_person SET name = 'x'",
            "DELETE FROM {}.people_person",
            "TRUNCATE {}.people_person CASCADE",
            "LOCK TABLE {}.people_person IN SHARE MODE",
            "CREATE TABLE {}.mine (id int)",
            "CREATE VIEW mine AS SELECT * FROM {}.people_person",
            "ALTER TABLE {}.people_team ADD COLUMN mine int",
            "ALTER SCHEMA {} RENAME TO mine",
            "DROP TABLE {}.people_team",
            "DROP SCHEMA {} CASCADE",
            "GRANT USAGE ON SCHEMA {} TO t_alpha",
        )
    ),
    "GRANT t_beta TO t_alpha",
    "ALTER ROLE t_alpha SUPERUSER",
    "SELECT * FROM public.tenants_msp",
    "SELECT * FROM public.tenants_domain",
    "UPDATE public.tenants_domain SET domain = 'x'",
    "INSERT INTO public.tenants_domain (domain, is_primary, tenant_id) VALUES ('x', false, 1)",
    "DROP TABLE public.tenants_domain",
    "CREATE TABLE public.mine (id int)",
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


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM t_alpha.people_person",
        "UPDATE t_alpha.people_person SET role = 'owner'",
        "INSERT INTO t_alpha.people_team (name) VALUES ('x')",
        "DELETE FROM t_alpha.people_person",
        "DROP TABLE t_alpha.people_team",
        "CREATE TABLE t_alpha.mine (id int)",
        f"SELECT * FROM {TEMPLATE}.people_person",
        "DELETE FROM tenants_msp",
        "DELETE FROM tenants_domain",
        "DROP TABLE tenants_domain",
        "CREATE TABLE mine (id int)",
        "SELECT * FROM django_migrations",
    ],
)
def test_the_public_role_is_refused(db: None, statement: str) -> None:
    """Who knows every MSP's address opens none of them."""
    with context.outside(), connection.cursor() as cursor:
        assert who(cursor) == PUBLIC_ROLE
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            with transaction.atomic():
                cursor.execute(statement)


def test_a_path_that_stayed_behind_leads_nowhere(alpha: Tenant, beta: Tenant) -> None:
    """Were the path ever that of another MSP, the role would still be ours, and see nothing."""
    assert Person.objects.filter(email="ben@alpha.example").exists()
    for path in ("t_beta", TEMPLATE, "public"):
        with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL search_path = {path}, ext")
            table = "tenants_msp" if path == "public" else "people_person"
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {table}")
    with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL search_path = t_beta, ext")
        Person.objects.get(email="ben@beta.example")
    assert Person.objects.filter(email="ben@alpha.example").exists()


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


def who(cursor: Any) -> str:
    cursor.execute("SELECT current_user")
    return str(cursor.fetchone()[0])


def test_a_cursor_opened_before_a_switch_follows_it(alpha: Tenant, beta: Tenant) -> None:
    """It used to keep whatever the connection was switched to last."""
    with connection.cursor() as held:
        assert who(held) == "t_alpha"
        with context.inside(beta):
            assert who(held) == "t_beta"
            with connection.cursor() as other:
                assert who(other) == "t_beta"
        assert who(held) == "t_alpha"


def test_rows_still_to_be_read_stay_those_of_their_msp(alpha: Tenant, beta: Tenant) -> None:
    emails = Person.objects.order_by("pk").values_list("email", flat=True).iterator(chunk_size=1)
    seen = [next(emails)]
    with context.inside(beta):
        list(Person.objects.all())
        seen += emails
    assert len(seen) == 4
    assert all(email.endswith("@alpha.example") for email in seen)


def end_connections(databases: Databases) -> None:
    """What a restart of PostgreSQL does to everybody."""
    with closing(databases.servers.postgres.connect()) as admin, admin.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [databases.name],
        )


def served(host: str) -> str:
    """The status of a request that came through the server's own entry."""
    said: list[str] = []
    environ = RequestFactory(HTTP_HOST=host).get("/accounts/login/").environ
    answer = application(environ, lambda status, _headers, *_rest: said.append(status))
    b"".join(answer)
    answer.close()
    return said[0]


@pytest.mark.usefixtures("committed")
def test_the_next_request_after_a_restart_of_the_database_is_whole(databases: Databases) -> None:
    for _ in range(2):
        assert served("alpha.localhost") == "200 OK"
        end_connections(databases)
    assert served("beta.localhost") == "200 OK"


@pytest.mark.usefixtures("committed")
def test_a_request_that_loses_the_database_says_that_it_is_away(databases: Databases) -> None:
    """The test client leaves connections alone, so this one breaks before the first query."""
    browser = Browser(HTTP_HOST="alpha.localhost", raise_request_exception=False)
    cookie = {"cookie": f"{settings.SESSION_COOKIE_NAME}={'x' * 32}"}
    assert browser.get("/me", headers=cookie).status_code == 302
    end_connections(databases)
    answer = browser.get("/me", headers=cookie)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    connection.close_if_unusable_or_obsolete()
    assert browser.get("/me", headers=cookie).status_code == 302


@pytest.mark.usefixtures("committed")
def test_a_walk_over_all_msps_goes_on_after_the_connection_broke(databases: Databases) -> None:
    """The one it broke for is left to the next walk; the others are not."""

    def look(tenant: Tenant) -> str:
        if tenant.slug == "alpha":
            end_connections(databases)
        return str(Person.objects.filter(role="owner").get().email)

    assert for_each(look) == {"t_beta": "ada@beta.example"}


@pytest.mark.usefixtures("committed")
def test_a_thread_whose_request_failed_serves_the_next_msp_cleanly() -> None:
    one, two = context.ready()
    with pytest.raises(ProgrammingError), context.inside(one), transaction.atomic():
        Person.objects.raw("SELECT nothing FROM nowhere")[0]
    with context.inside(two), transaction.atomic():
        assert all(p.email.endswith("@beta.example") for p in Person.objects.all())
    assert connection.schema_name == "public"
