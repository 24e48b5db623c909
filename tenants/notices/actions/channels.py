"""Channels: made, removed, broken and whole again; and what is owed to them."""

import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from msp.kit.sealing import seal
from tenants.journal.announce import announce
from tenants.notices import events, queries
from tenants.notices.actions.telling import mail
from tenants.notices.models import Channel, Mail, Outgoing
from tenants.notices.rules.webhooks import GONE, holds_up, next_try, secret_of
from tenants.people.models import Person, Team

MOST = 20  # channels of one owner
CUT_OFF = timedelta(minutes=1)  # after the last try, until nobody can be making it any more
GIVE_UP = 8


@transaction.atomic
def add_channel(
    *, name: str, address: str, service: str, person: Person | None = None,
    team: Team | None = None, by: Actor, at: datetime,
) -> Channel:  # fmt: skip
    """A messenger or push service of a person or a team; its address is sealed at once."""
    return _add(
        Channel(
            kind=Channel.Kind.APPRISE, person=person, team=team, hint=service[:80],
            secret=address, created_at=at,
        ),
        name, by, at,
    )  # fmt: skip


@transaction.atomic
def add_webhook(
    *, name: str, url: str, kinds: Sequence[str] = (), person: Person | None = None,
    team: Team | None = None, by: Actor, at: datetime,
) -> tuple[Channel, str]:  # fmt: skip
    """A webhook and its signing secret, which cannot be shown again."""
    secret = secret_of(secrets.token_bytes(32))
    row = Channel(
        kind=Channel.Kind.WEBHOOK, person=person, team=team, url=url, kinds=list(kinds),
        hint=url[:80], secret=secret, created_at=at,
    )  # fmt: skip
    return _add(row, name, by, at), secret


def _add(row: Channel, name: str, by: Actor, at: datetime) -> Channel:
    row.name = " ".join(name.split())[:80]
    if not row.name:
        raise Refused("Give it a name.", field="name")
    same = Channel.objects.filter(person=row.person, team=row.team, removed_at__isnull=True)
    if same.count() >= MOST:
        raise Refused(f"{MOST} at most. Remove one first.")
    row.ident = secrets.token_hex(16)
    row.secret = seal(row.secret, about=queries.about(row.ident))
    row.save(force_insert=True)
    announce(events.ChannelAdded(row.pk, row.name, row.get_kind_display(), row.person_id), by=by,
             at=at)  # fmt: skip
    return row


@transaction.atomic
def remove_channel(*, channel: Channel, by: Actor, at: datetime) -> None:
    """Send nothing there any more; what it was sent stays listed, its secret goes."""
    row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    if row.removed_at is not None:
        return
    row.removed_at, row.secret, row.broken_since = at, "", None
    row.save(update_fields=["removed_at", "secret", "broken_since"])
    waiting = row.outgoing.filter(done_at__isnull=True, gave_up_at__isnull=True)
    waiting.update(gave_up_at=at, error="The channel was removed.")
    announce(events.ChannelRemoved(row.pk, row.name, row.person_id), by=by, at=at)


@transaction.atomic
def keep_quiet(
    *, person: Person, since: time | None, until: time | None, by: Actor, at: datetime
) -> None:
    """The hours in which only what is urgent reaches somebody outside the product."""
    if (since is None) != (until is None):
        raise Refused("Give both times, or neither.", field="quiet_until")
    if since is not None and since == until:
        raise Refused("These hours would have no length.", field="quiet_until")
    person.quiet_from, person.quiet_until = since, until
    person.save(update_fields=["quiet_from", "quiet_until"])
    announce(events.QuietHoursKept(person.pk), by=by, at=at)


@transaction.atomic
def publish(*, kind: str, key: str, payload: dict[str, Any], at: datetime) -> int:
    """Owe what happened to every webhook of the MSP that asked for it, once per key."""
    rows = Channel.objects.filter(
        kind=Channel.Kind.WEBHOOK, person__isnull=True, team__isnull=True, removed_at__isnull=True,
        kinds__contains=[kind],
    )  # fmt: skip
    return len(
        Outgoing.objects.bulk_create(
            [
                Outgoing(
                    channel=row, key=key, kind=kind, subject=kind, payload=payload, created_at=at,
                    next_at=at,
                )
                for row in rows
            ],
            ignore_conflicts=True,
        )
    )  # fmt: skip


@transaction.atomic
def tell_team(
    *, team_id: int, key: str, reason: str, text: str, url: str, at: datetime
) -> int:  # fmt: skip
    """Owe one message to each channel of a team, once per key."""
    rows = Channel.objects.filter(team_id=team_id, removed_at__isnull=True)
    return len(
        Outgoing.objects.bulk_create(
            [
                Outgoing(
                    channel=row, key=key, kind="alert", subject=f"{reason}: {text}"[:200],
                    text=f"{text}\n{url}", payload={"reason": reason, "text": text, "url": url},
                    created_at=at, next_at=at,
                )
                for row in rows
            ],
            ignore_conflicts=True,
        )
    )  # fmt: skip


# -- what came of it -------------------------------------------------------------------------------


@transaction.atomic
def begin_try(*, outgoing_id: int, at: datetime) -> bool | None:
    """Count a try before it is made: one that is killed leaves nothing else behind.

    False where the message needs none any more; None where its channel is to be left alone now,
    because somebody else has it, its time has not come, or the last try it had was cut off.
    """
    held = Channel.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    channel = held.filter(outgoing=outgoing_id).first()
    if channel is None:
        return None
    rows = channel.outgoing.select_for_update(of=("self",)).select_related("person")
    row = rows.filter(pk=outgoing_id, done_at__isnull=True, gave_up_at__isnull=True).first()
    if row is None:
        return False
    if row.next_at > at:
        return None
    alert = row.kind == "alert"
    if row.tries and next_try(row.tries, at, alert=alert) is None:
        _keep_failure(row, channel, at)
        return None
    row.tries, row.error = row.tries + 1, "The try was cut off."
    row.next_at = next_try(row.tries, at, alert=alert) or at + CUT_OFF
    row.save(update_fields=["tries", "error", "next_at"])
    return True


@transaction.atomic
def keep_reply(
    *, outgoing: Outgoing, error: str, status: int | None, at: datetime
) -> bool:  # fmt: skip
    """Keep what came of one try; whether the channel may be sent the next. What is given up goes to
    the person's mail."""
    row, channel = outgoing, outgoing.channel
    row.status, row.error = status, error[:300]
    if error:
        _keep_failure(row, channel, at)
        return not holds_up(status, alert=row.kind == "alert")
    row.done_at, channel.broken_since = at, None
    row.save(update_fields=["status", "error", "done_at"])
    channel.save(update_fields=["broken_since"])
    return True


def _keep_failure(row: Outgoing, channel: Channel, at: datetime) -> None:
    _fail(row, channel, at)
    row.save(update_fields=["status", "error", "gave_up_at", "next_at"])
    channel.save(update_fields=["broken_since"])


def _fail(row: Outgoing, channel: Channel, at: datetime) -> None:
    channel.broken_since = channel.broken_since or at
    rest = channel.outgoing.filter(done_at__isnull=True, gave_up_at__isnull=True)
    rest = rest.exclude(pk=row.pk)
    alert = row.kind == "alert"
    again, away = next_try(row.tries, at, alert=alert), alert or holds_up(row.status, alert=False)
    if again is None or row.status == GONE:
        row.gave_up_at = at
        _mail_instead(row, channel, at)
        if not away:
            return  # it was refused for what it says, and the others are not
        # So are the others: each would wait as long again before its mail.
        for one in rest.filter(person__isnull=False).select_related("person").order_by("pk"):
            _mail_instead(one, channel, at)
        rest.update(gave_up_at=at, error="The one before it was given up.")
        return
    row.next_at = again
    if holds_up(row.status, alert=alert):
        # The others wait with it: an endpoint that is away is not knocked at for each of them.
        rest.exclude(kind="alert").filter(next_at__lt=again).update(next_at=again)


def _mail_instead(row: Outgoing, channel: Channel, at: datetime) -> None:
    if row.person is None or not row.person.is_active:
        return
    mail(
        key=f"instead:{row.pk}", to=row.person.email, subject=row.subject,
        text=f"{row.text}\n\nThis was meant for {channel.name}, which does not answer.", at=at,
    )  # fmt: skip


@transaction.atomic
def redeliver(*, outgoing: Outgoing, by: Actor, at: datetime) -> None:
    """Try one again from the beginning; the receiver knows it by its id."""
    row = Outgoing.objects.select_for_update(of=("self",)).select_related("channel")
    found = row.get(pk=outgoing.pk)
    if found.channel.removed_at is not None:
        raise Conflict("This channel was removed.")
    found.tries, found.next_at, found.done_at, found.gave_up_at = 0, at, None, None
    found.save(update_fields=["tries", "next_at", "done_at", "gave_up_at"])
    announce(events.SentAgain(found.pk, found.channel.name, found.subject), by=by, at=at)


@transaction.atomic
def remail(*, letter: Mail, by: Actor, at: datetime) -> None:
    """Try a mail again that was given up."""
    found = Mail.objects.select_for_update().get(pk=letter.pk)
    if found.sent_at is not None or found.tries < GIVE_UP:
        raise Conflict("This mail was not given up.")
    if found.secret:
        raise Refused("What let somebody in is forgotten. They can ask for a new link.")
    found.tries, found.next_at = 0, at
    found.save(update_fields=["tries", "next_at"])
    announce(events.SentAgain(found.pk, found.to, found.subject), by=by, at=at)
