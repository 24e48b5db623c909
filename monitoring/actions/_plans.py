"""What a job says itself of when it runs: its check follows, and tells when that changes.

A job brings its plan with every run, so what is the same is passed over before anything is read.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from monitoring.actions.defining import redefine_check
from monitoring.models import Check
from monitoring.queries.checks import plan_of
from monitoring.rules import lapse
from monitoring.rules.definitions import PERIOD, Definition
from monitoring.rules.schedules import CRON, Schedule
from monitoring.rules.sources.report import Plan
from msp.kit.refs import Actor


@transaction.atomic
def follow(
    *, wanted: Iterable[tuple[int, lapse.Plan, Plan]], by: Actor, at: datetime
) -> dict[int, lapse.Plan]:
    """The plans of the checks that are to be expected otherwise from now on, by check."""
    made = {}
    for check_id, present, said in wanted:
        schedule = Schedule(CRON, said.cron, said.zone) if said.cron else None
        if _is_same(present, said, schedule):
            continue
        check = Check.objects.select_related("device").get(pk=check_id)
        definition = Definition(
            kind=CRON if schedule else PERIOD, period=said.period, grace=said.grace,
            max_run=said.longest, fail_threshold=said.failures or check.fail_threshold,
            schedule=schedule,
        )  # fmt: skip
        made[check_id] = plan_of(redefine_check(check=check, definition=definition, by=by, at=at))
    return made


def _is_same(present: lapse.Plan, said: Plan, schedule: Schedule | None) -> bool:
    return (
        present.schedule == schedule
        and (schedule is not None or present.period == said.period)
        and (present.grace, present.max_runtime) == (said.grace, said.longest)
        and said.failures in (None, present.fail_threshold)
    )
