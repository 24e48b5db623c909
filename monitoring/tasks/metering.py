"""Reading meters from what devices report."""

import logging
from datetime import UTC, datetime

from contracts.clients import actions as clients
from monitoring.queries.metering import told_by_devices
from msp.kit.refs import system
from msp.kit.refusals import Refused
from tenants.context import Tenant
from tenants.work import for_each, platform_task

log = logging.getLogger(__name__)


@platform_task
def read_meters() -> None:
    """Keep the figures that changed since they were read last; a figure no meter can show is
    left out, and the next one is tried again."""
    for_each(_read)


def _read(_tenant: Tenant) -> None:
    for told in told_by_devices():
        key = f"metric:{told.taken_at:%Y-%m-%dT%H:%M:%S.%f}"
        try:
            clients.record_reading(
                meter=told.meter, value=told.value, taken_at=told.taken_at, source="monitoring",
                source_key=key, by=system("Monitoring"), at=datetime.now(UTC),
            )  # fmt: skip
        except Refused as error:
            log.info("Meter %s was not read: %s", told.meter.pk, error.reason)
