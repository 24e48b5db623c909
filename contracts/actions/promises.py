"""Support calendars and service levels: what agreements promise."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from contracts import events
from contracts.clients.models import Client
from contracts.models import Calendar, FallbackLevel, ServiceLevel, ServiceLevelVersion
from contracts.rules import calendar as calendars
from contracts.rules.policy import read_policy, write_policy
from contracts.rules.targets import read_targets
from msp.kit import edits
from msp.kit.facts import InvalidFact
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce

ALWAYS = "24x7"


@transaction.atomic
def add_calendar(*, name: str, definition: dict[str, Any], by: Actor, at: datetime) -> Calendar:
    """Support hours under a name; service levels take a copy."""
    calendar = Calendar(name=name.strip(), definition=_checked(definition))
    _save(calendar, "name", f"There is a calendar called {calendar.name} already.")
    announce(events.CalendarAdded(calendar.pk, calendar.name), by=by, at=at)
    return calendar


@transaction.atomic
def change_calendar(
    *, calendar: Calendar, name: str, definition: dict[str, Any], by: Actor, at: datetime
) -> Calendar:
    """New hours; promises already made keep theirs until their level is revised (S6)."""
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    wanted = {"name": name, "definition": _checked(definition)}
    if edits.apply(calendar, wanted, {"name", "definition"}):
        _save(calendar, "name", f"There is a calendar called {calendar.name} already.")
        announce(events.CalendarChanged(calendar.pk, calendar.name), by=by, at=at)
    return calendar


@transaction.atomic
def add_level(
    *, name: str, targets: dict[str, Any], calendar: Calendar | None = None,
    pauses_response: bool = False, policy: dict[str, Any] | None = None, by: Actor, at: datetime,
) -> ServiceLevelVersion:  # fmt: skip
    """A named promise; its first version. No calendar means around the clock."""
    level = ServiceLevel(name=name.strip())
    _save(level, "name", f"There is a service level called {level.name} already.")
    promised = _promised(targets, calendar, pauses_response, policy)
    version = ServiceLevelVersion.objects.create(level=level, number=1, created_at=at, **promised)
    announce(events.LevelAdded(level.pk, level.name), by=by, at=at)
    return version


@transaction.atomic
def revise_level(
    *, level: ServiceLevel, targets: dict[str, Any], calendar: Calendar | None = None,
    pauses_response: bool = False, policy: dict[str, Any] | None = None, by: Actor, at: datetime,
) -> ServiceLevelVersion:  # fmt: skip
    """The next version of a promise; agreements and tickets keep the one they name."""
    level = ServiceLevel.objects.select_for_update().get(pk=level.pk)
    newest = level.versions.order_by("-number").first()
    number = newest.number + 1 if newest else 1
    promised = _promised(targets, calendar, pauses_response, policy)
    version = ServiceLevelVersion.objects.create(
        level=level, number=number, created_at=at, **promised
    )
    announce(events.LevelRevised(level.pk, level.name, number), by=by, at=at)
    return version


@transaction.atomic
def set_fallback(
    *, client: Client | None, level: ServiceLevel | None, by: Actor, at: datetime
) -> FallbackLevel:
    """What holds where no agreement names a level, for a client or with None for everybody.

    No level is an answer too: nothing is promised (S5). Open tickets keep what they have.
    """
    row, _is_new = FallbackLevel.objects.update_or_create(client=client, defaults={"level": level})
    announce(_fallback_told(client, level.name if level else "no service level"), by=by, at=at)
    return row


@transaction.atomic
def clear_fallback(*, client: Client | None, by: Actor, at: datetime) -> None:
    """Leave it to the next in line: the house, or nobody."""
    gone, _what = FallbackLevel.objects.filter(client=client).delete()
    if gone:
        announce(_fallback_told(client, "nothing of its own"), by=by, at=at)


def _fallback_told(client: Client | None, level: str) -> events.FallbackLevelSet:
    whom = client.name if client else "every client"
    return events.FallbackLevelSet(client.pk if client else None, whom, level)


def _promised(
    targets: dict[str, Any], calendar: Calendar | None, pauses_response: bool,
    policy: dict[str, Any] | None,
) -> dict[str, Any]:  # fmt: skip
    """What a version says, checked and frozen; nothing said of its policy means the usual one."""
    always = calendars.SupportCalendar(zone="UTC", always_open=True)
    return {
        "targets": _read("targets", read_targets, targets),
        "policy": write_policy(_read("policy", read_policy, policy or {})),
        "pauses_response": pauses_response,
        "calendar_name": calendar.name if calendar else ALWAYS,
        "calendar": calendar.definition if calendar else calendars.to_dict(always),
    }


def _read(part: str, read: Callable[[object], Any], values: object) -> Any:
    try:
        return read(values)
    except InvalidFact as error:
        raise Refused(error.reason, field=f"{part}.{error.field}") from error


def _checked(definition: dict[str, Any]) -> dict[str, Any]:
    """The definition in its one stored form, or a refusal that names the field."""
    try:
        calendar = calendars.from_dict(definition)
    except InvalidFact as error:
        raise Refused(error.reason, field=error.field) from error
    if not (calendar.always_open or calendar.windows or calendar.overrides):
        raise Refused("The calendar never opens. Give it hours.", field="windows")
    return calendars.to_dict(calendar)


def _save(row: models.Model, field: str, taken: str) -> None:
    if not str(getattr(row, "name", "")):
        raise Refused("It needs a name.", field="name")
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(taken, field=field) from error
