"""Make the database ready: roles, extensions, public tables, the template, every MSP's schema."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from tenants import provision


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        provision.require_owner()
        self._refuse_untracked_pooler()
        connection.ensure_connection()
        provision.prepare_roles()
        call_command("migrate_schemas", shared=True, verbosity=0)
        connection.set_schema_to_public()
        provision.grant_public()
        provision.build_template()
        failed = provision.migrate_all()
        if failed:
            raise CommandError(f"Not migrated: {', '.join(failed)}. Run prepare again to resume.")
        self.stdout.write("The database is ready.")

    def _refuse_untracked_pooler(self) -> None:
        """A pooler in transaction mode that does not track search_path mixes tenants."""
        connection.ensure_connection()
        if connection.connection.info.parameter_status("search_path") is None:
            raise CommandError(
                "The server or a pooler before it does not report search_path. Use PostgreSQL 18"
                " directly, or PgBouncer 1.25 with track_extra_parameters = search_path."
            )
