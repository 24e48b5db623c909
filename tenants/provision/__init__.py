"""Building an MSP's schema: from a cached dump of a template, under a role of its own.

Only the owner's process gets here (docs/decisions/0011). Migrations build the template schema and
upgrade the MSPs one by one; a new MSP is the template's text replayed with its own name, one round
trip and one transaction, so a killed worker leaves nothing half built.
"""

from tenants.provision.msps import (
    begin,
    build,
    first_link,
    opened,
    owner_is_new,
    reopen,
    request,
    retry_failed,
    suspend,
    waiting,
)
from tenants.provision.roles import NotTheOwner, execute, grant_public, prepare_roles, require_owner
from tenants.provision.template import TEMPLATE, build_template, migrations_digest
from tenants.provision.upgrade import migrate_all

__all__ = [
    "TEMPLATE",
    "NotTheOwner",
    "begin",
    "build",
    "build_template",
    "execute",
    "first_link",
    "grant_public",
    "migrate_all",
    "migrations_digest",
    "opened",
    "owner_is_new",
    "prepare_roles",
    "reopen",
    "request",
    "require_owner",
    "retry_failed",
    "suspend",
    "waiting",
]
