"""The signals' pages in a real browser: accessible in both themes, within width and policy."""

import math
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from monitoring import actions
from monitoring.models import (
    Check,
    CheckTemplate,
    Cursor,
    DeadLetter,
    EnrolmentKey,
    Rollup,
    Series,
)
from monitoring.rules.definitions import Definition
from monitoring.rules.suggested import suggested
from monitoring.rules.thresholds import Level, Limits
from tests import make
from tests.eyes import Eyes, seen, watching
from tests.make import BY
from tests.monitoring import scene as scenes
from tests.monitoring.scene import Scene


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with watching() as opened:
        yield opened


_WHEN = {"at": "2026-06-01T14:00:00+00:00", "first_at": "2026-06-01T13:00:00+00:00"}
SEEN = {
    "collectd": _WHEN | {
        "agent": "collectd/5.12.0", "hosts": ["hdg-srv-01"], "checks": ["heartbeat"], "period": 10,
        "series": [f"disk:/mnt/volume-{number}" for number in range(20)],
    },
    "alertmanager": _WHEN | {
        "agent": "Alertmanager/0.25.0", "hosts": ["hdg-srv-01", "unknown-pc"], "series": [],
        "checks": ["alert-c5efc6305e0b3fe6"], "period": None,
    },
}  # fmt: skip


@pytest.fixture
def scene(cast) -> Scene:
    """A busy morning: three incidents, one of them taken on, and a day of readings."""
    found = scenes.scene(cast)
    at = found.at
    wave = [14 + 9 * math.sin(minute / 60) + minute % 7 for minute in range(1440)]
    del wave[500:560]
    scenes.measured(found.server, "cpu", "%", wave, at)
    scenes.measured(
        found.server, "memory", "%", [71 + math.cos(m / 90) * 4 for m in range(600)], at
    )
    scenes.measured(found.server, "disk:C", "%", [61 + m / 60 for m in range(1440)], at)
    for number, minutes in ((313, 72), (314, 125)):
        device = make.device(cast.quill, f"qa-fw-{number}", kind="firewall")
        began = at - timedelta(minutes=minutes)
        check = scenes.heard(device, at, down_since=began)
        scenes.incident(check, number, began)
    taken = type(found.incident).objects.get(number=314)
    actions.acknowledge(incident=taken, by=BY, at=at - timedelta(minutes=90))
    actions.note_incident(incident=taken, note="Called, no answer", by=BY, at=at)
    full = "The key has enrolled its 2 devices."
    actions.refuse(key_id=found.key.pk, name="unknown-pc", reason=full, by=BY, at=at)
    EnrolmentKey.objects.filter(pk=found.key.pk).update(seen=SEEN)
    DeadLetter.objects.create(entry_id="1-0", error="ValueError: no", envelope=b"1 x", at=at)
    return found


def paths_of(scene: Scene) -> dict[str, str]:
    return {
        "wall": "/incidents", "open": "/incidents?state=open", "incident": "/incidents/314",
        "close": "/incidents/312/resolve", "device": f"/devices/{scene.server.pk}",
        "waiting": f"/devices/{make.device(scene.server.client, 'new-pc').pk}",
        "readings": f"/devices/{scene.server.pk}/series/{_series(scene)}",
        "monitors": "/monitors", "check": f"/monitors/{scene.check.pk}/edit",
        "keys": "/keys", "key": f"/keys/{scene.key.pk}", "key-new": "/keys/new",
        "letters": "/dead-letters", "today": "/", "client": "/clients/harbor-dental",
    }  # fmt: skip


def _series(scene: Scene) -> int:
    return Series.objects.get(device=scene.server, name="disk:C").pk


@pytest.mark.timeout(600)
def test_the_staffs_pages(scene, browser, ben):
    assert seen(browser, ben, paths_of(scene)) == {}


def agreed(scene: Scene) -> dict[str, str]:
    """Windows that are on, coming and recurring, a router with two behind it, limits, a cause."""
    at, server, laptop = scene.at, scene.server, scene.laptop
    say = {"zone": "UTC", "by": BY, "at": at}
    actions.agree_window(
        name="New firmware", starts_at=at, ends_at=at + timedelta(hours=2), device=laptop, **say
    )
    actions.agree_window(
        name="Updates of the servers", starts_at=at, schedule="0 2 * * 2,4", lasts=7200,
        site=scene.site, **say,
    )  # fmt: skip
    actions.put_behind(device=laptop, parent=server, by=BY, at=at)
    child = Check.objects.get(device=laptop)
    scenes.incident(child, 401, at, behind=scene.incident, quiet="behind", told="")
    for device_class, slug, name, definition in suggested()[:4]:
        actions.keep_template(
            device_class=device_class, slug=slug, name=name, definition=definition, by=BY, at=at
        )
    cpu = Series.objects.get(device=server, name="cpu")
    wanted = Definition("threshold", series=cpu.name, limits=Limits(Level(90, 80), Level(98, 90)))
    limit = actions.define_check(device=server, name="CPU", definition=wanted, by=BY, at=at)
    actions.set_cause(incident=scene.incident, cause="A cable", by=BY, at=at)
    actions.snooze(incident=scene.incident, until=at + timedelta(hours=3), by=BY, at=at)
    new = f"/devices/{server.pk}/checks/new"
    return {
        "agreed-wall": "/incidents", "agreed-incident": "/incidents/312", "windows": "/maintenance",
        "window-new": "/maintenance/new", "behind": f"/devices/{laptop.pk}/behind",
        "agreed-device": f"/devices/{laptop.pk}", "templates": "/monitors/templates",
        "template-new": "/monitors/templates/new?kind=cron", "template-edit": _template(),
        "check-period": new, "check-cron": f"{new}?kind=cron",
        "check-threshold": f"{new}?kind=threshold", "check-limit": f"/monitors/{limit.pk}/edit",
        "uptime": "/clients/harbor-dental/uptime", "snooze": "/incidents/312/snooze",
        "cause": "/incidents/312/cause",
    }  # fmt: skip


def _template() -> str:
    return f"/monitors/templates/{CheckTemplate.objects.order_by('pk')[0].pk}"


@pytest.mark.timeout(600)
def test_what_is_agreed(scene, browser, ben):
    assert seen(browser, ben, agreed(scene)) == {}


@pytest.mark.timeout(600)
def test_another_rule_what_comes_and_the_canary(scene, browser, ben, ada):
    disk = Series.objects.get(pk=_series(scene))
    actions.place_canary(site=scene.site, by=BY, at=scene.at - timedelta(days=2))
    proof = Check.objects.get(slug="canary")
    for ago in range(60):
        at = scene.at - timedelta(hours=12 * ago)
        Rollup.objects.create(
            series=disk, seconds=3600, at=at, low=1, high=1, total=85 - ago / 2, count=1, last=1
        )
        scenes.incident(
            proof, 900 + ago, scene.at - timedelta(hours=ago), state="resolved",
            resolved_at=scene.at,
        )  # fmt: skip
    period = "period=60&grace=300&max_run=&fail_threshold="
    pages = {
        "replay": f"/monitors/{scene.check.pk}/replay?{period}",
        "outlook": f"/devices/{scene.server.pk}?series={disk.pk}&range=30d",
    }
    assert seen(browser, ben, pages) == {}
    assert seen(browser, ada, {"canary": "/settings/canary"}) == {}


@pytest.mark.timeout(600)
def test_a_key_that_was_just_made(scene, browser, ben):
    address = f"/keys/new?device={scene.server.pk}"
    assert seen(browser, ben, {"key-device": address}) == {}
    made = ben.post(address, {"name": "Backup", "lasts": "7"})
    assert seen(browser, ben, {"key-made": made}) == {}


@pytest.mark.timeout(600)
def test_the_portal(scene, browser, cleo, dan):
    device = f"/portal/devices/{scene.server.pk}"
    type(scene.incident).objects.update(told="critical", covered=False)
    actions.agree_window(
        name="New firmware", starts_at=scene.at, ends_at=scene.at + timedelta(hours=2),
        zone="UTC", client=scene.server.client, by=BY, at=scene.at,
    )  # fmt: skip
    pages = {
        "status": "/portal/status",
        "portal": "/portal/",
        "portal-devices": "/portal/devices",
        "portal-device": device,
    }
    assert seen(browser, cleo, pages) == {}
    assert seen(browser, dan, {"portal-dan": "/portal/"}) == {}


@pytest.mark.timeout(600)
def test_calm_and_blind(scene, browser, ben, cast):
    for row in type(scene.incident).objects.exclude(state="resolved"):
        actions.resolve_incident(incident=row, note="Over", by=BY, at=scene.at)
    pages = {
        "calm": "/incidents",
        "resolved": "/incidents?state=resolved",
        "over": "/incidents/312",
    }
    assert seen(browser, ben, pages) == {}
    Cursor.objects.update(evaluated_at=scene.at - timedelta(minutes=9))
    assert seen(browser, ben, {"blind": "/incidents"}) == {}


@pytest.mark.timeout(300)
def test_the_walls_cards_are_walked_by_key(scene, browser, ben):
    eyes = Eyes(browser)
    page = eyes.open()
    eyes.visit(page, ben, "/incidents")
    cards = page.locator(".inc__c")
    for key, place in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        assert cards.nth(place).get_attribute("data-cursor") == ""
        assert page.locator(".inc__c[data-cursor]").count() == 1
    page.context.close()
