"""Alerts: in the inbox at once, and out of the house together with what else waits."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from tenants.context import address, current
from tenants.notices.actions._inbox import Inbox
from tenants.notices.actions.telling import mail
from tenants.notices.models import Channel, Notice, Outgoing
from tenants.notices.rules.grouping import AGAIN, END, INTERVAL, PROBLEM, Item, Quiet, decide
from tenants.notices.rules.messages import Line, Message, composed
from tenants.people.models import Person

BATCH = 1000


@transaction.atomic
def alert(
    *, person_id: int, key: str, about: str, reason: str, text: str, url: str, began_at: datetime,
    at: datetime, again: bool = False, urgent: bool = True,
) -> bool:  # fmt: skip
    """Tell one person of a problem, in the inbox and outside, once per key; True when it is new.

    `about` names the problem: its end is told to those who heard of it.
    """
    kind = AGAIN if again else PROBLEM
    return _add(person_id, key, about, reason, text, url, kind, urgent, began_at, at)


@transaction.atomic
def alert_over(*, about: str, reason: str, text: str, url: str, at: datetime) -> int:
    """Tell those who were told of a problem that it is over; how many they are."""
    heard = Notice.objects.filter(about=about).exclude(kind=END)
    people = heard.order_by("person_id").values_list("person_id", flat=True).distinct()
    key = f"over:{about}:{at.timestamp():.0f}"
    return sum(
        _add(person_id, key, about, reason, text, url, END, False, at, at) for person_id in people
    )


def _add(
    person_id: int, key: str, about: str, reason: str, text: str, url: str, kind: str,
    urgent: bool, began_at: datetime, at: datetime,
) -> bool:  # fmt: skip
    return Inbox.put(
        person_id, key[:120], reason=reason[:60], text=text, url=url, about=about, kind=kind,
        urgent=urgent, began_at=began_at, at=at, send_at=at,
    )  # fmt: skip


@transaction.atomic
def send_alerts(*, person_id: int, at: datetime) -> int:
    """Send what waits for one person and may leave now, as one message; how many alerts it holds.

    The person's row is held meanwhile, so that two workers do not send it twice.
    """
    held = Person.objects.select_for_update(skip_locked=True, no_key=True)
    person = held.filter(pk=person_id).first()
    if person is None:
        return 0
    waiting = Notice.objects.filter(person=person, send_at__isnull=False)
    if not person.is_active:
        waiting.update(send_at=None)
        return 0
    rows = {row.pk: row for row in waiting.order_by("at", "pk")[:BATCH]}
    answer = decide(
        [_item(row) for row in rows.values()], _sent(person, at), at,
        told=_told(person, rows.values()), quiet=_quiet(person),
    )  # fmt: skip
    _mark(answer.drop, send_at=None)
    if answer.again_at is not None:
        dropped = {one.id for one in answer.drop}
        Notice.objects.filter(pk__in=set(rows) - dropped).update(send_at=answer.again_at)
    if not answer.send:
        return 0
    _mark(answer.send, send_at=None, sent_at=at)
    _post(person, [rows[one.id] for one in answer.send], at)
    return len(answer.send)


def _item(row: Notice) -> Item:
    return Item(row.pk, row.about, row.kind, row.began_at or row.at, row.at, row.urgent)


def _mark(items: Sequence[Item], **fields: datetime | None) -> None:
    if items:
        Notice.objects.filter(pk__in=[one.id for one in items]).update(**fields)


def _sent(person: Person, at: datetime) -> list[datetime]:
    """The messages of the last minutes; all alerts of one carry the same instant."""
    recent = Notice.objects.filter(person=person, sent_at__gt=at - INTERVAL - timedelta(minutes=1))
    found = recent.order_by("sent_at").values_list("sent_at", flat=True).distinct()
    return [one for one in found if one]


def _told(person: Person, rows: Iterable[Notice]) -> frozenset[str]:
    about = {row.about for row in rows if row.kind == END}
    if not about:
        return frozenset()
    heard = Notice.objects.filter(person=person, about__in=about, sent_at__isnull=False)
    return frozenset(heard.exclude(kind=END).values_list("about", flat=True))


def _quiet(person: Person) -> Quiet | None:
    if person.quiet_from is None or person.quiet_until is None:
        return None
    return Quiet(person.quiet_from, person.quiet_until, person.zone or current().zone)


def _post(person: Person, rows: Sequence[Notice], at: datetime) -> None:
    """Owe the message to each channel the person set up; to their mail where there is none."""
    base = address("")
    lines = [
        Line(row.reason, row.text, f"{base}{row.url}" if row.url else "", row.kind) for row in rows
    ]
    message = composed(lines, current().name)
    key = f"alert:{person.pk}:{rows[0].pk}:{rows[-1].pk}"
    channels = list(Channel.objects.filter(person=person, removed_at__isnull=True))
    if not channels:
        mail(key=key, to=person.email, subject=message.subject, text=message.text, at=at)
    Outgoing.objects.bulk_create(
        [_outgoing(one, key, message, rows, at) for one in channels], ignore_conflicts=True
    )


def _outgoing(
    channel: Channel, key: str, message: Message, rows: Sequence[Notice], at: datetime
) -> Outgoing:
    payload = {
        "alerts": [
            {"about": row.about, "kind": row.kind, "reason": row.reason, "text": row.text}
            for row in rows[:100]
        ]
    }
    return Outgoing(
        channel=channel, key=key, kind="alert", subject=message.subject, text=message.text,
        payload=payload, person_id=channel.person_id, created_at=at, next_at=at,
    )  # fmt: skip
