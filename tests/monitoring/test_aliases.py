"""A device that reports under another name is that device; alerts long over are no checks."""

from datetime import timedelta

import pytest

from contracts.clients.models import Device
from monitoring import actions
from monitoring.models import Check, HostAlias, Incident, RefusedName
from msp.kit.refusals import Refused
from tests import make
from tests.monitoring import scene as scenes
from tests.monitoring.estate import BY, T0, Estate, after, check, device, estate
from tests.monitoring.test_drain import drained, put


def alias(of: Device, name: str = "HDG-SRV-01.lan") -> HostAlias:
    return actions.add_alias(device=of, name=name, by=BY, at=T0)


def test_what_comes_under_another_name_is_the_devices_own(harbor: Estate) -> None:
    known = check(harbor)
    alias(known.device)
    put(harbor, 100, host="hdg-srv-01.LAN", metrics={"cpu": 3})
    put(harbor, 110, host="hdg-srv-01")
    put(harbor, 120, host="hdg-srv-01.lan", check="backup")
    drained()
    known.refresh_from_db()
    assert (known.last_seen_at, known.beats) == (T0 + after(110), 2)
    assert Device.objects.count() == 1
    assert Check.objects.get(slug="backup").device == known.device
    assert known.due_at == T0 + after(290)


def test_the_same_name_at_another_client_is_another_device(harbor: Estate) -> None:
    alias(check(harbor).device)
    other = estate("Quill Papers")
    put(other, 100, host="hdg-srv-01.lan")
    drained()
    assert Device.objects.get(client=other.client).name == "hdg-srv-01.lan"


def test_a_name_that_is_no_alias_any_more_enrols_again(harbor: Estate) -> None:
    held = alias(check(harbor).device)
    actions.drop_alias(alias=held, by=BY, at=T0)
    put(harbor, 100, host="hdg-srv-01.lan")
    drained()
    assert Device.objects.filter(name="hdg-srv-01.lan").exists()


@pytest.mark.parametrize("name", ["", "hdg-srv-01", "HDG-PC-02", "taken"])
def test_a_name_somebody_has_is_no_alias(harbor: Estate, name: str) -> None:
    server, other = device(harbor), device(harbor, "hdg-pc-02")
    alias(other, "taken")
    with pytest.raises(Refused):
        alias(server, name)


def test_a_refused_name_is_said_to_be_a_device(cast, ben, guy) -> None:
    scene = scenes.scene(cast)
    row = RefusedName.objects.create(
        key=scene.key, name="srv.lan", reason="x", first_at=scene.at, last_at=scene.at
    )
    here = f"/keys/{scene.key.pk}/refused/{row.pk}/attach"
    theirs = make.device(cast.quill, "qa-1")
    assert guy.post(here, {"device": scene.server.name}).status_code == 403
    assert ben.post(here, {"device": theirs.name}).status_code == 422
    assert "It is another" in ben.get(f"/keys/{scene.key.pk}").content.decode()
    assert ben.post(here, {"device": scene.server.name.upper()}).status_code == 303
    assert HostAlias.objects.get().device == scene.server
    assert not RefusedName.objects.exists()
    page = f"/devices/{scene.server.pk}"
    assert "srv.lan" in ben.get(page).content.decode()
    assert guy.post(f"{page}/alias", {"name": "srv.lan", "do": "drop"}).status_code == 403
    assert ben.post(f"{page}/alias", {"name": "srv.lan", "do": "drop"}).status_code == 303
    assert ben.post(f"{page}/alias", {"name": "srv.home"}).status_code == 303
    assert ben.post(f"{page}/alias", {"name": ""}).status_code == 422
    assert [one.name for one in HostAlias.objects.all()] == ["srv.home"]


def test_an_alert_that_is_long_over_is_no_check_any_more(harbor: Estate) -> None:
    long_ago, lately = T0 - timedelta(days=31), T0 - timedelta(days=29)
    of_alerts = {"period_seconds": 0, "due_at": None}
    over = check(harbor, "a", slug="alert-1", last_seen_at=long_ago, **of_alerts)
    check(harbor, "b", slug="alert-2", last_seen_at=lately, **of_alerts)
    check(harbor, "c", slug="alert-3", last_seen_at=long_ago, status="down", **of_alerts)
    check(harbor, "d", slug="job", last_seen_at=long_ago)
    kept = Incident.objects.create(
        number=9, problem_key="x", check_row=over, device=over.device, client=harbor.client,
        title="Disk", opened_at=long_ago, detected_at=long_ago, resolved_at=long_ago,
        state="resolved",
    )  # fmt: skip
    actions.forget(clock=T0, by=BY, at=T0)
    assert set(Check.objects.values_list("slug", flat=True)) == {"alert-2", "alert-3", "job"}
    kept.refresh_from_db()
    assert kept.check_row is None
