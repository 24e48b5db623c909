"""Sending what is owed. A row is locked while it is sent, so two workers never send it twice.

A try is counted before it is made: one that hangs until its process is killed has been one, and
ends like the others. A worker killed between the mail server's answer and the stamp sends again
after restart: mail can promise at least once and no more. The Message-ID is the row's, so the
receiver can tell.
"""

import json
import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from msp.kit.sealing import BrokenSeal
from tenants.context import Tenant
from tenants.notices import actions, queries
from tenants.notices.gateways import outside
from tenants.notices.models import Channel, Mail, Outgoing
from tenants.notices.rules.webhooks import headers
from tenants.work import for_each, hint, platform_task, tenant_task

log = logging.getLogger(__name__)
GIVE_UP = 8
# One endpoint that drips or hangs: the first limit counts as a failed try, the second ends the
# process. A message is begun only while it has most of the first left.
LIMITS = {"soft_time_limit": 30, "time_limit": 40}
BEGIN_WITHIN = timedelta(seconds=10)
STALE = 30  # seconds after which a hint to send is dropped: the sweep gives another


@platform_task
def send_due() -> None:
    for_each(_look)


def _look(_tenant: Tenant) -> None:
    if _due().exists():
        hint(send, expires=STALE)
    _forget_cut_off()
    if queries.alerts_wait(datetime.now(UTC)):
        hint(send_alerts)
    for channel_id in queries.outgoing_waits(datetime.now(UTC)):
        hint(send_outgoing, channel_id, expires=STALE)


def _due():  # type: ignore[no-untyped-def]
    return Mail.objects.filter(
        sent_at__isnull=True, next_at__lte=datetime.now(UTC), tries__lt=GIVE_UP
    )


def _forget_cut_off() -> None:
    """What lets somebody in is forgotten also where the last try was killed before it could be."""
    given_up = Mail.objects.filter(
        secret=True, sent_at__isnull=True, next_at__lte=datetime.now(UTC), tries__gte=GIVE_UP
    )
    given_up.exclude(text="", html="").update(text="", html="")


@tenant_task(**LIMITS)
def send() -> None:
    for pk in _in_time(_due().order_by("pk").values_list("pk", flat=True)[:200]):
        send_one(pk)


def _in_time(rows: Iterable[int]) -> Iterator[int]:
    """As many as can be begun in good time; the sweep goes on with the rest."""
    until = datetime.now(UTC) + BEGIN_WITHIN
    for pk in list(rows):
        if datetime.now(UTC) > until:
            return
        yield pk


@tenant_task
def send_alerts() -> None:
    """Put together what each person is to hear of, and owe it to their channels."""
    for person_id in queries.people_with_alerts(datetime.now(UTC)):
        actions.send_alerts(person_id=person_id, at=datetime.now(UTC))


@tenant_task(**LIMITS)
def send_outgoing(channel_id: int) -> None:
    """Send what one channel is owed, in order; behind one that failed a feed waits with it."""
    for pk in _in_time(queries.outgoing_due(channel_id, datetime.now(UTC))):
        if not send_out(pk):
            return


def send_out(pk: int) -> bool:
    """Send one message; whether its channel may be sent the next."""
    begun = actions.begin_try(outgoing_id=pk, at=datetime.now(UTC))
    return _try(pk) if begun else begun is not None


@transaction.atomic
def _try(pk: int) -> bool:
    """The channel is held meanwhile: a second worker leaves it, and whoever changes the channel
    takes the same row first, then its messages.
    """
    held = Channel.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    channel = held.filter(outgoing=pk).first()
    if channel is None:
        return False
    waiting = channel.outgoing.filter(done_at__isnull=True, gave_up_at__isnull=True)
    row = waiting.select_for_update(of=("self",)).select_related("person").filter(pk=pk).first()
    if row is None:
        return True
    at = datetime.now(UTC)
    reply = _reply(row, at)
    return actions.keep_reply(
        outgoing=row, error=reply.error, status=reply.status, at=datetime.now(UTC)
    )


def _reply(row: Outgoing, at: datetime) -> outside.Reply:
    try:
        secret = queries.secret_of(row.channel)
    except BrokenSeal:
        return outside.Reply("What it is sealed with has changed. Set the channel up again.")
    if row.channel.kind == Channel.Kind.APPRISE:
        return outside.notify(secret, row.subject, row.text)
    ident = f"msg_{row.channel.ident[:12]}_{row.pk}"
    said = {"type": row.kind, "timestamp": row.created_at.isoformat(), "data": row.payload or {}}
    body = json.dumps(said, separators=(",", ":")).encode()
    return outside.post(row.channel.url, body, headers(secret, ident, at, body))


def send_one(pk: int) -> None:
    if _begin(pk):
        _mail(pk)


@transaction.atomic
def _begin(pk: int) -> bool:
    """Count the try; False where somebody else has the row, or it is not due."""
    row = Mail.objects.select_for_update(skip_locked=True).filter(pk=pk, sent_at=None).first()
    at = datetime.now(UTC)
    if row is None or row.next_at > at or row.tries >= GIVE_UP:
        return False
    row.tries, row.error = row.tries + 1, "The try was cut off."
    row.next_at = at + timedelta(seconds=min(3600, 10 * 2**row.tries))
    row.save(update_fields=["tries", "error", "next_at"])
    return True


@transaction.atomic
def _mail(pk: int) -> None:
    row = Mail.objects.select_for_update(skip_locked=True).filter(pk=pk, sent_at=None).first()
    if row is None:
        return
    try:
        _written(row).send()
    except Exception as error:  # a row that cannot be written must not hold up the others
        log.warning("Mail %s was not sent: %s: %s", row.pk, type(error).__name__, error)
        row.error = f"{type(error).__name__}: {error}"[:1000]
    else:
        row.sent_at, row.error = datetime.now(UTC), ""
    if row.secret and (row.sent_at is not None or row.tries >= GIVE_UP):
        row.text = row.html = ""
    row.save(update_fields=["sent_at", "error", "text", "html"])


def _written(row: Mail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(row.subject, row.text, to=[row.to])
    message.extra_headers["Message-ID"] = f"<mail-{row.pk}@steward.invalid>"
    if row.html:
        message.attach_alternative(row.html, "text/html")
    return message
