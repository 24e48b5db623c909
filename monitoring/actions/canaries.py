"""Placing the canary, taking it away, and calling for help by another way when it goes unheard."""

from datetime import datetime

from django.db import transaction

from contracts.clients import actions as clients
from contracts.clients.models import Site
from monitoring import events
from monitoring.actions.enrolment import add_check
from monitoring.actions.keys import enrol_key, revoke_key
from monitoring.models import Check, EnrolmentKey
from monitoring.queries import canary as queries
from monitoring.rules import canary as rules
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict
from tenants.context import current_schema
from tenants.journal.announce import announce
from tenants.notices import actions as notices
from tenants.people.models import Person


@transaction.atomic
def place_canary(*, site: Site, by: Actor, at: datetime) -> Check:
    """Let a device of our own report from a site, and fall silent on purpose once an hour."""
    if queries.the_canary() is not None:
        raise Conflict("There is a canary already.", field="site")
    device = clients.add_device(
        client=site.client, name=rules.SLUG, kind="sensor", site=site,
        counts_from_on=rules.NEVER, by=by, at=at,
    )  # fmt: skip
    check = add_check(
        device=device, name="Canary", slug=rules.SLUG, period=rules.PERIOD, grace=rules.GRACE,
        by=by, at=at,
    )  # fmt: skip
    enrol_key(site=site, name="Canary", device=device, by=by, at=at)
    announce(events.CanaryPlaced(check.pk, device.pk, site.client_id), by=by, at=at)
    return check


@transaction.atomic
def remove_canary(*, check: Check, by: Actor, at: datetime) -> None:
    """Prove nothing any more. Its device is retired the day it was made countable: never."""
    for key in EnrolmentKey.objects.filter(device=check.device_id, revoked_at__isnull=True):
        revoke_key(key=key, by=by, at=at)
    announce(events.CanaryRemoved(check.device_id, check.device.client_id), by=by, at=at)
    clients.retire_device(device=check.device, on=rules.NEVER, by=by, at=at)


@transaction.atomic
def call_for_help(*, check: Check, by: Actor, at: datetime) -> int:
    """Owe the owners a mail that alerting is silent, once for each silence that went unnoticed;
    how many mails that is.
    """
    start, _end = rules.silence(current_schema(), at - rules.SILENT - rules.SLACK)
    owners = Person.objects.filter(role="owner", kind=Person.Kind.STAFF, is_active=True)
    owed = 0
    for owner in owners:
        key = f"canary:{check.pk}:{start:%Y%m%d%H}:{owner.pk}"
        owed += notices.mail(
            key=key, to=owner.email, subject="Alerting is silent",
            text=(
                "A device of ours that falls silent on purpose was not noticed. Incidents may not"
                " open, and nobody may be called. See that the worker and the beat run.\n"
            ),
            at=at,
        )  # fmt: skip
    if owed:
        announce(
            events.CanaryUnheard(check.pk, check.device_id, check.device.client_id), by=by, at=at
        )
    return owed
