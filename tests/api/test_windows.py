"""Agreed maintenance and what an incident is, for programs."""

from datetime import timedelta

import pytest

from monitoring import actions
from monitoring.models import EnrolmentKey, Incident, MaintenanceWindow
from tenants import context
from tenants.people.models import Replay
from tests import make
from tests.api.conftest import Program, key
from tests.make import BY
from tests.monitoring import scene as scenes


def test_windows_are_listed_and_narrowed(cast, api):
    scene = scenes.scene(cast)
    for name, part in (("Updates", {"device": scene.server}), ("All", {})):
        actions.agree_window(
            name=name, starts_at=scene.at, ends_at=scene.at + timedelta(hours=1), zone="UTC",
            by=BY, at=scene.at, **part,
        )  # fmt: skip
    assert {row["name"] for row in api.rows("maintenance-windows")} == {"Updates", "All"}
    (one,) = api.rows(f"maintenance-windows?device_id={scene.server.pk}")
    assert (one["name"], one["client_id"]) == ("Updates", scene.server.client_id)
    assert api.get("maintenance-windows?colour=red").status_code == 400


def test_an_incident_says_what_it_is_behind(cast, api):
    scene = scenes.scene(cast)
    Incident.objects.update(cause="A cable", quiet="maintenance")
    shown = api.get(f"incidents/{scene.incident.pk}").json()
    assert (shown["cause"], shown["quiet"], shown["behind_id"]) == ("A cable", "maintenance", None)


@pytest.mark.parametrize("part", ["client", "site", "device", "check", ""])
def test_a_window_is_agreed_on_for_any_part_and_ended(cast, api, part):
    scene = scenes.scene(cast)
    ids = {
        "client": cast.harbor.pk, "site": scene.site.pk, "device": scene.server.pk,
        "check": scene.check.pk,
    }  # fmt: skip
    starts = scene.at + timedelta(hours=1)
    body = {
        "name": "New memory", "starts_at": starts.isoformat(), "flexible": 1800,
        "ends_at": (starts + timedelta(hours=4)).isoformat(), "zone": "Europe/Berlin",
    } | ({f"{part}_id": ids[part]} if part else {})  # fmt: skip
    made = api.post("maintenance-windows", body)
    assert made.status_code == 201, made.content
    shown = made.json()
    assert shown["flexible"] == 1800
    assert shown[f"{part or 'client'}_id"] == (ids[part] if part else None)
    here = f"maintenance-windows/{shown['id']}"
    assert api.get(here).json() == shown
    assert api.post(f"{here}/end", {}).json()["cancelled_at"]
    assert api.post(f"{here}/end", {}).status_code == 409


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"ends_at": None}, 422, "ends_at"),
        ({"schedule": "0 25 * * *", "lasts": 60}, 422, "schedule"),
        ({"schedule": "0 2 * * *"}, 422, "lasts"),
        ({"flexible": 30}, 422, "flexible"),
        ({"schedule": "0 2 * * *", "lasts": 10**12}, 400, "lasts"),
        ({"flexible": 10**12}, 400, "flexible"),
        ({"client_id": 1, "site_id": 1}, 400, "client_id"),
        ({"colour": "red"}, 400, "colour"),
    ],
)
def test_a_window_that_cannot_be_held_is_refused_by_field(cast, api, change, status, field):
    at = scenes.scene(cast).at
    body = {
        "name": "Updates", "starts_at": at.isoformat(),
        "ends_at": (at + timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    answer = api.post("maintenance-windows", body | change)
    assert answer.status_code == status
    assert field in [one["field"] for one in answer.json()["errors"]]
    assert not MaintenanceWindow.objects.exists()


def test_a_window_names_one_part_only_and_none_of_another_msp(cast, api, beta):
    scene = scenes.scene(cast)
    with context.inside(beta):
        theirs = make.device(make.client("Beta Bakery"), "bb-1")
        theirs_site = make.site(theirs.client, "Oven")
    body = {"name": "Updates", "starts_at": scene.at.isoformat(), "schedule": "0 2 * * *",
            "lasts": 3600}  # fmt: skip
    both = {"client_id": cast.harbor.pk, "device_id": scene.server.pk}
    assert api.post("maintenance-windows", body | both).status_code == 422
    for foreign in ({"device_id": 10**6 + theirs.pk}, {"site_id": 10**6 + theirs_site.pk}):
        assert api.post("maintenance-windows", body | foreign).status_code == 400
    elsewhere = Program(api.token, host="beta.localhost")
    assert elsewhere.get("maintenance-windows").status_code == 401
    with context.inside(beta):
        assert not MaintenanceWindow.objects.exists()


def test_a_key_is_made_changed_given_a_new_secret_and_ended(cast, api):
    site = make.site(cast.harbor, "Main Street")
    made = api.post(
        "enrolment-keys", {"name": "Agents", "site_id": site.pk, "cap": 5}, Idempotency_Key="one"
    ).json()
    token = made.pop("token")
    assert token.startswith(made["prefix"])
    again = api.post(
        "enrolment-keys", {"name": "Agents", "site_id": site.pk, "cap": 5}, Idempotency_Key="one"
    )
    assert (again.status_code, again.json()) == (201, made)  # the secret is shown once
    assert token not in str(Replay.objects.get().body)
    here = f"enrolment-keys/{made['id']}"
    assert api.get(here).json() == made
    assert api.patch(here, {"cap": 7}).json()["cap"] == 7
    rotated = api.post(f"{here}/rotate", {"overlap": 3600}).json()
    assert rotated["token"] != token
    assert rotated["old_prefix"] == made["prefix"]
    assert api.post(f"{here}/rotate", {"overlap": 10**12}).status_code == 422
    assert api.post(f"{here}/revoke", {}).json()["revoked_at"]
    assert api.post(f"{here}/revoke", {}).status_code == 409
    assert [row["id"] for row in api.rows("enrolment-keys?revoked=true")] == [made["id"]]
    assert api.rows("enrolment-keys?revoked=false&limit=1") == []


def test_a_key_of_a_device_stands_at_its_site(cast, api):
    scene = scenes.scene(cast)
    made = api.post("enrolment-keys", {"name": "Server", "device_id": scene.server.pk}).json()
    assert (made["device_id"], made["site_id"]) == (scene.server.pk, scene.site.pk)
    lone = make.device(cast.harbor, "hdg-lone")
    answer = api.post("enrolment-keys", {"name": "Lone", "device_id": lone.pk})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "site_id")
    assert api.post("enrolment-keys", {"name": "None"}).status_code == 422


def test_scopes_and_the_right_of_the_person_bound_what_a_program_does(cast):
    scene = scenes.scene(cast)
    reads = Program(key("windows:read", "keys:read"))
    assert len(reads.rows("enrolment-keys")) == 1
    body = {"name": "x", "site_id": scene.site.pk}
    assert reads.post("enrolment-keys", body).status_code == 403
    assert reads.post(f"enrolment-keys/{scene.key.pk}/revoke", {}).status_code == 403
    assert reads.post("maintenance-windows", {}).status_code == 403
    assert Program(key("incidents:write")).get("enrolment-keys").status_code == 403
    assert EnrolmentKey.objects.get().revoked_at is None
