from datetime import UTC, datetime

from msp.kit.refs import system
from tenants.context import Tenant
from tenants.work import for_each, hint, platform_task, tenant_task
from tickets.dispatch import actions, queries

BY = system("On call")


@platform_task
def sweep_calls() -> None:
    """Ask each MSP whether a call has a turn due; where one has, a task of its own does it."""
    for_each(_look)


def _look(_tenant: Tenant) -> None:
    if queries.is_anything_due(datetime.now(UTC)):
        hint(step_calls)


@tenant_task
def step_calls() -> None:
    """Do every turn that is due; a call somebody holds is left to them."""
    for call_id in queries.due_calls(datetime.now(UTC)):
        actions.step_call(call_id=call_id, by=BY, at=datetime.now(UTC))
