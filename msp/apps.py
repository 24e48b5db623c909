from django.apps import AppConfig


class MspConfig(AppConfig):
    name = "msp"

    def ready(self) -> None:
        """Load Celery so that tasks find it, and mend a clash of two libraries.

        django-pgtrigger and django-tenants each bring an autodetector; Django refuses two
        (commands.E001), so the tenant command takes the one makemigrations has.
        """
        from django.core.management.commands import makemigrations, migrate
        from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

        from msp import celery

        assert celery.app
        MigrateSchemasCommand.autodetector = makemigrations.Command.autodetector
        migrate.Command.autodetector = makemigrations.Command.autodetector
