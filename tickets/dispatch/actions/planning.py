"""Schedules and escalations as people write them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from msp.kit.periods import zone_named
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce
from tickets.dispatch import events, queries
from tickets.dispatch.models import Policy, Schedule
from tickets.dispatch.rules.chain import Chain
from tickets.dispatch.rules.rota import Layer
from tickets.dispatch.rules.written import (
    BadPlan,
    demand_chain,
    demand_layers,
    kept_chain,
    kept_layer,
)


@transaction.atomic
def make_schedule(
    *, name: str, zone: str, layers: Sequence[Layer] = (), by: Actor, at: datetime
) -> Schedule:
    """A rota with a name; without layers nobody is on call until some are set."""
    _demand(zone, layers)
    row = Schedule(name=_named(name), zone=zone, created_at=at)
    row.layers = [kept_layer(one) for one in layers]
    _saved(row)
    announce(events.ScheduleMade(row.pk, row.name), by=by, at=at)
    return row


@transaction.atomic
def set_layers(
    *, schedule: Schedule, name: str, zone: str, layers: Sequence[Layer], by: Actor, at: datetime
) -> Schedule:
    """Let the rota be this one from now on; shifts that are over follow from it too."""
    row = Schedule.objects.select_for_update().get(pk=schedule.pk)
    _demand(zone, layers)
    kept = [kept_layer(one) for one in layers]
    if (row.name, row.zone, row.layers) == (_named(name), zone, kept):
        return row
    what = "its layers" if row.layers != kept else "its name or zone"
    row.name, row.zone, row.layers = _named(name), zone, kept
    _saved(row)
    announce(events.ScheduleChanged(row.pk, row.name, what), by=by, at=at)
    return row


@transaction.atomic
def remove_schedule(*, schedule: Schedule, by: Actor, at: datetime) -> None:
    """Take away a rota that no escalation calls."""
    if queries.schedule_in_use(schedule):
        raise Refused(f"An escalation calls {schedule.name}. Change that first.")
    announce(events.ScheduleRemoved(schedule.pk, schedule.name), by=by, at=at)
    schedule.delete()


@transaction.atomic
def keep_policy(
    *, policy: Policy | None = None, name: str, rank: int, when: dict[str, Any], chain: Chain,
    by: Actor, at: datetime,
) -> Policy:  # fmt: skip
    """Make an escalation, or change one. Calls that run go on as they began."""
    try:
        demand_chain(chain)
    except BadPlan as error:
        raise Refused(error.reason, field=error.field) from error
    known = queries.target_names()
    for number, step in enumerate(chain.steps, 1):
        if any((one.kind, one.id) not in known for one in step.targets):
            raise Refused("Choose from the list.", field=f"targets{number}")
    row = policy or Policy(created_at=at)
    row.name, row.rank, row.when, row.chain = _named(name), rank, when, kept_chain(chain)
    _saved(row)
    announce(events.PolicyKept(row.pk, row.name), by=by, at=at)
    return row


@transaction.atomic
def end_policy(*, policy: Policy, by: Actor, at: datetime) -> None:
    """Begin no more calls by it. Its name is free again."""
    row = Policy.objects.select_for_update().get(pk=policy.pk)
    if row.ended_at is not None:
        return
    announce(events.PolicyEnded(row.pk, row.name), by=by, at=at)
    row.ended_at, row.name = at, f"{row.name[:60]} (until {at:%Y-%m-%d %H:%M})"
    _saved(row)


def _named(name: str) -> str:
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused("Give it a name.", field="name")
    return name


def _demand(zone: str, layers: Sequence[Layer]) -> None:
    try:
        zone_named(zone)
        demand_layers(layers)
    except BadPlan as error:
        raise Refused(error.reason, field=error.field) from error
    except ValueError as error:
        raise Refused(f"There is no time zone {zone!r:.60}.", field="zone") from error


def _saved(row: Schedule | Policy) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(f"There is one called {row.name} already.", field="name") from error
