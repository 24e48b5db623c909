"""What people change about a check; its deadline follows at once."""

from datetime import datetime, timedelta

from django.db import transaction

from monitoring import events
from monitoring.actions._incidents import Incidents
from monitoring.models import Check
from monitoring.queries.checks import plan_of, state_of
from monitoring.rules import lapse as rules
from monitoring.rules.lapse import Status
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce

SHORTEST, LONGEST = 5, 366 * 86_400


@transaction.atomic
def change_check(
    *, check: Check, period: int, grace: int, by: Actor, at: datetime, max_run: int | None = None
) -> Check:
    """Expect the signal at another pace. A deadline that has thereby passed is now (A8)."""
    for field, value in (("period", period), ("grace", grace), ("max_run", max_run or SHORTEST)):
        if not SHORTEST <= value <= LONGEST:
            raise Refused(f"This takes from {SHORTEST} seconds to a year.", field=field)
    _hold(check)
    if (check.period_seconds, check.grace_seconds, check.max_run_seconds) == (
        period, grace, max_run,
    ):  # fmt: skip
        return check
    check.period_seconds, check.grace_seconds, check.max_run_seconds = period, grace, max_run
    check.due_at = rules.reschedule(plan_of(check), state_of(check), at).due_at
    check.save(update_fields=["period_seconds", "grace_seconds", "max_run_seconds", "due_at"])
    _make_own(check)
    _tell(check, f"every {_span(period)}, {_span(grace)} to spare", by, at)
    return check


@transaction.atomic
def pause_check(*, check: Check, by: Actor, at: datetime) -> None:
    """Expect nothing until somebody resumes it; an open incident is over with that (A9)."""
    _hold(check)
    if check.status == Status.PAUSED:
        return
    _set(check, rules.pause(state_of(check)), at)
    incidents = Incidents(by=by, at=at)
    incidents.flip([(check.pk, Status.PAUSED, at)])
    incidents.recover(check.pk, at)
    _tell(check, "paused", by, at)


@transaction.atomic
def resume_check(*, check: Check, by: Actor, at: datetime) -> None:
    """Expect it again, with a whole period and grace from now."""
    _hold(check)
    if check.status != Status.PAUSED:
        return
    _make_own(check)
    state = rules.resume(plan_of(check), state_of(check), at)
    _set(check, state, at)
    Incidents(by=by, at=at).flip([(check.pk, str(state.status), at)])
    _tell(check, "resumed", by, at)


def _make_own(check: Check) -> None:
    """What somebody decided about a check no template takes back."""
    check.template_id = check.let_go_at = None
    check.save(update_fields=["template", "let_go_at"])


def _hold(check: Check) -> None:
    check.refresh_from_db(from_queryset=Check.objects.select_for_update(of=("self",)))


def _set(check: Check, state: rules.State, at: datetime) -> None:
    check.status, check.status_at = str(state.status), at
    check.due_at, check.last_started_at = state.due_at, state.started_at
    check.fails, check.resumed_at = state.fails, state.resumed_at
    check.watch = None  # a level that was raised before is raised anew after
    check.save(
        update_fields=[
            "status", "status_at", "due_at", "last_started_at", "fails", "resumed_at", "watch",
        ]
    )  # fmt: skip


def _tell(check: Check, what: str, by: Actor, at: datetime) -> None:
    announce(
        events.CheckChanged(check.pk, check.device_id, check.device.client_id, check.name, what),
        by=by, at=at,
    )  # fmt: skip


def _span(seconds: int) -> str:
    """`90 s`, `5 min`, `2 h`, `3 days`: the largest unit that leaves no rest."""
    for length, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds % length == 0 and seconds >= length:
            return f"{seconds // length} {unit}"
    return str(timedelta(seconds=seconds)) if seconds > 3600 else f"{seconds} s"
