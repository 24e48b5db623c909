"""Two clients' devices with a past, as the pages about signals show them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.clients.models import Device, Site
from monitoring import actions
from monitoring.models import (
    Check,
    Cursor,
    EnrolmentKey,
    Flip,
    Incident,
    Reading,
    Series,
)
from tests import make
from tests.cast import Cast
from tests.make import BY


@dataclass
class Scene:
    """Harbor's server is down since ten minutes, its laptop is Dan's and up."""

    at: datetime
    site: Site
    key: EnrolmentKey
    token: str
    server: Device
    laptop: Device
    check: Check
    incident: Incident


def scene(cast: Cast) -> Scene:
    at = datetime.now(UTC)
    site = make.site(cast.harbor, "Main Street")
    key, token = actions.enrol_key(site=site, name="Agents", by=BY, at=at)
    server = make.device(cast.harbor, "hdg-srv-01", site=site)
    laptop = make.device(cast.harbor, "hdg-lap-07", kind="laptop", site=site, owner=cast.dan)
    Cursor.objects.create(evaluated_at=at)
    level = make.level("Gold")
    agreement = make.agreement(cast.harbor, level=level)
    since = at - timedelta(minutes=10)
    check = heard(server, at, down_since=since)
    heard(laptop, at)
    found = incident(
        check, number=312, opened_at=since, agreement=agreement, level_version=level, covered=True
    )
    return Scene(at, site, key, token, server, laptop, check, found)


def heard(device: Device, at: datetime, down_since: datetime | None = None) -> Check:
    """A heartbeat that has come every minute for two days, and perhaps stopped."""
    check = actions.add_check(
        device=device, name="Heartbeat", slug="heartbeat", period=60, grace=60, by=BY,
        at=at - timedelta(days=2),
    )  # fmt: skip
    began = at - timedelta(days=2)
    Flip.objects.create(check_row=check, status="up", at=began, noticed_at=began)
    seen = down_since - timedelta(minutes=2) if down_since else at - timedelta(seconds=6)
    state = {"status": "up", "status_at": began, "last_seen_at": seen}
    if down_since:
        noticed = down_since + timedelta(seconds=5)
        Flip.objects.create(check_row=check, status="down", at=down_since, noticed_at=noticed)
        state |= {"status": "down", "status_at": down_since}
    Check.objects.filter(pk=check.pk).update(due_at=seen + timedelta(minutes=2), **state)
    check.refresh_from_db()
    return check


def incident(check: Check, number: int, opened_at: datetime, **fields: object) -> Incident:
    """An open incident of a check, told as the sweep tells it."""
    device = check.device
    return Incident.objects.create(
        number=number, problem_key=f"check:{check.pk}", check_row=check, device=device,
        client_id=device.client_id, title=f"No heartbeat from {device.name}",
        opened_at=opened_at, detected_at=opened_at + timedelta(seconds=5),
        coverage_reason="The line Devices covers servers.", **fields,
    )  # fmt: skip


def measured(device: Device, name: str, unit: str, values: list[float], at: datetime) -> Series:
    """A series with one value a minute, the last one now."""
    series = Series.objects.create(
        device=device, name=name, unit=unit, last_value=values[-1], last_at=at
    )
    Reading.objects.bulk_create(
        [
            Reading(series=series, at=at - timedelta(minutes=ago), value=value)
            for ago, value in zip(reversed(range(len(values))), values, strict=True)
        ]
    )
    return series
