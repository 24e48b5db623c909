"""Alerts and jobs of other people's tools: from their own words to incidents and runs."""

import json
from datetime import timedelta
from typing import Any

import cramjam
import pytest

from contracts.clients.models import Device
from monitoring import actions
from monitoring.ingest import tools
from monitoring.models import Check, EnrolmentKey, Flip, Incident, RefusedName, Series
from monitoring.rules.sources.prometheus import WriteRequest
from tenants.journal.models import Entry
from tests.monitoring.captured import SENT_AT, captured
from tests.monitoring.estate import BY, T0, Estate, another_key, device
from tests.monitoring.knock import Got, send
from tests.monitoring.test_drain import drained

SNAPPY = {"CONTENT_TYPE": "application/x-protobuf", "HTTP_CONTENT_ENCODING": "snappy"}


@pytest.fixture(autouse=True)
def then(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hour in which the bodies were sent."""
    monkeypatch.setattr(tools, "_now_ms", lambda: int(SENT_AT.timestamp() * 1000))


def firing() -> dict[str, Any]:
    return json.loads(captured("alertmanager_webhook_firing.json"))


# -- alerts ---------------------------------------------------------------------------------------


def hook(harbor: Estate, body: bytes) -> Got:
    got = send("/hb", body, bearer=harbor.token)
    drained()
    return got


def test_an_alert_opens_one_incident_and_its_end_closes_it(harbor: Estate) -> None:
    for _ in range(3):  # repeats, as Alertmanager sends them
        assert hook(harbor, captured("alertmanager_webhook_firing.json")).status == 200
    incident = Incident.objects.get()
    check = Check.objects.get()
    assert incident.opened_at.isoformat() == "2026-11-22T03:52:27.632000+00:00"
    assert incident.words.startswith("node 127.0.0.1:18713 up")
    assert (incident.title, incident.severity) == ("NodeUp hq on 127.0.0.1", "critical")
    assert (check.status, check.due_at, check.name) == ("down", None, "NodeUp hq")
    hook(harbor, captured("alertmanager_webhook_resolved.json"))
    incident.refresh_from_db()
    assert incident.resolved_at.isoformat() == "2026-11-22T03:52:34.632000+00:00"
    hook(harbor, captured("alertmanager_webhook_firing.json"))  # overtaken by its own end
    assert Incident.objects.filter(resolved_at=None).count() == 0
    assert Flip.objects.count() == 2


def test_a_new_occurrence_is_a_new_incident(harbor: Estate) -> None:
    hook(harbor, captured("alertmanager_webhook_firing.json"))
    hook(harbor, captured("alertmanager_webhook_resolved.json"))
    again = firing()
    again["alerts"][0]["startsAt"] = "2026-11-22T03:59:00Z"
    hook(harbor, json.dumps(again).encode())
    assert Incident.objects.count() == 2
    assert Incident.objects.filter(resolved_at=None).count() == 1


def test_two_alerts_of_a_host_are_two_incidents_that_end_alone(harbor: Estate) -> None:
    both = firing()
    other = json.loads(json.dumps(both["alerts"][0])) | {"fingerprint": "aaaa"}
    both["alerts"].append(other)
    hook(harbor, json.dumps(both).encode())
    assert Check.objects.filter(status="down").count() == 2
    hook(harbor, captured("alertmanager_webhook_resolved.json"))
    assert list(Check.objects.filter(status="down").values_list("slug", flat=True)) == [
        "alert-aaaa"
    ]


def test_an_alert_of_a_host_that_may_not_in_waits_for_a_person(harbor: Estate) -> None:
    EnrolmentKey.objects.update(cap=0)
    assert hook(harbor, captured("alertmanager_webhook_firing.json")).status == 200
    row = RefusedName.objects.get()
    assert row.name == "127.0.0.1"
    assert not Incident.objects.exists()
    actions.admit(refusal=row, by=BY, at=T0)
    assert not RefusedName.objects.exists()
    hook(harbor, captured("alertmanager_webhook_firing.json"))
    assert Incident.objects.get().device.name == "127.0.0.1"


def test_collectds_notification_is_an_alert(harbor: Estate) -> None:
    body = captured("collectd_notification.json")
    hook(harbor, body)
    hook(harbor, body.replace(b"03:53:37", b"03:54:37"))
    assert Incident.objects.filter(resolved_at=None).count() == 1
    hook(harbor, body.replace(b"FAILURE", b"OKAY").replace(b"03:53:37", b"03:55:37"))
    assert Incident.objects.filter(resolved_at=None).count() == 0


def test_a_target_that_cannot_be_scraped_is_down_at_once(harbor: Estate) -> None:
    def write(value: float) -> None:
        request = WriteRequest()
        made = request.series.add()
        for name, text in {"__name__": "up", "job": "node", "instance": "nas01:9100"}.items():
            made.labels.add(name=name.encode(), value=text.encode())
        made.samples.add(value=value, at=int(SENT_AT.timestamp() * 1000))
        packed = bytes(cramjam.snappy.compress_raw(request.SerializeToString()))
        assert send("/hb", packed, bearer=harbor.token, **SNAPPY).status == 204
        drained()

    write(1)
    check = Check.objects.get(device__name="nas01", slug="up-node")
    assert check.status == "up"
    write(0)
    assert Incident.objects.get().words == "Prometheus could not scrape node."
    write(1)
    assert Incident.objects.filter(resolved_at=None).count() == 0


# -- jobs -----------------------------------------------------------------------------------------


def test_a_push_of_uptime_kuma(harbor: Estate) -> None:
    known = device(harbor, "nas-01")
    token = another_key(harbor, known)
    got = send(f"/api/push/{token}", method="GET", query="status=up&msg=OK&ping=12")
    assert (got.status, got.json) == (200, {"ok": True})
    drained()
    assert send(f"/api/push/{harbor.token}/nas-01", query="status=down&msg=gone").status == 200
    drained()
    check = Check.objects.get(device=known)
    assert (check.status, check.body, check.beats) == ("down", "gone", 2)
    assert Series.objects.get(device=known, name="latency").last_value == 12.0
    got = send(f"/api/push/{harbor.token}")
    assert (got.status, got.json["ok"]) == (404, False)
    assert send(f"/api/push/{token}", query="status=perhaps").status == 400
    assert send("/api/push/" + "x" * 40).json["ok"] is False


def test_a_check_in_of_sentry_cli_is_a_run(harbor: Estate) -> None:
    known = device(harbor, "srv-01")
    token = another_key(harbor, known)
    auth = {"HTTP_X_SENTRY_AUTH": f"Sentry sentry_key={token}, sentry_client=sentry-cli/3.8.2"}
    got = send("/api/1/envelope/", captured("sentry_cli_checkin_in_progress.envelope"), **auth)
    assert got.json == {"id": "505ad3a49899495dac6c8ee4f38fe5c5"}
    drained()
    check = Check.objects.get(device=known, slug="nightly-backup")
    assert check.last_started_at is not None
    assert (check.kind, check.schedule, check.zone) == ("cron", "0 2 * * *", "UTC")
    assert (check.grace_seconds, check.max_run_seconds) == (300, 1800)
    assert check.due_at == SENT_AT + timedelta(minutes=30)  # a run that began has to end
    send("/api/1/envelope/", captured("sentry_cli_checkin_error.envelope"), **auth)
    drained()
    check.refresh_from_db()
    assert (check.status, check.last_started_at) == ("down", None)
    changed = Entry.objects.filter(kind="monitoring.check_changed")
    assert changed.count() == 1
    send("/api/1/envelope/", captured("sentry_cli_checkin_in_progress.envelope"), **auth)
    drained()
    assert changed.count() == 1  # the same plan again is no news


@pytest.mark.parametrize(
    ("sent", "opened_after", "title"),
    [
        (
            [],
            21 * 3600 + 45 * 60,
            "nightly-backup on srv-01 did not report",
        ),  # the next 02:00 and its margin
        (["in_progress"], 30 * 60, "nightly-backup on srv-01 began and did not finish"),
        (["in_progress", "error"], 0, "nightly-backup on srv-01 failed"),
    ],
)
def test_a_run_that_is_missed_or_lasts_or_fails_is_one_incident(
    harbor: Estate, sent: list[str], opened_after: int, title: str
) -> None:
    token = another_key(harbor, device(harbor, "srv-01"))
    auth = {"HTTP_X_SENTRY_AUTH": f"Sentry sentry_key={token}"}
    begun = captured("sentry_cli_checkin_in_progress.envelope")
    done = captured("sentry_cli_checkin_error.envelope").replace(b'"error"', b'"ok"   ')
    for body in (begun, done):  # a run that went well, with which the schedule came
        send("/api/1/envelope/", body, **auth)
    again = {
        "in_progress": begun.replace(b"505ad3a4", b"505ad3a5"),
        "error": captured("sentry_cli_checkin_error.envelope").replace(b"505ad3a4", b"505ad3a5"),
    }
    drained()
    for name in sent:
        send("/api/1/envelope/", again[name], **auth)
        drained()
    for hours in (0, 1, 22, 23):
        clock = SENT_AT + timedelta(hours=hours)
        actions.lapse(clock=clock, by=BY, at=clock)
    incident = Incident.objects.get()
    assert incident.opened_at == SENT_AT + timedelta(seconds=opened_after)
    assert incident.title == title


def test_a_job_without_a_schedule_is_not_waited_for(harbor: Estate) -> None:
    body = captured("sentry_cli_checkin_error.envelope").replace(b'"error"', b'"ok"   ')
    auth = {"HTTP_X_SENTRY_AUTH": f"Sentry sentry_key={harbor.token}"}
    assert send("/api/1/envelope/", body, **auth).status == 200
    drained()
    check = Check.objects.get(device__name="nightly-backup")
    assert (check.status, check.period_seconds, check.due_at) == ("up", 0, None)


def test_two_tools_of_one_machine_are_one_device(harbor: Estate) -> None:
    send("/hb", captured("monit_collector.xml"), bearer=harbor.token)
    send("/hb", captured("otlp_metrics.json"), bearer=harbor.token)
    drained()
    assert Device.objects.get().name == "srv01"
    assert {"heartbeat", "monit-root", "monit-srv01"} == set(
        Check.objects.values_list("slug", flat=True)
    )
    harbor.key.refresh_from_db()
    assert harbor.key.seen.keys() == {"monit", "otlp"}
