"""Alertmanager's webhook: one alert, one check, in the order things were true."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitoring.rules.sources import alertmanager
from monitoring.rules.sources.report import Invalid, Report
from tests.monitoring.captured import SENT_AT, captured, read_or_refused

ALERT = {"status": "firing", "labels": {"alertname": "DiskFull", "instance": "nas01:9100"},
         "startsAt": "2026-11-22T03:52:27.632Z"}  # fmt: skip


def read(*alerts: dict[str, Any], **more: Any) -> list[Report]:
    body = json.dumps({"alerts": list(alerts), **more}).encode()
    return alertmanager.decode(body, SENT_AT).reports


def test_a_real_alert_fires_and_is_resolved() -> None:
    (fired,) = alertmanager.decode(captured("alertmanager_webhook_firing.json"), SENT_AT).reports
    (over,) = alertmanager.decode(captured("alertmanager_webhook_resolved.json"), SENT_AT).reports
    assert fired.check == over.check == "alert-c5efc6305e0b3fe6"
    assert (fired.host, fired.signal, over.signal) == ("127.0.0.1", "fail", "ok")
    assert fired.since.isoformat() == "2026-11-22T03:52:27.632000+00:00"
    assert over.since.isoformat() == "2026-11-22T03:52:34.632000+00:00"
    assert over.sequence == fired.sequence + 1
    assert (fired.period, fired.severity) == (0, "critical")
    assert fired.name == "NodeUp hq"
    assert fired.text.startswith("node 127.0.0.1:18713 up\n")


def test_a_later_occurrence_comes_after_the_end_of_the_one_before() -> None:
    over = read(ALERT | {"status": "resolved", "endsAt": "2026-11-22T03:59:00Z"})[0]
    again = read(ALERT | {"startsAt": "2026-11-22T03:58:00Z"})[0]
    assert again.sequence > over.sequence
    assert again.check == over.check


def test_without_a_fingerprint_the_labels_are_one() -> None:
    other = ALERT | {"labels": {**ALERT["labels"], "mountpoint": "/var"}}
    one, same, apart = read(ALERT, ALERT, other)
    assert one.check == same.check != apart.check
    assert apart.name == "DiskFull /var"


@pytest.mark.parametrize(
    ("labels", "host"),
    [
        ({"instance": "nas01.example:9100"}, "nas01.example"),
        ({"instance": "https://shop.example/cart"}, "shop.example"),
        ({"instance": "[fd00::1]:9100"}, "fd00::1"),
        ({"instance": "localhost:9100", "host": "srv02"}, "srv02"),
        ({"instance": "srv03:9100", "nodename": "vm", "device": "/dev/sda1"}, "srv03"),
        ({}, "vm"),
    ],
)
def test_an_alert_is_about_a_host_else_about_its_sender(labels: dict[str, str], host: str) -> None:
    (report,) = read(ALERT | {"labels": labels}, externalURL="http://vm:18711")
    assert report.host == host


def test_collectds_notifications_are_alerts_that_severity_ends() -> None:
    body = captured("collectd_notification.json")
    (fired,) = alertmanager.decode_collectd(body, SENT_AT).reports
    (over,) = alertmanager.decode_collectd(
        body.replace(b"FAILURE", b"OKAY").replace(b"03:53:37", b"03:54:37"), SENT_AT
    ).reports
    assert (fired.host, fired.signal, over.signal) == ("nas01.client.example", "fail", "ok")
    assert fired.check == over.check
    assert over.sequence > fired.sequence


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"alerts": 3}', "alerts"),
        (b'{"alerts": [{"labels": {}}]}', "alerts[0]"),
        (b'{"alerts": [{"labels": {"a": 1}, "startsAt": "2026-11-22T03:52:27Z"}]}',
         "alerts[0].labels[...]"),
        (b'{"alerts": [{"labels": {}, "startsAt": "soon"}]}', "alerts[0].startsAt"),
        (b"{", ""),
    ],
)  # fmt: skip
def test_refusals_name_the_field(body: bytes, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        alertmanager.decode(body, SENT_AT)
    assert refused.value.field == field


@given(some.dictionaries(some.text(max_size=30), some.text(max_size=200), max_size=8))
def test_any_labels_become_names_that_can_be_kept(labels: dict[str, str]) -> None:
    body = json.dumps({"alerts": [ALERT | {"labels": labels}]}).encode()
    assert len(read_or_refused(alertmanager.decode, body)) == 1


@given(some.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    read_or_refused(alertmanager.decode, body)
    read_or_refused(alertmanager.decode_collectd, body)
