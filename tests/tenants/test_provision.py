"""A new MSP is whole, alone, and ready in well under two seconds of work."""

import re
import threading
from datetime import UTC, datetime

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client as Browser

from msp.kit.refusals import Conflict
from tenants import context, provision, tasks
from tenants.context import Tenant
from tenants.models import Msp
from tenants.people.models import Person

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def owner(committed: None, databases: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process logs in as the owner of the tables, as the owner's worker does."""
    import os

    from msp import env

    connections.close_all()
    before = dict(connection.settings_dict)
    url = os.environ["DATABASE_OWNER_URL"]
    connection.settings_dict.update(env.database(url))
    monkeypatch.setattr(settings, "ROLE", "owner")
    monkeypatch.setattr(settings, "DATABASE_URL", url)
    yield
    connections.close_all()
    connection.settings_dict.clear()
    connection.settings_dict.update(before)


def ask(slug: str = "gamma") -> Msp:
    return provision.request(
        name="Gamma IT", slug=slug, owner_name="Gil", owner_email="Gil@gamma.example", at=AT
    )


def shape(schema: str) -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type, is_nullable, coalesce(column_default, '')"
            " FROM information_schema.columns WHERE table_schema = %s",
            [schema],
        )
        columns = {tuple(str(v).replace(schema, "S") for v in row) for row in cursor.fetchall()}
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(c.oid)"
            " FROM pg_constraint c JOIN pg_namespace n ON n.oid = connamespace WHERE nspname = %s"
            " UNION SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s"
            " UNION SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid)"
            " FROM pg_trigger t JOIN pg_class r ON r.oid = tgrelid"
            " JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = %s AND NOT tgisinternal",
            [schema] * 3,
        )
        return columns | {tuple(plain(v, schema) for v in row) for row in cursor.fetchall()}


def plain(text: str, schema: str) -> str:
    """A definition without the casts and brackets PostgreSQL adds when it reads its own text."""
    return re.sub(r"::(text|character varying)(\[\])?|[()]", "", text.replace(schema, "S"))


@pytest.mark.usefixtures("owner")
def test_a_new_msp_has_the_same_shape_as_a_migrated_schema() -> None:
    msp = ask()
    assert provision.build(msp.pk) is True
    assert shape(msp.schema_name) == shape(provision.TEMPLATE)
    msp.refresh_from_db()
    assert msp.state == Msp.State.READY


@pytest.mark.usefixtures("owner")
def test_its_owner_can_be_let_in_once() -> None:
    msp = ask()
    provision.build(msp.pk)
    assert provision.build(msp.pk) is False
    with context.inside(msp):
        (person,) = Person.objects.all()
        assert (person.email, person.role, person.has_usable_password()) == (
            "gil@gamma.example",
            "owner",
            False,
        )
    assert provision.first_link(msp, at=AT)


@pytest.mark.usefixtures("owner")
def test_two_workers_build_it_once() -> None:
    msp = ask()
    built: list[bool] = []

    def work() -> None:
        connection.settings_dict.update(connections["default"].settings_dict)
        built.append(provision.build(msp.pk))
        connection.close()

    settings_of_owner = dict(connection.settings_dict)
    threads = []
    for _ in range(2):

        def run() -> None:
            connection.settings_dict.update(settings_of_owner)
            work()

        threads.append(threading.Thread(target=run))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(built) == [False, True]


@pytest.mark.usefixtures("owner")
def test_a_build_that_fails_leaves_nothing() -> None:
    msp = ask()
    provision.execute(f"CREATE SCHEMA {msp.schema_name}")
    with pytest.raises(psycopg2.errors.DuplicateSchema):
        provision.build(msp.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = %s",
            [msp.schema_name],
        )
        assert cursor.fetchone() == (0,)
    msp.refresh_from_db()
    assert msp.state == Msp.State.REQUESTED


@pytest.mark.usefixtures("owner")
def test_one_that_fails_says_why_and_can_be_tried_again() -> None:
    msp = ask()
    provision.execute(f"CREATE SCHEMA {msp.schema_name}")
    with pytest.raises(psycopg2.errors.DuplicateSchema):
        call_command("build_msps")
    msp.refresh_from_db()
    assert msp.state == Msp.State.FAILED
    assert "DuplicateSchema" in msp.error
    provision.execute(f"DROP SCHEMA {msp.schema_name}")
    call_command("build_msps")  # what failed is not tried without being asked
    msp.refresh_from_db()
    assert msp.state == Msp.State.FAILED
    call_command("build_msps", failed=True)
    msp.refresh_from_db()
    assert (msp.state, msp.error) == (Msp.State.READY, "")


@pytest.mark.usefixtures("owner")
def test_one_whose_builder_was_killed_is_built_by_the_next() -> None:
    msp = ask()
    provision.begin(msp.pk)
    msp.refresh_from_db()
    assert msp.state == Msp.State.BUILDING
    tasks.build_requested()
    msp.refresh_from_db()
    assert msp.state == Msp.State.READY


def test_the_app_cannot_build(alpha: object) -> None:
    with context.outside(), pytest.raises(provision.NotTheOwner):
        provision.build(1)


def comment_of(schema: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s",
            [schema],
        )
        return str(cursor.fetchone()[0])


@pytest.mark.usefixtures("owner")
def test_a_suspended_msp_is_upgraded_like_the_others() -> None:
    """It would else come back to code that is newer than its tables."""
    Msp.objects.filter(slug="beta").update(state=Msp.State.SUSPENDED)
    assert provision.migrate_all() == []
    digest = provision.migrations_digest()
    assert [comment_of("t_alpha"), comment_of("t_beta")] == [digest, digest]


def test_a_suspended_msp_is_closed_at_once_and_comes_back(ada: Browser, alpha: Tenant) -> None:
    assert ada.get("/me").status_code == 200
    with context.outside():
        provision.suspend(slug="alpha", at=AT)
        assert [tenant.slug for tenant in context.ready()] == ["beta"]
    assert ada.get("/me").status_code == 403
    with context.outside():
        provision.reopen(slug="alpha", at=AT)
        assert Msp.objects.get(slug="alpha").suspended_at is None
    assert ada.get("/me").status_code == 200


@pytest.mark.parametrize(("verb", "state"), [("suspend", "requested"), ("reopen", "ready")])
def test_only_an_open_msp_is_suspended_and_only_a_suspended_one_reopened(
    alpha: Tenant, verb: str, state: str
) -> None:
    with context.outside():
        Msp.objects.filter(slug="alpha").update(state=state)
        with pytest.raises(Conflict, match=state):
            if verb == "suspend":
                provision.suspend(slug="alpha", at=AT)
            else:
                provision.reopen(slug="alpha", at=AT)
