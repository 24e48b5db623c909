"""What keeps coming back at a client."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from tickets.models import Ticket

OFTEN = 3
DAYS = 90


@dataclass(frozen=True)
class Repeated:
    """Devices with several tickets in some time, of all devices that had one."""

    often: int
    devices: int


def repeated(client_id: int, at: datetime) -> Repeated:
    """How many devices had trouble three times or more within ninety days."""
    rows = (
        Ticket.objects.filter(
            client_id=client_id, device__isnull=False, opened_at__gt=at - timedelta(days=DAYS),
            opened_at__lte=at,
        )
        .order_by()
        .values("device")
        .annotate(many=Count("pk"))
        .values_list("many", flat=True)
    )  # fmt: skip
    counts = list(rows)
    return Repeated(sum(many >= OFTEN for many in counts), len(counts))
