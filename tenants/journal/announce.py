"""Telling the house what just happened, in the transaction it happened in."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from msp.kit import live
from msp.kit.refs import Actor
from tenants.journal.models import Delivery, Entry
from tenants.journal.registry import Event, reactions_to
from tenants.journal.tasks import deliver
from tenants.work import hint

TOGETHER = 50  # deliveries handed to one task; other workers take the others


class OutsideTransaction(RuntimeError):
    """An event told outside a transaction could be told without having happened."""


def announce(event: Event, *, by: Actor, at: datetime) -> Entry:
    """Record the event and owe its reactions; both commit or neither does.

    After the commit a task is queued for the reactions and the pages that show one of the
    event's references, or a list of its room (`live:tickets`), are told to refresh. Both are
    hints: the sweep finds what they miss.
    """
    return announce_all([event], by=by, at=at)[0]


def announce_all(events: Sequence[Event], *, by: Actor, at: datetime) -> list[Entry]:
    """The same for many that happened at once, in a statement for all of them."""
    if not connection.in_atomic_block:
        kinds = ", ".join(sorted({event.kind for event in events}))
        raise OutsideTransaction(f"{kinds} was announced outside a transaction.")
    if not events:
        return []
    entries = Entry.objects.bulk_create(
        Entry(
            at=at,
            kind=event.kind,
            actor_kind=by.kind,
            actor_id=by.id,
            actor_name=by.name[:120],
            refs=event.refs(),
            facts=event.facts(),
        )
        for event in events
    )
    owed = Delivery.objects.bulk_create(
        Delivery(entry=entry, reaction=name, next_at=at)
        for entry in entries
        for name in reactions_to(entry.kind)
    )
    schema = connection.schema_name
    names = {ref.replace(":", "-") for entry in entries for ref in entry.refs}
    names |= {entry.kind.split(".")[0] for entry in entries}
    transaction.on_commit(lambda: live.publish(schema, [*names, "counts"]))
    for first in range(0, len(owed), TOGETHER):
        ids = [delivery.pk for delivery in owed[first : first + TOGETHER]]
        transaction.on_commit(partial(hint, deliver, ids))
    return entries
