"""Tables, caches, tasks and secrets have one home each."""

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.cache import cache, caches
from django.db import connection

from tenants import context
from tenants.context import Tenant
from tenants.people import tokens
from tenants.work import SCOPES
from tests.conftest import person


def homes() -> dict[str, set[str]]:
    """For each table, the schemas that have one of this name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, n.nspname FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')"
            " AND n.nspname IN ('public', 't_alpha', 't_beta')"
        )
        found: dict[str, set[str]] = {}
        for table, schema in cursor.fetchall():
            found.setdefault(table, set()).add(schema)
    return found


def test_every_table_lives_in_public_or_with_each_msp(alpha: Tenant) -> None:
    found = homes()
    shared = {label.rpartition(".")[2] for label in settings.SHARED_APPS}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        home = {"public"} if model._meta.app_label in shared else {"t_alpha", "t_beta"}
        assert found[table] == home, table
    assert {table for table, where in found.items() if "public" in where} == {
        "django_migrations", "tenants_domain", "tenants_msp",
    }  # fmt: skip


def test_every_task_belongs_to_an_msp_or_to_the_platform(alpha: Tenant) -> None:
    current_app.loader.import_default_modules()
    ours = [name for name in current_app.tasks if not name.startswith("celery.")]
    assert len(ours) >= 8
    assert {SCOPES.get(name) for name in ours} == {"tenant", "platform"}


def test_what_one_msp_caches_another_does_not_find(alpha: Tenant, beta: Tenant) -> None:
    for alias, config in settings.CACHES.items():
        assert config["KEY_FUNCTION"] == "django_tenants.cache.make_key", alias
        caches[alias].set("secret", "of alpha", 60)
        with context.inside(beta):
            assert caches[alias].get("secret") is None
        with context.outside():
            assert caches[alias].get("secret") is None
    assert cache.get("secret") == "of alpha"


def test_a_token_is_worth_nothing_elsewhere(alpha: Tenant, beta: Tenant, at: object) -> None:
    token = tokens.new_link(person=person("Ben"), purpose="sign_in", at=at, hours=1)
    assert tokens.open_link(token, at=at) is not None
    with context.inside(beta):
        assert tokens.open_link(token, at=at) is None
        stranger = tokens.digest_of(token)
    assert stranger != tokens.digest_of(token)


@pytest.mark.parametrize("name", ["SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN"])
def test_cookies_are_of_one_host(name: str) -> None:
    assert getattr(settings, name) is None
