"""Taking what was accepted into the database: exactly once, and never stuck on one bad entry.

The position in the stream is a row that moves in the transaction of the effects. Whoever is killed
before the commit has done nothing, whoever is killed after it has done all; the entries are read
again and the position says which are done (docs/rooms/monitoring.md).
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from monitoring import events
from monitoring.actions._batch import Batch
from monitoring.actions._cursor import HeldCursor
from monitoring.models import DeadLetter, Spooled
from monitoring.rules import envelope
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict
from tenants.journal.announce import announce

log = logging.getLogger(__name__)
Entry = tuple[str, bytes]  # its position, its envelope
MOST_SPOOLED = 1000


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What one call did; `busy` when another drainer holds the MSP or has moved on."""

    entries: int = 0
    busy: bool = False


@transaction.atomic
def absorb(
    *, entries: Sequence[Entry], epoch: str, after: str, by: Actor, at: datetime,
    unread: bool = False,
) -> Absorbed:  # fmt: skip
    """Let entries read after a position take effect, and move the position behind them.

    `epoch` names the stream they were read from. With `unread` they are not even looked at: they
    killed those who did, and go to the dead letters.
    """
    cursor = HeldCursor.take()
    if cursor is None or (cursor.epoch, cursor.last_id) != (epoch, after):
        return Absorbed(busy=True)
    newest = None
    if unread:
        for entry in entries:
            _bury(entry, cursor, "Whoever read this did not survive it.", at)
    elif entries:
        newest = _take(entries, cursor, by, at)
    if entries:
        cursor.last_id = entries[-1][0]
    if newest and (cursor.evaluated_at is None or newest > cursor.evaluated_at):
        cursor.evaluated_at = newest
    cursor.save()
    return Absorbed(len(entries))


@transaction.atomic
def absorb_spool(*, by: Actor, at: datetime) -> Absorbed:
    """Let what was spooled take effect and remove it; it is older than all that waits elsewhere."""
    cursor = HeldCursor.take()
    if cursor is None:
        return Absorbed(busy=True)
    rows = list(Spooled.objects.order_by("pk")[:MOST_SPOOLED])
    if rows:
        _take([(f"spool:{row.pk}", bytes(row.envelope)) for row in rows], cursor, by, at)
        Spooled.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return Absorbed(len(rows))


@transaction.atomic
def begin_epoch(*, epoch: str, was: str, by: Actor, at: datetime) -> None:
    """Start at the beginning of a stream that is not the one we knew: Valkey lost its data."""
    cursor = HeldCursor.take()
    if cursor is None or cursor.epoch != was:
        return
    cursor.epoch, cursor.last_id = epoch, "0-0"
    cursor.save()


@transaction.atomic
def replay(*, letter: DeadLetter, by: Actor, at: datetime) -> None:
    """Send a dead letter through again, by way of the spool."""
    letter = DeadLetter.objects.select_for_update().get(pk=letter.pk)
    if letter.replayed_at is not None:
        raise Conflict("This letter was sent through again already.")
    raw = bytes(letter.envelope)
    try:
        received_at = envelope.unpack(raw).received_at
    except envelope.Unreadable:
        received_at = letter.at
    Spooled.objects.create(received_at=received_at, envelope=raw)
    letter.replayed_at = at
    letter.save(update_fields=["replayed_at"])
    announce(events.LetterReplayed(letter.pk, letter.entry_id), by=by, at=at)


def _take(entries: Sequence[Entry], cursor: HeldCursor, by: Actor, at: datetime) -> datetime | None:
    """Store the entries; those that cannot be stored are found by halving and buried."""
    try:
        with transaction.atomic():
            envelopes = [envelope.unpack(raw) for _entry_id, raw in entries]
            batch = Batch(envelopes, rolled_until=cursor.rolled_until, by=by, at=at)
            batch.write()
            return batch.newest
    except (OperationalError, InterfaceError):
        raise  # the server's trouble, not the entry's: all is tried again
    except Exception as error:
        if len(entries) == 1:
            log.warning("Entry %s is buried: %s", entries[0][0], error)
            _bury(entries[0], cursor, f"{type(error).__name__}: {error}", at)
            return None
    middle = len(entries) // 2
    halves = [_take(part, cursor, by, at) for part in (entries[:middle], entries[middle:])]
    return max(filter(None, halves), default=None)


def _bury(entry: Entry, cursor: HeldCursor, error: str, at: datetime) -> None:
    """Keep what could not be stored; its name is unique over all streams there ever were."""
    place, raw = entry
    DeadLetter.objects.get_or_create(
        entry_id=f"{cursor.epoch}/{place}"[:60],
        defaults={"error": error[:2000].replace("\x00", "\ufffd"), "envelope": raw, "at": at},
    )
