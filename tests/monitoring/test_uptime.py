"""Availability from rows, for staff and in the portal, and a client's answer to what it costs."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine

from contracts.clients.models import Device
from contracts.models import Agreement
from monitoring import actions
from monitoring.models import BlindInterval, Check, Flip, Incident
from monitoring.queries import uptime
from tests import make
from tests.make import BY
from tests.monitoring import scene as scenes


@pytest.fixture
def scene(cast):
    return scenes.scene(cast)


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def summed(rows: list[dict[str, str]], kind: str) -> float:
    return sum(float(row["seconds"]) for row in rows if row["counts as"] == kind)


def test_a_month_is_made_of_rows_that_add_up(scene, ben, guy):
    """Down for ten minutes, blind for twenty, in maintenance for thirty."""
    with time_machine.travel(scene.at, tick=False):
        began = scene.at - timedelta(hours=30)
        BlindInterval.objects.create(
            started_at=began, ended_at=began + timedelta(minutes=20), reason="test"
        )
        actions.agree_window(
            name="Updates", starts_at=began + timedelta(hours=2), zone="UTC",
            ends_at=began + timedelta(hours=2, minutes=30), by=BY, device=scene.server,
            at=began + timedelta(hours=2),
        )  # fmt: skip
        months = {(scene.at - timedelta(hours=back)).strftime("%Y-%m") for back in range(0, 49)}
        found = [
            row
            for month in sorted(months)
            for row in rows_of(ben.get(f"/devices/{scene.server.pk}/uptime.csv?month={month}"))
        ]
        assert summed(found, "down") == 600
        assert summed(found, "maintenance") == 1800
        known = [row for row in found if row["from"] >= (scene.at - timedelta(days=2)).isoformat()]
        assert summed(known, "unknown") == pytest.approx(1200, abs=1)
        html = ben.get("/clients/harbor-dental/uptime").content.decode()
    assert "hdg-srv-01" in html
    assert "By agreement" in html
    assert "Not known" in html
    assert guy.get("/clients/harbor-dental/uptime").status_code in (200, 403)


def test_a_month_before_anything_was_watched_says_so(scene, ben):
    html = ben.get("/clients/harbor-dental/uptime?month=2020-01").content.decode()
    assert "Nothing was watched in this month" in html
    assert ben.get("/clients/harbor-dental/uptime?month=soon").status_code == 200
    assert ben.get("/clients/harbor-dental/uptime?month=2999-01").status_code == 200
    assert ben.get("/clients/harbor-dental/uptime?month=0001-01").status_code == 200
    assert ben.get("/clients/nobody/uptime").status_code == 404


def test_the_same_rows_give_the_same_figures(scene, ben):
    with time_machine.travel(scene.at, tick=False):
        first = ben.get("/clients/harbor-dental/uptime").content
        again = ben.get("/clients/harbor-dental/uptime").content
    cut = first.index(b"By device")
    assert first[cut : cut + 2000] == again[cut : cut + 2000]


def test_a_value_over_its_limit_is_no_outage(scene, ben):
    limit = Check.objects.create(
        device=scene.laptop, slug="=cpu", name="CPU", kind="threshold", created_at=scene.at
    )
    Flip.objects.create(
        check_row=limit, status="unknown", at=scene.at - timedelta(hours=9), noticed_at=scene.at
    )
    rows = rows_of(ben.get(f"/devices/{scene.laptop.pk}/uptime.csv"))
    assert {row["state"] for row in rows[-1:]} == {"up"}


# -- the portal ------------------------------------------------------------------------------------


def test_a_clients_status_page_says_what_is_what(scene, cleo, dan, eve):
    actions.agree_window(
        name="New firmware", starts_at=scene.at + timedelta(hours=3), zone="UTC",
        ends_at=scene.at + timedelta(hours=4), client=scene.server.client, by=BY, at=scene.at,
    )  # fmt: skip
    actions.agree_window(
        name="Secret work", starts_at=scene.at + timedelta(hours=3), zone="UTC", for_client=False,
        ends_at=scene.at + timedelta(hours=4), client=scene.server.client, by=BY, at=scene.at,
    )  # fmt: skip
    Incident.objects.update(told="critical")
    html = cleo.get("/portal/status").content.decode()
    assert "hdg-srv-01 is not answering" in html
    assert "New firmware" in html
    assert "Secret work" not in html
    assert "not known" in html
    own = dan.get("/portal/status").content.decode()
    assert "hdg-srv-01" not in own
    assert "hdg-lap-07" in own
    assert "hdg-" not in eve.get("/portal/status").content.decode()


def test_what_nobody_was_told_of_is_not_on_it(scene, cleo):
    Incident.objects.update(told="", quiet="maintenance")
    assert "is not answering" not in cleo.get("/portal/status").content.decode()


def test_a_client_answers_to_work_no_agreement_covers(scene, cleo, dan, eve, drain):
    Incident.objects.update(told="critical", covered=False)
    assert "Yes, by the hour" in cleo.get("/portal/status").content.decode()
    address = f"/portal/incidents/{scene.incident.number}/answer"
    assert dan.post(address, {"consent": "approved"}).status_code == 403
    assert eve.post(address, {"consent": "approved"}).status_code in (403, 404)
    assert cleo.post(address, {"consent": "perhaps"}).status_code == 422
    assert cleo.post(address, {"consent": "quote"}).status_code == 303
    assert cleo.post(address, {"consent": "approved"}).status_code == 303
    assert cleo.post(address, {"consent": "declined"}).status_code == 409
    drain()
    scene.incident.refresh_from_db()
    assert (scene.incident.consent, scene.incident.consent_by) == ("approved", "Cleo")
    assert "Approved by the hour" in cleo.get("/portal/status").content.decode()


def test_what_is_covered_needs_no_answer(scene, cleo):
    Incident.objects.update(told="critical", covered=True)
    assert "Yes, by the hour" not in cleo.get("/portal/status").content.decode()
    address = f"/portal/incidents/{scene.incident.number}/answer"
    assert cleo.post(address, {"consent": "approved"}).status_code == 422


def test_the_status_page_of_a_client_with_nothing(cast, eve):
    make.device(cast.quill, "qa-pc-01")
    assert "Nothing is watched yet" in eve.get("/portal/status").content.decode()


def test_an_agreement_shows_the_months_of_what_it_covers(scene, ben):
    plan = Agreement.objects.get(client=scene.server.client)
    with time_machine.travel(scene.at, tick=False):
        html = ben.get(f"/agreements/{plan.pk}").content.decode()
        found = uptime.under(plan, scene.at)
        month, newest = found[0]
        devices = uptime.in_service(Device.objects.filter(client=plan.client), month)
        whole = uptime.report(plan.client, devices, month, scene.at).whole
        assert newest.figures == whole.figures
    assert "Availability of what it covers" in html
    other = make.agreement(make.client("Quill Papers"), make.flat())
    assert uptime.under(other, scene.at) == []
