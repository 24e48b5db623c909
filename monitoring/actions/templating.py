"""Templates, and devices that get, change and lose the checks that are asked for by themselves."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracts.clients.models import Device
from contracts.models import Offer
from monitoring import events
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
def follow_templates(*, devices: Sequence[Device], by: Actor, at: datetime) -> int:
    """Bring the checks of some devices to what is asked for; how many devices that changed.

    Told twice it does nothing the second time: what is there is asked for no more.
    """
    alive = [one for one in devices if one.retired_on is None]
    if not alive or not CheckTemplate.objects.exists():
        return 0
    found = steps_for(alive, at)
    return sum(_follow(device, found[device.pk], by, at) for device in alive)


def _follow(device: Device, steps: Steps, by: Actor, at: datetime) -> bool:
    for ask in steps.make:
        _make(device, ask, by, at)
    for had, ask in steps.change:
        check = _check(had)
        redefine_check(check=check, definition=ask.definition, by=by, at=at)
        _mark(check, ask)
    for had, ask in steps.resume:
        check = _check(had)
        redefine_check(check=check, definition=ask.definition, by=by, at=at)
        resume_check(check=check, by=by, at=at)
        _mark(check, ask)
    for had, ask in steps.link:
        _mark(_check(had), ask)
    for had in steps.pause:
        check = _check(had)
        pause_check(check=check, by=by, at=at)
        Check.objects.filter(pk=check.pk).update(let_go_at=at)
    return steps.any


def _make(device: Device, ask: Asked, by: Actor, at: datetime) -> None:
    """The check of a template; a device that has as many as it may gets no more."""
    try:
        with transaction.atomic():
            check = define_check(
                device=device, name=ask.name, slug=ask.slug.removeprefix("="),
                definition=ask.definition, by=by, at=at,
            )  # fmt: skip
    except Refused:
        return
    _mark(check, ask)


def _check(had: Present) -> Check:
    return Check.objects.select_related("device").get(pk=had.check_id)


def _mark(check: Check, ask: Asked) -> None:
    Check.objects.filter(pk=check.pk).update(template_id=ask.template_id, let_go_at=None)
