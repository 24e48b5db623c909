"""Bringing every MSP to the present migrations."""

import logging

from django.core.management import call_command
from django.db import connection, transaction
from psycopg2 import sql

from tenants import context
from tenants.provision.roles import execute, grant_tenant
from tenants.provision.template import migrations_digest

log = logging.getLogger(__name__)


def migrate_all() -> list[str]:
    """Bring every MSP to the present migrations, each by itself; returns the ones that failed."""
    failed = []
    digest = migrations_digest()
    for tenant in context.built():
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
