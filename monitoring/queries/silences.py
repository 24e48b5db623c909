"""Devices of a client that had one incident after the other."""

from datetime import datetime, timedelta

from django.db.models import Count

from contracts.clients.models import Device
from monitoring.models import Incident

OFTEN = 3
DAYS = 90


def often_silent(client_id: int, at: datetime) -> tuple[int, int]:
    """How many devices had three incidents or more within ninety days, of how many there are."""
    rows = (
        Incident.objects.filter(
            client_id=client_id, opened_at__gt=at - timedelta(days=DAYS), opened_at__lte=at
        )
        .order_by()
        .values("device")
        .annotate(many=Count("pk"))
        .filter(many__gte=OFTEN)
    )
    known = Device.objects.filter(client_id=client_id, retired_on__isnull=True).count()
    return rows.count(), known
