"""Approving time before it is billed, and voiding what was billed wrongly."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce
from tickets import events
from tickets.models import TimeEntry

LONGEST_WHY = 200


@transaction.atomic
def approve_time(*, entry_ids: Iterable[int], by: Actor, at: datetime) -> int:
    """Let entries come on the next bill; one that is approved already stays as it was approved."""
    rows = TimeEntry.objects.select_for_update().filter(
        pk__in=set(entry_ids), ended_at__isnull=False, billed_ref="", approved_at__isnull=True
    )
    clients = Counter(rows.values_list("client_id", flat=True))
    TimeEntry.objects.filter(pk__in=[row.pk for row in rows]).update(
        approved_at=at, approved_by=by.name[:120]
    )
    for client_id, many in sorted(clients.items()):
        announce(events.TimeApproved(client_id, many), by=by, at=at)
    return clients.total()


@transaction.atomic
def withdraw_approval(*, entry: TimeEntry, by: Actor, at: datetime) -> TimeEntry:
    """Take an approval back; a bill that was counted with it has to be counted again."""
    row = TimeEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if row.billed_ref:
        raise Conflict(f"It is billed ({row.billed_ref}) and stays as it is.")
    if row.approved_at is None:
        return row
    row.approved_at, row.approved_by, row.updated_at = None, "", at
    row.save(update_fields=["approved_at", "approved_by", "updated_at"])
    announce(events.ApprovalWithdrawn(row.client_id, row.pk), by=by, at=at)
    return row


@transaction.atomic
def void_time(*, entry: TimeEntry, why: str, by: Actor, at: datetime) -> TimeEntry:
    """An entry on a bill was wrong: the next bill gives back what it was charged.

    The bill it stands on is never edited, and what was drawn from hours paid ahead may be drawn
    again. What was really worked is written down anew.
    """
    row = (
        TimeEntry.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=entry.pk)
    )
    why = " ".join(why.replace("\x00", " ").split())
    if not row.billed_ref:
        raise Conflict("It is on no bill yet. Correct it or take it away.")
    if row.voided_at is not None:
        raise Conflict("It was voided already.")
    if not why or len(why) > LONGEST_WHY:
        raise Refused("Say why, in at most 200 characters.", field="why")
    row.voided_at, row.void_why = at, why
    row.save(update_fields=["voided_at", "void_why"])
    announce(
        events.TimeVoided(row.ticket_id, row.client_id, row.ticket.number, row.pk, why),
        by=by,
        at=at,
    )
    return row
