"""Checks as people define them: every so often, on a schedule, or a value within limits."""

from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.clients.models import Device
from monitoring import events
from monitoring.actions._incidents import Incidents
from monitoring.models import Check, Series
from monitoring.queries.checks import plan_of, state_of
from monitoring.queries.definitions import demanded, pace_of
from monitoring.rules import contents, definitions, schedules, thresholds
from monitoring.rules import lapse as rules
from monitoring.rules.definitions import Definition
from monitoring.rules.templating import known_as
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce

MOST_CHECKS = 50
THRESHOLD = Check.Kind.THRESHOLD


@transaction.atomic
def define_check(
    *, device: Device, name: str, definition: Definition, by: Actor, at: datetime, slug: str = ""
) -> Check:
    """Make a check of a device. One of a value begins with the value's next sample."""
    if not name.strip():
        raise Refused("A check needs a name.", field="name")
    demanded(definition, at)
    # Not its key: the drain, which may hold what we wait for, adds rows that refer to the device.
    device = Device.objects.select_for_update(of=("self",), no_key=True).get(pk=device.pk)
    slug = _free_slug(device, slug or name, definition.kind)
    check = Check(device=device, slug=slug, name=name.strip()[:80], created_at=at)
    for field, value in _fields(device, definition, at).items():
        setattr(check, field, value)
    check.save()
    announce(events.CheckAdded(check.pk, device.pk, device.client_id, check.name), by=by, at=at)
    return check


@transaction.atomic
def redefine_check(*, check: Check, definition: Definition, by: Actor, at: datetime) -> Check:
    """Mean something else by a check; a deadline that has thereby passed is now (A8).

    What it is stays: a signal does not become a value. Limits that are changed are judged anew with
    the next sample.
    """
    demanded(definition, at)
    check.refresh_from_db(from_queryset=Check.objects.select_for_update(of=("self",)))
    if (check.kind == THRESHOLD) != (definition.kind == THRESHOLD):
        raise Refused("A signal cannot become a value. Make another check.", field="kind")
    fields = _fields(check.device, definition, at)
    changed = [name for name, value in fields.items() if getattr(check, name) != value]
    if not changed:
        return check
    check.template_id = check.let_go_at = None  # what somebody decided no template takes back
    changed += ["template_id", "let_go_at"]
    _unwatch(check, fields)
    for name, value in fields.items():
        setattr(check, name, value)
    if definition.kind != THRESHOLD:
        check.due_at = rules.reschedule(plan_of(check), state_of(check), at).due_at
        changed.append("due_at")
    check.save(update_fields=changed)
    said = definitions.sentence(definition, check.name, at)
    announce(
        events.CheckChanged(check.pk, check.device_id, check.device.client_id, check.name, said),
        by=by, at=at,
    )  # fmt: skip
    return check


@transaction.atomic
def remove_check(*, check: Check, by: Actor, at: datetime) -> None:
    """Expect it no more. Its past goes with it; an open incident of it is over."""
    check = Check.objects.select_for_update(of=("self",)).select_related("device").get(pk=check.pk)
    Incidents(by=by, at=at).recover(check.pk, at)
    announce(
        events.CheckRemoved(check.pk, check.device_id, check.device.client_id, check.name),
        by=by, at=at,
    )  # fmt: skip
    _unwatch(check, {"series_id": None})
    check.delete()


# -- rows ------------------------------------------------------------------------------------------


def _fields(device: Device, definition: Definition, at: datetime) -> dict[str, Any]:
    schedule = definition.schedule
    period = schedules.usual_gap(schedule, at) if schedule else definition.period
    fields: dict[str, Any] = {
        "kind": definition.kind, "period_seconds": period, "grace_seconds": definition.grace,
        "max_run_seconds": definition.max_run, "fail_threshold": definition.fail_threshold,
        "schedule": schedule.expression if schedule else "",
        "zone": schedule.zone if schedule else "",
        "words": contents.kept_words(definition.words) if definition.words else None,
    }  # fmt: skip
    if definition.kind == THRESHOLD and definition.limits is not None:
        series = _watched(device, definition.series)
        period = pace_of(series.pk, _pace_of(device))
        fields |= {
            "series_id": series.pk, "limits": thresholds.kept_limits(definition.limits),
            "period_seconds": period, "grace_seconds": (thresholds.MISSED - 1) * period,
        }  # fmt: skip
    return fields


def _watched(device: Device, name: str) -> Series:
    """The series of a name, marked so that the drain looks at its values."""
    series = Series.objects.filter(device=device, name=name).first()
    if series is None:
        raise Refused(f"{device.name} has not reported {name!r:.80} yet.", field="series")
    if not series.watched:
        series.watched = True
        series.save(update_fields=["watched"])
    return series


def _unwatch(check: Check, fields: dict[str, Any]) -> None:
    """Take the mark off a series this check leaves and no other looks at."""
    if check.series_id is None or fields.get("series_id") == check.series_id:
        return
    others = Check.objects.filter(series_id=check.series_id).exclude(pk=check.pk)
    if not others.exists():
        Series.objects.filter(pk=check.series_id).update(watched=False)


def _pace_of(device: Device) -> int:
    """How often a device's values usually come: with its heartbeat, once a minute at most."""
    beats = Check.objects.filter(device=device).exclude(kind=THRESHOLD)
    pace = beats.filter(period_seconds__gt=0).order_by("period_seconds").first()
    return max(60, pace.period_seconds) if pace else 60


def _free_slug(device: Device, wanted: str, kind: str) -> str:
    taken = set(Check.objects.filter(device=device).values_list("slug", flat=True))
    if len(taken) >= MOST_CHECKS:
        raise Refused(f"{device.name} has {MOST_CHECKS} checks already.")
    slug = known_as(wanted, kind)
    if slug in taken:
        raise Refused(f"{device.name} has a check of this name already.", field="name")
    return slug
