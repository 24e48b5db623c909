from datetime import UTC, datetime

from django.db import transaction

from billing import actions
from billing.queries import runs
from msp.kit.periods import local_date
from msp.kit.refs import system
from tenants.context import Tenant
from tenants.work import for_each, hint, platform_task, tenant_task


@tenant_task
def count(run_id: int) -> None:
    """Count the clients of a run that wait, one transaction each, beside any other worker."""
    while actions.count_next(run_id=run_id, at=datetime.now(UTC)):
        continue
    actions.finish_count(run_id=run_id, at=datetime.now(UTC))


@tenant_task
def issue(run_id: int) -> None:
    """Issue what was asked for, one transaction each."""
    while actions.issue_next(run_id=run_id, at=datetime.now(UTC)):
        continue


@platform_task
def open_due_runs() -> None:
    """Open the months that are over, each once; also those missed while nothing ran."""
    for_each(_open_due)


def _open_due(tenant: Tenant) -> None:
    at, by = datetime.now(UTC), system("Billing")
    for period in runs.due_months(local_date(at, tenant.zone)):
        with transaction.atomic():
            run = actions.open_run(period=period, by=by, at=at)
            if run.asked_at is None:
                actions.ask_count(run=run, by=by, at=at)


@platform_task
def sweep() -> None:
    """Go on with counts and issues whose worker died or whose message was lost."""
    for_each(_resume)


def _resume(_tenant: Tenant) -> None:
    for run_id in runs.to_count():
        hint(count, run_id)
    for run_id in runs.to_issue():
        hint(issue, run_id)
