"""A meter that is read from what its device reports."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.clients import actions as clients
from contracts.clients import queries
from contracts.rules.metering import Dial
from monitoring.models import Series
from monitoring.tasks.metering import read_meters
from tenants import context
from tests import make

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def meter(alpha):
    client = make.client()
    device = make.device(client, "hdg-prn-01", "printer")
    return clients.add_meter(
        client=client, name="Pages", measure="pages", device=device, by=make.BY,
        dial=Dial(metric="pages_total"), counts_from_on=date(2026, 1, 1), at=make.STARTED_AT,
    )  # fmt: skip


def shown(meter):
    return [(int(one.row.value), one.row.source) for one in queries.readings_of(meter)]


def test_what_a_device_reports_is_read_once_and_only_when_it_changed(meter, alpha) -> None:
    def run() -> None:
        with context.outside():
            read_meters()

    row = Series.objects.create(device=meter.device, name="pages_total", last_at=None)
    run()
    assert shown(meter) == []
    for hours, value in ((0, 100.0), (1, 100.0), (2, 140.0), (2, 140.0), (3, -1.0)):
        row.last_value, row.last_at = value, NOON + timedelta(hours=hours)
        row.save()
        run()
    assert shown(meter) == [(140, "monitoring"), (100, "monitoring")]
