"""Telling the house what just happened, in the transaction it happened in."""

from datetime import datetime

from django.db import connection, transaction

from msp.kit import live
from msp.kit.refs import Actor
from tenants.journal.models import Delivery, Entry
from tenants.journal.registry import Event, reactions_to
from tenants.journal.tasks import deliver
from tenants.work import hint


class OutsideTransaction(RuntimeError):
    """An event told outside a transaction could be told without having happened."""


def announce(event: Event, *, by: Actor, at: datetime) -> Entry:
    """Record the event and owe its reactions; both commit or neither does.

    After the commit a task is queued for the reactions and the pages that show one of the
    event's references, or a list of its room (`live:tickets`), are told to refresh. Both are
    hints: the sweep finds what they miss.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"{event.kind} was announced outside a transaction.")
    refs = event.refs()
    entry = Entry.objects.create(
        at=at,
        kind=event.kind,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:120],
        refs=refs,
        facts=event.facts(),
    )
    owed = Delivery.objects.bulk_create(
        [Delivery(entry=entry, reaction=name, next_at=at) for name in reactions_to(event.kind)]
    )
    schema = connection.schema_name
    names = [ref.replace(":", "-") for ref in refs] + [event.kind.split(".")[0], "counts"]
    transaction.on_commit(lambda: live.publish(schema, names))
    if owed:
        transaction.on_commit(lambda: hint(deliver, [delivery.pk for delivery in owed]))
    return entry
