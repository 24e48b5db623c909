"""The pages where people define checks and agree on when nobody is called."""

from datetime import timedelta

import pytest

from monitoring import actions
from monitoring.models import Check, CheckTemplate, Dependency, Incident, MaintenanceWindow
from monitoring.rules.definitions import Definition
from monitoring.rules.thresholds import Level, Limits
from tests import make
from tests.make import BY
from tests.monitoring import scene as scenes

HTMX = {"HX-Request": "true"}


@pytest.fixture
def scene(cast):
    return scenes.scene(cast)


# -- checks ----------------------------------------------------------------------------------------


def test_a_job_on_a_schedule_is_said_back_before_it_is_made(scene, ben, guy):
    address = f"/devices/{scene.server.pk}/checks/new?kind=cron"
    assert guy.get(address).status_code == 403
    html = ben.get(address).content.decode()
    assert 'value="America/Chicago"' in html or "zone" in html
    typed = {
        "name": "Nightly backup",
        "schedule": "30 2 * * *",
        "zone": "Europe/Berlin",
        "grace": 1800,
    }
    said = ben.post(f"/devices/{scene.server.pk}/checks/preview?kind=cron", typed, headers=HTMX)
    assert "Expected at 02:30 every day (Europe/Berlin)" in said.content.decode()
    assert "down 30 min after a time that was missed" in said.content.decode()
    assert ben.post(address, typed).status_code == 303
    made = Check.objects.get(slug="nightly-backup")
    assert (made.kind, made.schedule, made.zone) == ("cron", "30 2 * * *", "Europe/Berlin")
    assert "Nightly backup" in ben.get(f"/devices/{scene.server.pk}").content.decode()


def test_what_is_wrong_with_it_is_said_at_its_field(scene, ben):
    address = f"/devices/{scene.server.pk}/checks/new?kind=cron"
    wrong = ben.post(address, {"name": "x", "schedule": "61 * * * *", "zone": "UTC", "grace": 60})
    assert wrong.status_code == 422
    assert "This is not a schedule: bad minute." in wrong.content.decode()
    wrong = ben.post(address, {"name": "", "schedule": "0 1 * * *", "zone": "UTC", "grace": 60})
    assert "A check needs a name." in wrong.content.decode()
    said = ben.post(
        f"/devices/{scene.server.pk}/checks/preview?kind=cron",
        {"schedule": "0 1 * * *", "zone": "Mars/Base", "grace": 60},
    )
    assert "There is no time zone &#x27;Mars/Base&#x27;." in said.content.decode()


def test_a_value_is_watched_from_its_page(scene, ben):
    scenes.measured(scene.server, "cpu", "%", [12.0, 13.0], scene.at)
    address = f"/devices/{scene.server.pk}/checks/new?kind=threshold"
    typed = {
        "series": "cpu", "side": "above", "warning": 80, "warning_clear": 70, "critical": 95,
        "critical_clear": "", "raise_for": 300, "clear_for": "",
    }  # fmt: skip
    said = ben.post(f"/devices/{scene.server.pk}/checks/preview?kind=threshold", typed)
    html = said.content.decode()
    assert "Warns when CPU is 80% or more for 5 min, until it is below 70%." in html
    wrong = ben.post(address, typed | {"critical": 70})
    assert wrong.status_code == 422
    assert "A problem must be worse than what is warned of." in wrong.content.decode()
    assert ben.post(address, typed).status_code == 303
    made = Check.objects.get(kind="threshold")
    assert (made.name, made.series.name, made.series.watched) == ("CPU", "cpu", True)
    edit = f"/monitors/{made.pk}/edit"
    assert 'value="80.0"' in ben.get(edit).content.decode()
    assert ben.post(edit, typed | {"warning": 85}).status_code == 303
    made.refresh_from_db()
    assert made.limits["warning"] == [85.0, 70.0]
    assert ben.post(f"/monitors/{made.pk}/remove").status_code == 303
    assert not Check.objects.filter(kind="threshold").exists()


def test_without_a_value_the_page_says_so(scene, ben):
    html = ben.get(f"/devices/{scene.server.pk}/checks/new?kind=threshold").content.decode()
    assert "Nothing is measured here yet" in html


def test_a_class_gets_the_suggested_set(scene, ben, guy):
    assert guy.post("/monitors/templates").status_code == 403
    assert "No class gets checks by itself" in ben.get("/monitors/templates").content.decode()
    assert ben.post("/monitors/templates").status_code == 303
    assert ben.post("/monitors/templates").status_code == 303
    html = ben.get("/monitors/templates").content.decode()
    assert "Warns when CPU is 90 or more for 10 min" in html
    count = CheckTemplate.objects.count()
    first = CheckTemplate.objects.first()
    assert ben.post(f"/monitors/templates/{first.pk}/drop").status_code == 303
    assert CheckTemplate.objects.count() == count - 1


# -- windows ---------------------------------------------------------------------------------------


def typed_window(scene, **more):
    start = scene.at + timedelta(hours=1)
    shape = "%Y-%m-%dT%H:%M"
    return {
        "name": "Updates", "scope": f"device:{scene.server.pk}", "zone": "UTC",
        "starts": start.strftime(shape), "ends": (start + timedelta(hours=2)).strftime(shape),
        "for_client": "on",
    } | more  # fmt: skip


def test_a_window_is_agreed_and_ended(scene, ben, guy):
    assert "No maintenance is agreed" in ben.get("/maintenance").content.decode()
    assert guy.post("/maintenance/new", typed_window(scene)).status_code == 403
    assert ben.get(f"/maintenance/new?for=device:{scene.server.pk}").status_code == 200
    assert ben.post("/maintenance/new", typed_window(scene)).status_code == 303
    window = MaintenanceWindow.objects.get()
    assert (window.device, window.made_by) == (scene.server, "Ben")
    html = ben.get("/maintenance").content.decode()
    assert "Coming" in html
    assert "The next two weeks" in html
    assert "Updates" in ben.get(f"/devices/{scene.server.pk}").content.decode()
    assert ben.post(f"/maintenance/{window.pk}/end").status_code == 303
    assert ben.post(f"/maintenance/{window.pk}/end").status_code == 409
    assert "Updates" in ben.get("/maintenance?state=ended").content.decode()


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"ends": "2020-01-01T00:00"}, "It ends before it begins."),
        ({"zone": "Mars/Base"}, "There is no time zone"),
        ({"name": " "}, "This field is required."),
        ({"starts": "2020-01-01T00:00", "ends": "2020-01-01T02:00"}, "It is over already."),
        ({"scope": "planet:1"}, "Select a valid choice"),
        (
            {"starts": "9998-01-01T00:00", "ends": "9998-01-01T02:00"},
            "It begins within five years.",
        ),
        ({"starts": "0001-01-01T00:00", "ends": "9999-12-31T23:59"}, "A window lasts 30 days"),
        (
            {"starts": "0001-01-01T00:00", "ends": "9999-12-31T23:59", "zone": "Asia/Tokyo"},
            "There is no such time.",
        ),
    ],
)
def test_a_window_that_cannot_be_says_why(scene, ben, more, reason):
    answer = ben.post("/maintenance/new", typed_window(scene, **more))
    assert answer.status_code == 422
    assert reason in answer.content.decode()


def test_a_window_on_days_of_the_week_comes_again(scene, ben):
    typed = typed_window(
        scene, days=["1", "3"], scope=f"client:{scene.server.client_id}", flexible="45"
    )
    assert ben.post("/maintenance/new", typed).status_code == 303
    window = MaintenanceWindow.objects.get()
    assert window.schedule.endswith("* * 1,3")
    assert (window.lasts, window.ends_at, window.flexible) == (7200, None, 2700)
    html = ben.get("/maintenance").content.decode()
    assert "comes again" in html
    assert "45m from the first problem in that time" in html


def test_what_is_in_maintenance_is_shown_so(scene, ben):
    actions.agree_window(
        name="Updates", starts_at=scene.at, ends_at=scene.at + timedelta(hours=1), zone="UTC",
        device=scene.server, by=BY, at=scene.at - timedelta(seconds=1),
    )  # fmt: skip
    assert ", 1 in maint." in ben.get("/incidents").content.decode()
    assert "In maintenance" in ben.get(f"/devices/{scene.server.pk}").content.decode()


# -- what stands behind what -----------------------------------------------------------------------


def test_a_device_is_put_behind_another(scene, ben, guy):
    router = make.device(scene.server.client, "hdg-fw-01", kind="firewall", site=scene.site)
    address = f"/devices/{scene.server.pk}/behind"
    assert guy.get(address).status_code == 403
    assert ben.post(address, {"parent": router.pk, "group": ""}).status_code == 303
    assert "hdg-fw-01" in ben.get(f"/devices/{scene.server.pk}").content.decode()
    again = ben.post(address, {"parent": router.pk, "group": ""})
    assert (again.status_code, "already" in again.content.decode()) == (422, True)
    circle = ben.post(f"/devices/{router.pk}/behind", {"parent": scene.server.pk, "group": ""})
    assert "that would be a circle" in circle.content.decode()
    edge = Dependency.objects.get()
    assert ben.post(f"{address}/{edge.pk}/remove").status_code == 303
    assert not Dependency.objects.exists()
    assert ben.post(address, {"parent": router.pk, "whole_site": "on"}).status_code == 303
    assert Dependency.objects.get().site == scene.site


# -- one incident ----------------------------------------------------------------------------------


def test_what_people_do_with_an_incident(scene, cast, ben, guy):
    base = f"/incidents/{scene.incident.number}"
    for what in ("take", "snooze", "cause", "reopen"):
        assert guy.post(f"{base}/{what}").status_code == 403
    assert ben.post(f"{base}/take", {"owner": "me"}).status_code == 303
    until = (scene.at + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert ben.post(f"{base}/snooze", {"until": until}).status_code == 303
    for never in ("2020-01-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00", "soon"):
        assert ben.post(f"{base}/snooze", {"until": never}).status_code == 422
    for nobody in ("99999999999999999999", "12345", "-1", "x"):
        assert ben.post(f"{base}/take", {"owner": nobody}).status_code == 404
    assert ben.post(f"{base}/cause", {"cause": ""}).status_code == 422
    assert ben.post(f"{base}/cause", {"cause": "The power supply"}).status_code == 303
    scene.incident.refresh_from_db()
    assert (scene.incident.owner.name, scene.incident.cause) == ("Ben", "The power supply")
    assert scene.incident.snoozed_until is not None
    html = ben.get(base).content.decode()
    assert "Left alone" in html
    assert "The power supply" in html
    assert ben.post(f"{base}/resolve", {"note": "Replaced"}).status_code == 303
    assert "Open it again" in ben.get(base).content.decode()
    assert ben.post(f"{base}/reopen").status_code == 303
    scene.incident.refresh_from_db()
    assert scene.incident.resolved_at is None


def test_what_stands_behind_an_incident_is_on_its_page_and_not_on_the_wall(scene, ben):
    laptop = Check.objects.get(device=scene.laptop)
    child = scenes.incident(laptop, 400, scene.at, behind=scene.incident, quiet="behind")
    wall = ben.get("/incidents").content.decode()
    assert "1 device depends on it" in wall
    assert f"/incidents/{child.number}" not in wall
    html = ben.get(f"/incidents/{scene.incident.number}").content.decode()
    assert "1 stands behind it" in html
    assert f"/incidents/{child.number}" in html
    assert "Behind" in ben.get(f"/incidents/{child.number}").content.decode()


def test_the_wall_is_a_list_for_the_keyboard(scene, ben):
    html = ben.get("/incidents").content.decode()
    assert '<div class="inc" data-list>' in html


def test_a_value_over_its_limit_is_degraded_and_no_outage(scene, ben):
    scenes.measured(scene.laptop, "cpu", "%", [12.0], scene.at)
    made = actions.define_check(
        device=scene.laptop, name="CPU", by=BY, at=scene.at,
        definition=Definition("threshold", series="cpu", limits=Limits(critical=Level(1, 1))),
    )  # fmt: skip
    Check.objects.filter(pk=made.pk).update(status="degraded", status_at=scene.at)
    assert "Over a limit" in ben.get(f"/devices/{scene.laptop.pk}").content.decode()
    assert "1 degraded" in ben.get("/incidents").content.decode()
    assert Incident.objects.count() == 1
