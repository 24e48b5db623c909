from datetime import UTC, datetime

from tenants import provision
from tenants.models import Msp
from tenants.work import platform_task


@platform_task
def build_requested() -> None:
    """Build what was asked for; runs in the owner's worker, at once and by the sweep.

    One that cannot be built is marked and does not hold up the others.
    """
    for pk in provision.waiting():
        provision.begin(pk)
        try:
            provision.build(pk)
        except Exception as error:
            why = f"{datetime.now(UTC):%F %T} {type(error).__name__}: {error}"
            Msp.objects.filter(pk=pk).update(state=Msp.State.FAILED, error=why[:2000])
            raise
