"""Agreed maintenance and what an incident is, for programs."""

from datetime import timedelta

from monitoring import actions
from monitoring.models import Incident
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
