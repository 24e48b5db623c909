from datetime import UTC, datetime

from tenants.context import Tenant
from tenants.work import for_each, hint, platform_task, tenant_task
from tickets import actions, queries


@platform_task
def sweep_clocks() -> None:
    """Ask each MSP whether a promise is over; where one is, a task of its own marks it."""
    for_each(_look)


def _look(_tenant: Tenant) -> None:
    if queries.is_breach_due(datetime.now(UTC)):
        hint(breach)


@tenant_task
def breach() -> None:
    """Mark what is over, batch by batch; held tickets are left to the next sweep."""
    while actions.breach_due(at=datetime.now(UTC)) >= actions.BATCH:
        pass
