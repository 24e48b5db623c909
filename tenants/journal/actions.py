"""What a person may do about the journal: nothing to its entries, something about what failed."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from msp.kit.refusals import Conflict
from tenants.journal import events
from tenants.journal.announce import announce
from tenants.journal.models import Delivery
from tenants.journal.tasks import deliver
from tenants.work import hint


@transaction.atomic
def retry(*, delivery: Delivery, by: Actor, at: datetime) -> None:
    """Owe a failed reaction again from the start; the worker runs it at once."""
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if row.done_at is not None:
        raise Conflict("This is done already.")
    row.tries, row.next_at = 0, at
    row.save(update_fields=["tries", "next_at"])
    announce(events.ReactionRetried(row.pk, row.reaction), by=by, at=at)
    transaction.on_commit(lambda: hint(deliver, [row.pk]))
