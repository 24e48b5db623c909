"""The keys things report with: made, changed, given a new secret, ended."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from contracts.clients.models import Device, Site
from monitoring import events
from monitoring.actions.defining import define_check
from monitoring.models import Check, EnrolmentKey
from monitoring.queries import offers
from monitoring.rules.offers import Offer, definition_of
from monitoring.rules.series import label_of
from monitoring.rules.words import ABOVE_CAP
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce
from tenants.people.tokens import digest_of

PREFIX_LENGTH = 11
LONGEST_OVERLAP = timedelta(days=30)


@transaction.atomic
def enrol_key(
    *, site: Site, name: str, cap: int = 100, default_kind: str = "workstation",
    device: Device | None = None, expires_at: datetime | None = None, by: Actor, at: datetime,
) -> tuple[EnrolmentKey, str]:  # fmt: skip
    """Make a key for a site's devices, or for one, and return it with its token.

    The token is never seen again.
    """
    name = name.strip()
    if not name:
        raise Refused("A key needs a name.", field="name")
    if default_kind not in Device.Kind.values:
        raise Refused(f"There is no device class {default_kind!r:.80}.", field="default_kind")
    if device is not None and device.client_id != site.client_id:
        raise Refused("This device belongs to another client.", field="device")
    if expires_at is not None and expires_at <= at:
        raise Refused("A key ends after it begins.", field="expires_at")
    _check_cap(cap)
    token = _new_token()
    key = EnrolmentKey(
        site=site, device=device, name=name[:80], prefix=token[:PREFIX_LENGTH],
        digest=digest_of(token), cap=cap, default_kind=default_kind, created_at=at,
        expires_at=expires_at,
    )  # fmt: skip
    key.save()
    announce(events.KeyEnrolled(key.pk, site.pk, site.client_id, key.name), by=by, at=at)
    return key, token


@transaction.atomic
def change_cap(*, key: EnrolmentKey, cap: int, by: Actor, at: datetime) -> None:
    """Let a key enrol more devices, or fewer; what is enrolled stays."""
    _check_cap(cap)
    key = _held(key)
    key.cap = cap
    key.save(update_fields=["cap"])
    key.refused.filter(reason__startswith=ABOVE_CAP).delete()
    announce(
        events.EnrolmentKeyChanged(key.pk, key.site_id, key.site.client_id, key.name, cap),
        by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def rotate_key(
    *, key: EnrolmentKey, overlap: timedelta, by: Actor, at: datetime
) -> tuple[EnrolmentKey, str]:
    """Give a key a new secret; the one before it works on for a while, or ends at once.

    It stays the same key: what it let in, its cap and its page do not change. A second rotation
    within the overlap ends the oldest secret.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise Refused("The old secret works on for at most 30 days.", field="overlap")
    key = _held(key)
    if key.revoked_at is not None:
        raise Conflict("This key was revoked.")
    token = _new_token()
    key.old_prefix, key.old_digest, key.old_until = key.prefix, key.digest, at + overlap
    key.prefix, key.digest = token[:PREFIX_LENGTH], digest_of(token)
    key.save(update_fields=["prefix", "digest", "old_prefix", "old_digest", "old_until"])
    announce(
        events.EnrolmentKeyRotated(
            key.pk, key.site_id, key.site.client_id, key.name, key.old_until.isoformat()
        ),
        by=by, at=at,
    )  # fmt: skip
    return key, token


@transaction.atomic
def revoke_key(*, key: EnrolmentKey, by: Actor, at: datetime) -> None:
    """End a key. The intakes notice within seconds; what they took before is still stored."""
    key = _held(key)
    if key.revoked_at is not None:
        raise Conflict("This key was revoked already.")
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    announce(
        events.EnrolmentKeyRevoked(key.pk, key.site_id, key.site.client_id, key.name),
        by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def take_offer(*, key: EnrolmentKey, offer: Offer, by: Actor, at: datetime) -> list[Check]:
    """Set the offered limits on what the key's devices measure and nobody watches yet."""
    found = next((one for one in offers(key) if one.offer == offer), None)
    if found is None:
        raise Refused("There is nothing left to watch.", field="offer")
    made, full = [], set()
    for series in found.series:
        if series.device_id in full:
            continue
        definition = definition_of(offer, series.name)
        try:
            with transaction.atomic():
                made.append(define_check(
                    device=series.device, name=label_of(series.name), definition=definition,
                    by=by, at=at,
                ))  # fmt: skip
        except Refused:
            full.add(series.device_id)
    if not made:
        raise Refused("These devices have as many checks as they may.", field="offer")
    return made


def _held(key: EnrolmentKey) -> EnrolmentKey:
    locked = EnrolmentKey.objects.select_for_update(of=("self",))
    return locked.select_related("site").get(pk=key.pk)


def _new_token() -> str:
    return f"hb_{secrets.token_urlsafe(30)}"


def _check_cap(cap: int) -> None:
    if not 0 <= cap <= 100_000:
        raise Refused("The cap is a number from 0 to 100,000.", field="cap")
