"""The outlook on a device's page, and two weeks ahead in its chart."""

from datetime import UTC, datetime, timedelta

from django.test import Client as Browser

from monitoring.models import Cursor, Rollup, Series
from tenants.context import Tenant
from tests.cast import Cast
from tests.monitoring.scene import scene


def test_a_disk_that_fills_says_when_on_the_page_and_in_the_chart(
    alpha: Tenant, cast: Cast, ben: Browser
) -> None:
    here = scene(cast)
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    disk = Series.objects.create(
        device=here.server, name="disk", unit="%", last_value=90, last_at=now
    )
    Rollup.objects.bulk_create(
        [
            Rollup(
                series=disk, seconds=3600, at=now - timedelta(hours=6 * ago), low=1, high=1,
                total=90 - ago / 4, count=1, last=1,
            )
            for ago in range(100)
        ]
    )  # fmt: skip
    Rollup.objects.bulk_create(
        [
            Rollup(
                series=disk, seconds=300, at=now - timedelta(hours=6 * ago), low=80, high=80,
                total=80, count=1, last=80,
            )
            for ago in range(100)
        ]
    )  # fmt: skip
    Cursor.objects.update(rolled_until=now)
    shown = ben.get(f"/devices/{here.server.pk}").content.decode()
    assert "Disk grows by 1% a day and would be full in about 10 days" in shown
    chart = ben.get(f"/devices/{here.server.pk}/series/{disk.pk}.json?range=30d").json()
    kinds = [one.get("kind") for one in chart["series"]]
    assert kinds == [None, "forecast", "low", "high"]
    assert all(len(one["v"]) == len(chart["t"]) for one in chart["series"])
    assert chart["series"][1]["v"][-1] == 100
    assert len(chart["t"]) <= 414
    day = ben.get(f"/devices/{here.server.pk}/series/{disk.pk}.json?range=24h").json()
    assert len(day["series"]) == 1
