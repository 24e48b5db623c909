from datetime import UTC, datetime

from tenants.context import Tenant
from tenants.work import for_each, hint, platform_task, tenant_task
from tickets import actions, queries


@platform_task
def sweep_clocks() -> None:
    """Ask each MSP whether anything came due; where it did, a task of its own settles it."""
    for_each(_look)


def _look(_tenant: Tenant) -> None:
    if queries.is_anything_due(datetime.now(UTC)):
        hint(settle)


@tenant_task
def settle() -> None:
    """End waits, mark what is over, warn, batch by batch; held tickets wait for the next sweep."""
    for due in (actions.resume_due, actions.breach_due, actions.warn_due):
        while due(at=datetime.now(UTC)) >= actions.BATCH:
            pass
