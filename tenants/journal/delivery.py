"""Running what is owed to an event, exactly once in effect.

1. Lock the delivery; if another worker holds it or it is done, leave.
2. Run the reaction and stamp `done_at` in one transaction.
3. If it raises, that transaction is gone; a second one records the try, the error and when to try
   again. After `GIVE_UP` tries the row waits for a person, on the journal page of the settings.
"""

import logging
from datetime import UTC, datetime, timedelta

from django.db import transaction

from msp.kit.refs import Actor
from tenants.journal.models import Delivery
from tenants.journal.registry import REACTIONS, Told, event_from

log = logging.getLogger(__name__)
GIVE_UP = 8


def perform(delivery_id: int) -> bool:
    """Run one delivery; True when its effect is in the database now because of this call."""
    try:
        with transaction.atomic():
            delivery = (
                Delivery.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("entry")
                .filter(pk=delivery_id, done_at__isnull=True)
                .first()
            )
            if delivery is None:
                return False
            _run(delivery)
            delivery.done_at = datetime.now(UTC)
            delivery.error = ""
            delivery.save(update_fields=["done_at", "error"])
            return True
    except Exception as error:
        log.exception("A reaction failed (delivery %s)", delivery_id)
        _record_failure(delivery_id, error)
        return False


def _run(delivery: Delivery) -> None:
    entry = delivery.entry
    reaction = REACTIONS[delivery.reaction]
    by = Actor(entry.actor_kind, entry.actor_id, entry.actor_name)
    reaction.function(event_from(entry.kind, entry.facts), Told(entry.pk, entry.at, by))


def _record_failure(delivery_id: int, error: Exception) -> None:
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        delivery.tries += 1
        delivery.error = f"{type(error).__name__}: {error}"[:2000]
        delivery.next_at = datetime.now(UTC) + timedelta(seconds=min(3600, 5 * 2**delivery.tries))
        delivery.save(update_fields=["tries", "error", "next_at"])


def due(limit: int = 500) -> list[int]:
    """Deliveries whose time has come and that have not given up."""
    rows = Delivery.objects.filter(
        done_at__isnull=True, next_at__lte=datetime.now(UTC), tries__lt=GIVE_UP
    )
    return list(rows.order_by("next_at", "pk").values_list("pk", flat=True)[:limit])


def drain(rounds: int = 50) -> int:
    """Run everything owed until nothing is left: tests and the demo see consequences at once."""
    done = 0
    for _ in range(rounds):
        pending = due()
        if not pending:
            return done
        done += sum(perform(delivery_id) for delivery_id in pending)
    return done
