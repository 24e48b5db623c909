from datetime import UTC, datetime

from tenants import provision
from tenants.models import Msp
from tenants.work import platform_task


@platform_task
def build_requested() -> None:
    """Build what was asked for; runs in the owner's worker, at once and by the sweep."""
    waiting = Msp.objects.filter(state=Msp.State.REQUESTED).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        try:
            provision.build(pk)
        except Exception as error:
            Msp.objects.filter(pk=pk).update(
                state=Msp.State.FAILED,
                error=f"{datetime.now(UTC):%F %T} {type(error).__name__}: {error}"[:2000],
            )
            raise
