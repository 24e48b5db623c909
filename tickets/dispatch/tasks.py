import logging
from datetime import UTC, datetime

from msp.kit.refs import system
from tenants.context import Tenant
from tenants.work import for_each, hint, platform_task, tenant_task
from tickets.dispatch import actions, queries

log = logging.getLogger(__name__)
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
    """Do every turn that is due; a call somebody holds is left to them, and one that cannot be
    stepped stops no other."""
    for call_id in queries.due_calls(datetime.now(UTC)):
        try:
            actions.step_call(call_id=call_id, by=BY, at=datetime.now(UTC))
        except Exception:
            log.exception("Call %s could not be stepped", call_id)
