"""Service levels, support hours and what a ticket is held to, for programs."""

from typing import Any

from tests import make
from tests.api.conftest import Program
from tests.cast import Cast
from tests.make.contracts import TARGETS, WEEKDAYS


def named(answer: Any) -> list[str]:
    return [one["field"] for one in answer.json().get("errors", [])]


def test_hours_and_levels_are_added_read_and_revised(api: Program) -> None:
    hours = api.post("calendars", {"name": "Office", "definition": WEEKDAYS})
    assert hours.status_code == 201, hours.content
    assert api.get("calendars").json()["data"][0]["definition"]["zone"] == "America/New_York"
    wrong = api.post("calendars", {"name": "Odd", "definition": {"zone": "Mars/Base"}})
    assert (wrong.status_code, named(wrong)) == (422, ["zone"])
    said = {"name": "Gold", "targets": TARGETS, "calendar_id": hours.json()["id"]}
    level = api.post("service-levels", said | {"policy": {"warn_at": [50], "goal": 95}})
    assert level.status_code == 201, level.content
    version = level.json()["versions"][0]
    assert (version["number"], version["calendar_name"]) == (1, "Office")
    assert version["policy"]["goal"] == 95
    here = f"service-levels/{level.json()['id']}"
    wrong = api.post(f"{here}/versions", {"targets": TARGETS, "policy": {"goal": 101}})
    assert (wrong.status_code, named(wrong)) == (422, ["policy.goal"])
    revised = api.post(f"{here}/versions", {"targets": TARGETS | {"5": TARGETS["4"]}})
    assert [one["number"] for one in revised.json()["versions"]] == [1, 2]
    assert api.get(here).json() == revised.json()
    assert api.get(f"calendars/{hours.json()['id']}").json() == hours.json()


def test_a_ticket_is_weighed_made_to_wait_and_declared_major(api: Program, cast: Cast) -> None:
    make.agreement(cast.harbor, level=make.level("Gold"))
    body = {"client_id": cast.harbor.pk, "subject": "Web is down", "impact": 1, "urgency": 2}
    row = api.post("tickets", body).json()
    assert (row["impact"], row["urgency"], row["priority"]) == (1, 2, 2)
    here = f"tickets/{row['id']}"
    assert named(api.post("tickets", {k: v for k, v in body.items() if k != "urgency"})) == [
        "urgency"
    ]
    assert api.patch(here, {"urgency": 1}).json()["priority"] == 1
    wait = {"status": "waiting_vendor", "pause_reason": "Part", "resumes_at": "2099-01-01T09:00Z"}
    assert api.patch(here, wait).json()["resumes_at"] == "2099-01-01T09:00:00Z"
    assert named(api.patch(here, {"resumes_at": "2099-01-01T09:00Z"})) == ["resumes_at"]
    past = wait | {"resumes_at": "2020-01-01T09:00Z"}
    assert named(api.patch(here, past)) == ["resumes_at"]
    assert api.patch(here, {"priority": 0}).status_code in (200, 422)  # as the key's person may
