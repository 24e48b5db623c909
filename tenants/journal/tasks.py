from tenants.context import Tenant
from tenants.journal import delivery
from tenants.work import for_each, hint, platform_task, tenant_task


@tenant_task
def deliver(delivery_ids: list[int]) -> None:
    for delivery_id in delivery_ids:
        delivery.perform(delivery_id)


@platform_task
def sweep() -> None:
    """Re-queue what is owed: the message was lost, or its time has come again."""
    for_each(_requeue)


def _requeue(_tenant: Tenant) -> None:
    pending = delivery.due()
    if pending:
        hint(deliver, pending)
