"""Incidents before the staff: who may look, who may act, and what is said."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.models import Check, Cursor, Incident
from tenants import context
from tenants.journal.queries import about
from tests import make
from tests.conftest import person
from tests.monitoring import scene as scenes
from tests.monitoring.scene import Scene


@pytest.fixture
def scene(cast) -> Scene:
    return scenes.scene(cast)


def pages_of(scene: Scene) -> list[str]:
    return [
        "/incidents", "/incidents?state=open", "/incidents?state=acknowledged",
        "/incidents?state=resolved", "/incidents?q=hdg", "/incidents/312", "/monitors",
        "/monitors?state=down&q=hdg&client=harbor-dental", "/", "/devices", "/incidents/panel",
        f"/devices/{scene.server.pk}", f"/devices/{scene.server.pk}/signals",
        "/clients/harbor-dental", "/palette?q=hdg", "/search?q=312",
    ]  # fmt: skip


def test_everybody_on_the_staff_may_look(scene, ben, guy):
    for address in pages_of(scene):
        assert ben.get(address).status_code == 200, address
        assert guy.get(address).status_code == 200, address


def test_clients_and_strangers_may_not(scene, cleo, nobody):
    for address in ("/incidents", "/incidents/312", "/monitors", "/keys", "/dead-letters"):
        assert cleo.get(address).status_code == 403, address
        assert nobody.get(address).status_code == 302, address


def test_the_other_msp_has_nothing_of_it(scene, beta, sign_in):
    with context.inside(beta):
        ada = sign_in(person("Ada"), "beta.localhost")
        assert ada.get("/incidents/312").status_code == 404
        wall = ada.get("/incidents").content.decode()
        assert ada.get(f"/devices/{scene.server.pk}/signals").status_code == 404
    assert "hdg-srv-01" not in wall


def test_the_wall_shows_what_is_wrong(scene, ben):
    html = ben.get("/incidents").content.decode()
    assert "hdg-srv-01" in html
    assert "Harbor Dental · Managed Complete" in html
    assert "No heartbeat, last seen" in html
    assert "Last 60 minutes: up 50 minutes, down 10 minutes" in html
    assert "Acknowledge" in html
    assert "2 devices, 1 down" in html


def test_a_viewer_sees_no_buttons(scene, guy):
    assert "Acknowledge<" not in guy.get("/incidents").content.decode()
    assert "Close it" not in guy.get("/incidents/312").content.decode()


def test_all_is_well(scene, ben):
    Incident.objects.update(state="resolved", resolved_at=scene.at)
    html = ben.get("/incidents").content.decode()
    assert "Nothing is wrong" not in html
    assert "1 device is down and its incident was closed by hand." in html
    Check.objects.update(status="up", last_seen_at=scene.at)
    html = ben.get("/incidents").content.decode()
    assert "Nothing is wrong" in html
    assert "nothing wrong since" in html


def test_nothing_reports_yet(cast, ben):
    assert "Nothing reports yet" in ben.get("/incidents").content.decode()


def test_what_is_not_read_is_not_claimed(scene, ben):
    Cursor.objects.update(evaluated_at=scene.at - timedelta(minutes=2))
    html = ben.get("/incidents").content.decode()
    assert 'id="checked" data-stale' in html
    assert "States may be wrong" not in html
    Cursor.objects.update(evaluated_at=scene.at - timedelta(minutes=20))
    html = ben.get("/incidents").content.decode()
    assert "States may be wrong" in html
    assert "not known 20 minutes" in html


def test_late_is_judged_by_the_stream(scene, ben):
    Check.objects.filter(device=scene.laptop).update(last_seen_at=scene.at - timedelta(seconds=80))
    assert "2 devices, 1 down, 1 late" in ben.get("/incidents").content.decode()
    Cursor.objects.update(evaluated_at=scene.at - timedelta(seconds=70))
    assert "late</span>" not in ben.get("/incidents").content.decode()


def test_an_incident_tells_its_story(scene, ben):
    html = ben.get("/incidents/312").content.decode()
    assert "The line Devices covers servers." in html
    assert "Gold" in html
    assert "answer in 15m, fix in 1h" in html
    assert "went down" in html
    assert "(noticed 5s later)" in html
    assert "10m" in html


def test_taking_it_on(scene, ben, guy):
    assert guy.post("/incidents/312/acknowledge").status_code == 403
    card = ben.post("/incidents/312/acknowledge", headers={"HX-Request": "true"})
    assert card.status_code == 200
    assert "Acknowledged" in card.content.decode()
    assert "taken on by Ben" in card.content.decode()
    scene.incident.refresh_from_db()
    assert scene.incident.state == "acknowledged"
    assert ben.post("/incidents/312/acknowledge").status_code == 303
    assert [line.kind for line in about("incident", scene.incident.pk)] == [
        "monitoring.incident_acknowledged"
    ]


def test_taking_it_on_from_its_page_answers_the_page(scene, ben):
    headers = {"HX-Request": "true", "HX-Target": "incident"}
    html = ben.post("/incidents/312/acknowledge", headers=headers).content.decode()
    assert 'id="rail" hx-swap-oob="true"' in html
    assert "acknowledged incident 312" in html


def test_closing_it_needs_a_reason(scene, ben, guy):
    assert guy.get("/incidents/312/resolve").status_code == 403
    assert guy.post("/incidents/312/resolve", {"note": "gone"}).status_code == 403
    assert ben.get("/incidents/312/resolve").status_code == 200
    empty = ben.post("/incidents/312/resolve", {"note": " "}, headers={"HX-Request": "true"})
    assert empty.status_code == 422
    assert empty["HX-Retarget"] == "#dlg"
    assert ben.post("/incidents/312/resolve", {"note": "Sold"}).status_code == 303
    scene.incident.refresh_from_db()
    assert (scene.incident.resolved_by, scene.incident.note) == ("Ben", "Sold")
    again = ben.post("/incidents/312/resolve", {"note": "Sold"})
    assert again.status_code == 422
    assert "over already" in again.content.decode()
    late = ben.post("/incidents/312/acknowledge", headers={"HX-Request": "true"})
    assert late.status_code == 409


def test_notes_stand_in_the_story_as_text(scene, ben, guy):
    said = {"body": "<b>Called</b> Dana"}
    assert guy.post("/incidents/312/note", said).status_code == 403
    assert ben.post("/incidents/312/note", said).status_code == 303
    html = ben.get("/incidents/312").content.decode()
    assert "&lt;b&gt;Called&lt;/b&gt; Dana" in html
    nothing = ben.post("/incidents/312/note", {"body": ""}, headers={"HX-Request": "true"})
    assert nothing.status_code == 422


def test_what_a_device_says_is_only_text(scene, ben):
    evil = "<script>alert(1)</script>"
    type(scene.server).objects.filter(pk=scene.server.pk).update(name=evil)
    Incident.objects.update(title=f"No heartbeat from {evil}", words=evil)
    Check.objects.update(body=evil)
    for address in pages_of(scene):
        assert evil not in ben.get(address).content.decode(), address


def test_an_incident_that_is_not_there(scene, ben):
    assert ben.get("/incidents/999").status_code == 404
    assert ben.post("/incidents/999/acknowledge").status_code == 404
    for address in ("/incidents?q=99999999999999999999999", "/incidents?state=odd"):
        assert ben.get(address).status_code == 200


def test_a_storm_folds_by_client(scene, cast, ben):
    since = scene.at - timedelta(minutes=5)
    for number in range(21):
        device = make.device(cast.quill, f"qa-pc-{number}")
        scenes.incident(scenes.heard(device, scene.at, down_since=since), 500 + number, since)
    html = ben.get("/incidents").content.decode()
    assert 'Quill Accounting <span class="muted">21 incidents' in html
    assert 'Harbor Dental <span class="muted">1 incident<' in html


def queries(browser, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(address).status_code == 200
    return len(seen)


def test_a_page_costs_the_same_for_one_and_for_many(scene, cast, ben):
    addresses = ["/incidents", "/incidents?state=open", "/monitors", "/", "/devices"]
    for address in addresses:
        ben.get(address)
    before = [queries(ben, address) for address in addresses]
    for number in range(8):
        device = make.device(cast.quill, f"qa-srv-{number}")
        check = scenes.heard(device, scene.at, down_since=scene.at - timedelta(minutes=5))
        scenes.incident(check, 400 + number, scene.at - timedelta(minutes=5))
    assert [queries(ben, address) for address in addresses] == before
    assert max(before) <= 30
