"""Templates, and devices that get, change and lose the checks that are asked for by themselves."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import transaction

from contracts.clients.models import Device
from contracts.models import Offer
from monitoring import events
from monitoring.actions._opening import Numbers
from monitoring.actions.checks import pause_check, resume_check
from monitoring.actions.defining import define_check, redefine_check
from monitoring.models import Check, CheckTemplate
from monitoring.queries.templating import facts_of, steps_for, typed
from monitoring.rules.definitions import Definition
from monitoring.rules.templating import Asked, Present, Steps
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce
from tenants.work import hint

MOST_REMEMBERED = 10


@transaction.atomic
def keep_template(
    *, device_class: str, name: str, definition: Definition, by: Actor, at: datetime,
    slug: str = "", offer: Offer | None = None,
) -> CheckTemplate:  # fmt: skip
    """Give the devices of a class this check; the same slug again replaces it.

    With an offer only those that are looked after by it get it. Devices follow after the commit.
    """
    row = typed(
        device_class=device_class, name=name, definition=definition, slug=slug, offer=offer, at=at
    )
    locked = CheckTemplate.objects.select_for_update(of=("self",))
    had = locked.filter(device_class=row.device_class, slug=row.slug, offer=offer).first()
    if had is not None:
        row.pk, row.past = had.pk, had.past
        if facts_of(had) != facts_of(row):
            row.past = [facts_of(had), *had.past][:MOST_REMEMBERED]
    row.save()
    announce(events.TemplateKept(row.pk, row.name, row.device_class), by=by, at=at)
    transaction.on_commit(lambda: hint("monitoring.tasks.follow_templates", row.device_class))
    return row


@transaction.atomic
def drop_template(*, template: CheckTemplate, by: Actor, at: datetime) -> None:
    """Give it to no further device; those that have the check keep it, as if somebody made it."""
    announce(
        events.TemplateDropped(template.pk, template.name, template.device_class), by=by, at=at
    )
    template.delete()


@transaction.atomic
def follow_templates(*, device: Device, by: Actor, at: datetime) -> bool:
    """Bring the checks of a device to what is asked for; whether that changed anything.

    All its checks are held first and then, where some end, the counter of incidents: the order in
    which the drain and the sweep hold them. Told twice it does nothing the second time. What is
    refused, such as one check more than a device may have, holds up nothing else.
    """
    list(Check.objects.select_for_update().filter(device=device).order_by("pk").values_list("pk"))
    device = Device.objects.get(pk=device.pk)
    if device.retired_on is not None:
        return False
    steps = steps_for([device], at)[device.pk]
    if steps.pause:
        Numbers.hold()
    for step in _all(device, steps, by, at):
        with suppress(Refused), transaction.atomic():
            step()
    return steps.any


def _all(device: Device, steps: Steps, by: Actor, at: datetime) -> list[Callable[[], None]]:
    found = [partial(_make, device, ask, by, at) for ask in steps.make]
    found += [partial(_change, had, ask, by, at) for had, ask in steps.change]
    found += [partial(_resume, had, ask, by, at) for had, ask in steps.resume]
    found += [partial(_mark, had.check_id, ask) for had, ask in steps.link]
    return found + [partial(_let_go, had, by, at) for had in steps.pause]


def _make(device: Device, ask: Asked, by: Actor, at: datetime) -> None:
    check = define_check(
        device=device, name=ask.name, slug=ask.slug.removeprefix("="), definition=ask.definition,
        by=by, at=at,
    )  # fmt: skip
    _mark(check.pk, ask)


def _change(had: Present, ask: Asked, by: Actor, at: datetime) -> None:
    """Mean by it what is asked for; words and the longest run are a person's and stay."""
    own = had.definition
    wanted = replace(ask.definition, words=own.words, max_run=own.max_run)
    redefine_check(check=_check(had), definition=wanted, by=by, at=at)
    _mark(had.check_id, ask)


def _resume(had: Present, ask: Asked, by: Actor, at: datetime) -> None:
    _change(had, ask, by, at)
    resume_check(check=_check(had), by=by, at=at)
    _mark(had.check_id, ask)


def _let_go(had: Present, by: Actor, at: datetime) -> None:
    pause_check(check=_check(had), by=by, at=at)
    Check.objects.filter(pk=had.check_id).update(let_go_at=at)


def _check(had: Present) -> Check:
    return Check.objects.select_related("device").get(pk=had.check_id)


def _mark(check_id: int, ask: Asked) -> None:
    Check.objects.filter(pk=check_id).update(template_id=ask.template_id, let_go_at=None)
