"""Telling people: rows first, sending later."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from tenants.journal.announce import announce
from tenants.notices import events
from tenants.notices.actions._inbox import Inbox
from tenants.notices.models import Mail, Notice


@transaction.atomic
def tell(*, person_id: int, key: str, reason: str, text: str, url: str = "", at: datetime) -> bool:
    """Put something into a person's inbox, once per key; True when it is new.

    It is itself the consequence of an announced event, so it announces nothing of its own.
    """
    return Inbox.put(person_id, key, reason=reason, text=text, url=url, at=at)


@transaction.atomic
def mail(
    *, key: str, to: str, subject: str, text: str, at: datetime, html: str = "",
    secret: bool = False,
) -> bool:  # fmt: skip
    """Owe somebody an e-mail, once per key; the sending task picks it up.

    A `secret` text, such as a link that signs in, is forgotten when it is sent or given up.
    """
    _row, created = Mail.objects.get_or_create(
        key=key,
        defaults={
            "to": to,
            "subject": " ".join(subject.split())[:200],
            "text": text,
            "html": html,
            "secret": secret,
            "created_at": at,
            "next_at": at,
        },
    )
    return created


@transaction.atomic
def mark_read(*, person_id: int, notice_id: int | None, at: datetime) -> int:
    """Mark one notice read, or all of a person's."""
    rows = Notice.objects.filter(person_id=person_id, read_at__isnull=True)
    if notice_id is not None:
        rows = rows.filter(pk=notice_id)
    return rows.update(read_at=at)


@transaction.atomic
def discard_unsent(*, by: Actor, at: datetime) -> int:
    """Give up all mail that waits, as after loading history nobody wants to be mailed about."""
    count = Mail.objects.filter(sent_at__isnull=True).update(sent_at=at, error="discarded")
    announce(events.MailDiscarded(count=count), by=by, at=at)
    return count
