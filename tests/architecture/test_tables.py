"""What imports cannot show about tables: keys are strings, homes are settings."""

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from tenants.context import Tenant
from tests.each import each

ORDER = (
    "msp",
    "tenants",
    "journal",
    "people",
    "notices",
    "clients",
    "contracts",
    "tickets",
    "dispatch",
    "projects",
    "monitoring",
    "billing",
)
OURS = [model for model in apps.get_models() if model._meta.app_label in ORDER]


def keys() -> list[models.ForeignKey]:
    return [
        field
        for model in OURS
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
    ]


@each(keys())
def test_foreign_keys_point_down(key: models.ForeignKey) -> None:
    there = key.related_model._meta.app_label
    if there in ORDER:
        here = key.model._meta.app_label
        assert ORDER.index(there) <= ORDER.index(here), f"{here} points up at {there}"


@each(keys())
def test_keys_that_leave_their_app_have_no_way_back(key: models.ForeignKey) -> None:
    there, here = key.related_model._meta.app_label, key.model._meta.app_label
    allowed = {there, here} == {"clients", "contracts"}  # one room; the alcove is below
    if there != here and not allowed:
        assert key.remote_field.related_name == "+", f"{there} can climb to {here}"


def test_no_tenant_row_points_at_a_shared_row() -> None:
    for key in keys():
        if key.model._meta.app_label != "tenants":
            assert key.related_model._meta.app_label != "tenants", key


def test_every_table_has_one_home() -> None:
    assert not set(settings.SHARED_APPS) & set(settings.TENANT_APPS)


def test_the_public_schema_holds_three_tables() -> None:
    labels = {apps.get_app_config(name.split(".")[-1]).label for name in settings.SHARED_APPS}
    shared = [m._meta.db_table for m in apps.get_models() if m._meta.app_label in labels]
    assert sorted(shared) == ["tenants_domain", "tenants_msp"]  # and django_migrations


def test_an_msp_stays_within_its_relations(alpha: Tenant) -> None:
    """720 of them are what was measured to be bearable (docs/decisions/0010)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) + 2 * count(k.reltoastrelid) FILTER (WHERE k.reltoastrelid > 0)"
            " FROM pg_class k WHERE k.relnamespace = %s::regnamespace",
            [alpha.schema_name],
        )
        (relations,) = cursor.fetchone()
    assert relations <= 720


@each(OURS)
def test_models_keep_no_tricks(model: type[models.Model]) -> None:
    """No save() of our own: a write is an action (law 3)."""
    assert "save" not in vars(model)
    assert "delete" not in vars(model)
