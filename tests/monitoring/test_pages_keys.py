"""Enrolment keys and dead letters: who may, what is shown once, what can be sent again."""

import re

import pytest

from contracts.clients.models import Device
from monitoring import actions
from monitoring.models import Check, DeadLetter, EnrolmentKey, RefusedName, Series, Spooled
from monitoring.rules import envelope
from tenants.people.tokens import digest_of
from tests.make import BY
from tests.monitoring import scene as scenes
from tests.monitoring.scene import Scene


@pytest.fixture
def scene(cast) -> Scene:
    return scenes.scene(cast)


def test_who_may_look_and_make(scene, ben, guy, fay, cleo):
    key = f"/keys/{scene.key.pk}"
    addresses = ["/keys", "/keys?q=har", "/keys?state=revoked", "/keys/new", key, "/dead-letters"]
    for address in addresses:
        assert ben.get(address).status_code == 200, address
        for other in (guy, fay, cleo):
            assert other.get(address).status_code == 403, address
    assert guy.post(f"{key}/revoke").status_code == 403
    assert guy.post(key, {"cap": 5}).status_code == 403
    assert "/keys" not in re.findall(r'href="(/[a-z-]*)"', guy.get("/incidents").content.decode())


def test_a_key_is_shown_once(scene, ben):
    form = {"site": scene.site.pk, "name": "Scanners", "default_kind": "printer", "cap": 5}
    made = ben.post("/keys/new", form)
    assert made.status_code == 200
    html = made.content.decode()
    token = re.search(r"hb_[A-Za-z0-9_-]{20,}", html).group()
    key = EnrolmentKey.objects.get(name="Scanners")
    assert key.digest == digest_of(token)
    assert "curl -fsS" in html
    assert f"http://alpha.localhost/ping/{token}/nightly-backup" in html
    assert f"http://alpha.localhost/api/push/{token}/" in html
    assert f"http://steward:{token}@alpha.localhost/collector" in html
    assert "no-store" in made["Cache-Control"]
    for address in ("/keys", f"/keys/{key.pk}"):
        assert token not in ben.get(address).content.decode()


def test_a_key_needs_a_site_and_a_name(scene, ben):
    answer = ben.post("/keys/new", {"site": "", "name": "", "cap": "-1"})
    assert answer.status_code == 422
    assert not EnrolmentKey.objects.filter(name="").exists()


def test_raising_the_cap_and_dismissing(scene, ben):
    key = f"/keys/{scene.key.pk}"
    evil = "<img src=x>"
    actions.refuse(
        key_id=scene.key.pk,
        name=evil,
        reason="The key has enrolled its 1 devices.",
        by=BY,
        at=scene.at,
    )
    actions.refuse(key_id=scene.key.pk, name="gone", reason="Was retired.", by=BY, at=scene.at)
    html = ben.get(key).content.decode()
    assert "&lt;img src=x&gt;" in html
    assert evil not in html
    assert ben.post(key, {"cap": "many"}).status_code == 422
    assert ben.post(key, {"cap": 250}).status_code == 303
    scene.key.refresh_from_db()
    assert scene.key.cap == 250
    gone = RefusedName.objects.get(name="gone")
    assert ben.post(f"{key}/refused/{gone.pk}/dismiss").status_code == 303
    assert not RefusedName.objects.exists()
    assert ben.post(f"{key}/refused/{gone.pk}/dismiss").status_code == 404


def test_revoking(scene, ben):
    key = f"/keys/{scene.key.pk}"
    assert ben.post(f"{key}/revoke").status_code == 303
    scene.key.refresh_from_db()
    assert scene.key.revoked_at is not None
    assert ben.post(f"{key}/revoke").status_code == 409
    assert scene.key.name in ben.get("/keys?state=revoked").content.decode()
    assert "Revoke</" not in ben.get(key).content.decode()


def test_a_key_of_one_device_that_ends(scene, ben, guy):
    address = f"/keys/new?device={scene.server.pk}"
    assert scene.server.name in ben.get(address).content.decode()
    assert guy.get(address).status_code == 403
    assert ben.get("/keys/new?device=999999").status_code == 404
    assert ben.get("/keys/new?device=x").status_code == 404
    made = ben.post(address, {"name": "Backup", "lasts": "7"})
    assert made.status_code == 200
    key = EnrolmentKey.objects.get(name="Backup")
    assert (key.device, key.site) == (scene.server, scene.server.site)
    assert (key.expires_at - key.created_at).days == 7
    html = ben.get(f"/keys/{key.pk}").content.decode()
    assert "Ends" in html
    assert "How many" not in html


def test_a_new_secret_is_shown_once(scene, ben, guy):
    rotate = f"/keys/{scene.key.pk}/rotate"
    before = scene.key.digest
    assert guy.post(rotate, {"hours": 24}).status_code == 403
    assert ben.post(rotate, {"hours": 5}).status_code == 422
    made = ben.post(rotate, {"hours": 24})
    token = re.search(r"hb_[A-Za-z0-9_-]{20,}", made.content.decode()).group()
    scene.key.refresh_from_db()
    assert (scene.key.digest, scene.key.old_digest) == (digest_of(token), before)
    assert "no-store" in made["Cache-Control"]
    assert token not in ben.get(f"/keys/{scene.key.pk}").content.decode()
    ben.post(f"/keys/{scene.key.pk}/revoke")
    assert ben.post(rotate, {"hours": 24}).status_code == 409


def test_the_page_of_a_key_shows_what_arrives(scene, ben, guy):
    address = f"/keys/{scene.key.pk}/arrivals"
    EnrolmentKey.objects.filter(pk=scene.key.pk).update(seen={})
    assert "Waiting for the first report" in ben.get(address).content.decode()
    seen = {
        "collectd": {
            "at": scene.at.isoformat(), "first_at": scene.at.isoformat(), "agent": "<b>collectd",
            "hosts": [scene.server.name, "<i>other"], "series": ["disk:/", "cpu"],
            "checks": ["heartbeat"], "period": 10,
        }
    }  # fmt: skip
    EnrolmentKey.objects.filter(pk=scene.key.pk).update(seen=seen)
    html = ben.get(address).content.decode()
    assert f"/devices/{scene.server.pk}" in html
    assert "Disk /, CPU" in html
    assert "&lt;b&gt;collectd" in html
    assert "&lt;i&gt;other" in html
    assert guy.get(address).status_code == 403
    assert ben.get("/keys/999/arrivals").status_code == 404


def test_what_is_measured_is_offered_to_be_watched(scene, ben, guy):
    for name in ("disk:/", "disk:/var", "battery", "node_arp_entries"):
        Series.objects.create(device=scene.server, name=name, unit="%")
    Series.objects.create(device=scene.laptop, name="disk:C", unit="%")
    when = scene.at.isoformat()
    seen = {"monit": {"at": when, "first_at": when, "hosts": [scene.server.name.upper()]}}
    EnrolmentKey.objects.filter(pk=scene.key.pk).update(seen=seen)
    html = ben.get(f"/keys/{scene.key.pk}/arrivals").content.decode()
    assert "2 values<" in html
    assert "Warns when Disk is 80% or more, until it is below 75%." in html
    offer = f"/keys/{scene.key.pk}/offers"
    assert guy.post(offer, {"offer": "disk"}).status_code == 403
    assert ben.post(offer, {"offer": "moon"}).status_code == 422
    assert ben.post(offer, {"offer": "disk"}).status_code == 303
    made = Check.objects.filter(kind="threshold")
    assert {(one.device, one.name) for one in made} == {
        (scene.server, "Disk /"), (scene.server, "Disk /var"),
    }  # fmt: skip
    assert ben.post(offer, {"offer": "disk"}).status_code == 422
    assert "Battery" in ben.get(f"/keys/{scene.key.pk}").content.decode()


def test_a_name_above_the_cap_is_let_in(scene, ben, guy):
    reason = "The key has enrolled its 0 devices."
    actions.refuse(key_id=scene.key.pk, name="new-pc", reason=reason, by=BY, at=scene.at)
    actions.refuse(key_id=scene.key.pk, name="old-pc", reason="Was retired.", by=BY, at=scene.at)
    row, gone = (RefusedName.objects.get(name=name) for name in ("new-pc", "old-pc"))
    key = f"/keys/{scene.key.pk}"
    assert ben.get(key).content.decode().count("Let in<span") == 1
    assert guy.post(f"{key}/refused/{row.pk}/admit").status_code == 403
    assert ben.post(f"{key}/refused/{row.pk}/admit").status_code == 303
    made = Device.objects.get(name="new-pc")
    assert made.site == scene.key.site
    assert ben.post(f"{key}/refused/{gone.pk}/admit").status_code == 422


def test_dead_letters_are_read_and_sent_again(scene, ben, guy):
    body = b'{"host": "<b>x</b>\x00"}'
    raw = envelope.pack(scene.key.pk, envelope.milliseconds(scene.at), envelope.JSON, body)
    letter = DeadLetter.objects.create(
        entry_id="1-0", error="ValueError: <i>no</i>", envelope=raw, at=scene.at
    )
    DeadLetter.objects.create(entry_id="2-0", error="Not ours", envelope=b"\xff\xfe", at=scene.at)
    html = ben.get("/dead-letters").content.decode()
    assert "&lt;b&gt;x" in html
    assert "&lt;i&gt;no" in html
    replay = f"/dead-letters/{letter.pk}/replay"
    assert guy.post(replay).status_code == 403
    assert ben.post(replay).status_code == 303
    assert bytes(Spooled.objects.get().envelope) == raw
    assert ben.post(replay).status_code == 409
    assert ben.post("/dead-letters/999/replay").status_code == 404
    assert "&lt;i&gt;no" in ben.get("/dead-letters?state=replayed").content.decode()
