from datetime import UTC, datetime, timedelta

from tenants.context import Tenant
from tenants.people.models import Replay
from tenants.work import for_each, platform_task

KEEP = timedelta(hours=48)


@platform_task
def forget_replays() -> None:
    """Answers kept for Idempotency-Key live two days."""
    for_each(_forget)


def _forget(_tenant: Tenant) -> None:
    Replay.objects.filter(at__lt=datetime.now(UTC) - KEEP).delete()
