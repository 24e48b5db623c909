"""Keys at the intake: new secrets, days they end on, and those of one device."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from contracts.clients import actions as clients
from monitoring import actions
from monitoring.ingest import directory
from monitoring.models import Check, EnrolmentKey
from msp.kit.refusals import Refused
from tests.monitoring.estate import BY, T0, Estate, check, device
from tests.monitoring.knock import send
from tests.monitoring.test_drain import drained
from tests.monitoring.test_intake import BEAT, kept, reports


def test_a_new_secret_works_beside_the_old_one_for_a_while(harbor: Estate) -> None:
    now = datetime.now(UTC)
    _key, new = actions.rotate_key(key=harbor.key, overlap=timedelta(hours=1), by=BY, at=now)
    assert send("/hb", BEAT, bearer=harbor.token).status == 202
    assert send("/hb", BEAT, bearer=new).status == 202
    assert {found.key_id for found in kept()} == {harbor.key.pk}
    _key, newer = actions.rotate_key(key=harbor.key, overlap=timedelta(), by=BY, at=now)
    directory.forget()
    assert send("/hb", BEAT, bearer=newer).status == 202
    for ended in (harbor.token, new):
        assert send("/hb", BEAT, bearer=ended).status == 401


def test_a_key_ends_on_its_day(harbor: Estate) -> None:
    now = datetime.now(UTC)
    with pytest.raises(Refused):
        actions.enrol_key(site=harbor.site, name="Over", expires_at=now, by=BY, at=now)
    key, token = actions.enrol_key(
        site=harbor.site, name="Soon", expires_at=now + timedelta(hours=1), by=BY, at=now
    )
    assert send("/hb", BEAT, bearer=token).status == 202
    EnrolmentKey.objects.filter(pk=key.pk).update(expires_at=now)
    directory.forget()
    assert send("/hb", BEAT, bearer=token).status == 401


def test_the_key_of_a_device_writes_of_no_other(harbor: Estate) -> None:
    """Whatever name is crafted into what is sent, of this client or of another."""
    own, other = device(harbor, "nas-01"), check(harbor, "hdg-srv-01")
    _key, token = actions.enrol_key(site=harbor.site, device=own, name="NAS", by=BY, at=T0)
    for host in ("hdg-srv-01", "HDG-SRV-01", "unknown"):
        assert send("/hb", json.dumps({"host": host}).encode(), bearer=token).status == 202
    assert send(f"/ping/{token}/hdg-srv-01").status == 404
    assert send(f"/ping/{token}/hdg-srv-01", query="create=1").status == 201
    drained()
    other.refresh_from_db()
    assert other.beats == 0
    assert Check.objects.get(device=own, slug="heartbeat").beats == 3
    assert Check.objects.get(device=own, slug="hdg-srv-01").beats == 1


def test_the_key_of_a_device_needs_no_slug(harbor: Estate) -> None:
    own = device(harbor, "nas-01")
    _key, token = actions.enrol_key(site=harbor.site, device=own, name="NAS", by=BY, at=T0)
    rid = "3f0c8a52-6a5d-4f0e-9d5e-0123456789ab"
    assert send(f"/hc/{token}/start", query=f"rid={rid}").status == 200
    assert send(f"/hc/{token}", query=f"rid={rid}").status == 200
    assert send(f"/hc/{token}/4", b"broken").status == 200
    assert {report.check_id for report in reports()} == {Check.objects.get(device=own).pk}
    assert [report.signal for report in reports()] == ["start", "ok", "fail"]
    clients.retire_device(device=own, on=T0.date(), by=BY, at=T0)
    directory.forget()
    assert send(f"/hc/{token}").status == 404
    assert send(f"/hc/{token}/x", query="create=1").status == 403
