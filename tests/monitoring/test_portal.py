"""What a client's people see of the signals: plain words about their own devices, nothing else."""

from datetime import timedelta

import pytest

from monitoring.models import Check, Cursor, Incident
from tests.make import BY
from tests.monitoring import scene as scenes
from tests.monitoring.scene import Scene
from tickets import actions as tickets
from tickets.models import Ticket


@pytest.fixture
def scene(cast) -> Scene:
    return scenes.scene(cast)


def test_the_administrator_reads_what_is_wrong(scene, cleo):
    html = cleo.get("/portal/").content.decode()
    assert "One device is not answering" in html
    assert "hdg-srv-01 is not answering" in html
    assert "We know and are looking into it." in html
    assert "1 working" in html


def test_with_a_ticket_they_see_the_ticket_tells_it(scene, cleo):
    Incident.objects.update(ticket_id=1)
    assert "hdg-srv-01 is not answering" not in cleo.get("/portal/").content.decode()


def test_a_user_reads_only_of_their_own_devices(scene, dan):
    html = dan.get("/portal/").content.decode()
    assert "hdg-srv-01" not in html
    assert "Everything is working. 1 of 1 devices checked" in html


def test_another_client_reads_nothing_of_it(scene, eve):
    assert "hdg" not in eve.get("/portal/").content.decode()
    assert eve.get(f"/portal/devices/{scene.server.pk}").status_code == 404
    assert eve.get(f"/devices/{scene.server.pk}").status_code == 403


def test_what_we_have_not_read_we_do_not_claim(scene, dan):
    Cursor.objects.update(evaluated_at=scene.at - timedelta(minutes=5))
    html = dan.get("/portal/").content.decode()
    assert "Everything is working" not in html
    assert "We are checking your devices" in html
    assert "We are checking it" in dan.get(f"/portal/devices/{scene.laptop.pk}").content.decode()


def test_a_device_in_plain_words(scene, cleo, dan):
    down = cleo.get(f"/portal/devices/{scene.server.pk}").content.decode()
    assert "Not reporting" in down
    assert "since" in down
    assert "in the last 30 days" in down
    up = dan.get(f"/portal/devices/{scene.laptop.pk}").content.decode()
    assert "Working" in up
    assert "Working 100.00% of the time we have watched it" in up


def test_a_device_nobody_watches_says_nothing(scene, cleo):
    Check.objects.all().delete()
    html = cleo.get(f"/portal/devices/{scene.server.pk}").content.decode()
    assert "How it is" not in html


def test_work_no_agreement_includes_is_asked_about_on_the_request_itself(scene, cleo, dan, ben):
    ticket = tickets.open_ticket(
        client=scene.server.client, subject="No heartbeat", channel="monitoring", by=BY,
        device=scene.server, source_key=f"incident:{scene.incident.pk}", at=scene.at,
    )  # fmt: skip
    Incident.objects.update(ticket_id=ticket.pk, covered=False)
    Ticket.objects.update(covered=False)
    request = f"/portal/requests/{ticket.number}"
    assert "Yes, by the hour" in cleo.get(request).content.decode()
    answer = f"/portal/incidents/{scene.incident.number}/answer"
    assert dan.post(answer, {"consent": "approved"}).status_code == 403
    said = cleo.post(answer, {"consent": "quote", "back": "request"})
    assert (said.status_code, said["Location"]) == (303, request)
    assert "Wants a quote first: Cleo" in cleo.get(request).content.decode()
    html = ben.get(f"/tickets/{ticket.number}").content.decode()
    assert "Wants a quote first" in html
