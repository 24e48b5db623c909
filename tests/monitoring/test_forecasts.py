"""The outlook on a device's page, two weeks ahead in its chart, and a ticket in time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.test import Client as Browser

from contracts.clients.models import Device
from monitoring import tasks
from monitoring.models import Check, Cursor, Incident, Rollup, Series, Signal
from tenants.context import Tenant
from tests.cast import Cast
from tests.make import BY
from tests.monitoring.scene import scene
from tickets import actions as tickets
from tickets.models import Ticket


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


def grown(device: Device, name: str, last: float, a_day: float, at: datetime) -> Series:
    """A quantity that went the same way for a month, by the hour."""
    series = Series.objects.create(device=device, name=name, unit="%", last_value=last, last_at=at)
    Rollup.objects.bulk_create(
        [
            Rollup(
                series=series, seconds=3600, at=at - timedelta(hours=8 * ago), low=0, high=0,
                total=last - a_day * ago / 3, count=1, last=0,
            )
            for ago in range(90)
        ]
    )  # fmt: skip
    return series


def test_a_disk_that_is_likely_full_within_a_week_is_a_ticket_once(
    alpha: Tenant, cast: Cast, drain: Callable[[], int]
) -> None:
    here = scene(cast)
    now = datetime.now(UTC)
    full = grown(here.server, "disk:/var", 96, 0.9, now)
    grown(here.server, "disk:/", 60, 0.9, now)  # in six weeks
    grown(here.laptop, "disk:/home", 97, 0.0, now)  # as it has been for long
    grown(here.laptop, "cpu", 96, 0.9, now)  # runs towards nothing
    told = grown(here.laptop, "disk:/told", 96, 0.9, now)
    Check.objects.filter(pk=here.check.pk).update(series=told)
    Signal.objects.create(
        incident=here.incident, check_row=here.check, severity="major", began_at=now
    )
    before = Ticket.objects.count()
    tasks.foresee()
    tasks.foresee()
    ticket = Ticket.objects.get(source_key__startswith=f"forecast:{full.pk}:")
    assert Ticket.objects.count() == before + 1
    assert ticket.subject == "Disk /var of hdg-srv-01 is likely to be full within a week"
    said = ticket.messages.get().body
    assert "would be full in about 4 days" in said
    assert "Tried on its own past" in said
    assert "Within seven days: 100%" in said
    assert (ticket.device, ticket.channel, ticket.covered) == (here.server, "monitoring", True)
    tickets.resolve(ticket=ticket, by=BY, at=now, text="Cleared")
    tasks.foresee()
    assert Ticket.objects.count() == before + 1
    assert not Incident.objects.filter(device=here.laptop).exists()
