"""Other people's tools at the intake: recognised, kept, and answered as they wish."""

import base64
import gzip
import json
import zlib
from typing import Any

import cramjam
import pytest

from contracts.clients.models import Device
from monitoring.ingest import bodies, limits, tools
from monitoring.models import Check, Reading, Series
from monitoring.rules.sources import packet
from monitoring.rules.sources.report import Report
from msp.wsgi import is_for_intake
from tenants import context
from tenants.context import Tenant
from tests.monitoring.captured import SENT_AT, captured
from tests.monitoring.estate import Estate, another_key, device, estate
from tests.monitoring.knock import send
from tests.monitoring.test_drain import drained
from tests.monitoring.test_intake import kept

GZIP = {"HTTP_CONTENT_ENCODING": "gzip"}
PROTO = {"CONTENT_TYPE": "application/x-protobuf"}
SNAPPY = PROTO | {"HTTP_CONTENT_ENCODING": "snappy"}


@pytest.fixture(autouse=True)
def then(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hour in which the bodies were sent."""
    monkeypatch.setattr(tools, "_now_ms", lambda: int(SENT_AT.timestamp() * 1000))


def reports() -> list[Report]:
    return [r for e in kept() for r in packet.decode(e.body, e.received_at).reports]


# -- one address, one key -------------------------------------------------------------------------

AT_HB: dict[str, tuple[bytes, dict[str, str], str, int]] = {
    "otlp": (captured("otlp_metrics.pb.gz"), PROTO | GZIP, "otlp", 200),
    "otlp json": (captured("otlp_metrics.json"), {"CONTENT_TYPE": "text/json"}, "otlp", 200),
    "prometheus": (captured("prometheus_remote_write_v1.snappy"), SNAPPY, "prometheus", 204),
    "alertmanager": (captured("alertmanager_webhook_firing.json"), {}, "alertmanager", 200),
    "collectd": (captured("collectd_metrics.json"), {}, "collectd", 200),
    "putval": (captured("collectd_putval.txt"), {}, "collectd", 200),
    "notification": (captured("collectd_notification.json"), {}, "collectd", 200),
    "monit": (captured("monit_collector.xml"), {"CONTENT_TYPE": "text/xml"}, "monit", 200),
    "glances": (captured("glances_restful.json"), {}, "glances", 200),
    "telegraf": (b'{"metrics":[{"name":"m","tags":{"host":"a"},"fields":{"x":1}}]}', {},
                 "telegraf", 200),
    "lines": (b"m,host=a x=1 1795319740000000000\n", {}, "influx", 204),
    "icinga": (b'{"host":"a","exit_status":0,"plugin_output":"ok"}', {}, "icinga", 200),
}  # fmt: skip


@pytest.mark.parametrize(("body", "headers", "tool", "status"), AT_HB.values(), ids=AT_HB.keys())
def test_one_address_takes_every_format(
    harbor: Estate, body: bytes, headers: dict[str, str], tool: str, status: int
) -> None:
    got = send(f"/hb/{harbor.token}", body, HTTP_USER_AGENT="thing/1.0", **headers)
    assert got.status == status, got.body
    (found,) = kept()
    sent = packet.decode(found.body, found.received_at)
    assert (sent.tool, sent.agent) == (tool, "thing/1.0")
    assert all(one.host for one in sent.reports)


ADDRESSES = {
    "/v1/metrics": (captured("otlp_metrics.json"), {"CONTENT_TYPE": "application/json"}),
    "/write": (b"m,host=a x=1 1795319740", {"query": "db=x&precision=s"}),
    "/api/v2/write": (b"m,host=a x=1", {"query": "org=x&bucket=y"}),
    "/collector": (captured("monit_collector.xml"), {}),
    "/v1/actions/process-check-result": (b'{"host":"a","exit_status":0}', {}),
    "/api/1/envelope/": (captured("sentry_cli_checkin_error.envelope"), {}),
}


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("how", ["bearer", "basic", "token", "sentry", "query", "path"])
def test_each_tools_own_address_with_the_key_where_it_can_put_it(
    harbor: Estate, path: str, how: str
) -> None:
    body, more = ADDRESSES[path]
    query = more.get("query", "")
    headers = {name: value for name, value in more.items() if name.isupper()}
    basic = base64.b64encode(f"steward:{harbor.token}".encode()).decode()
    headers |= {
        "bearer": {"HTTP_AUTHORIZATION": f"Bearer {harbor.token}"},
        "basic": {"HTTP_AUTHORIZATION": f"Basic {basic}"},
        "token": {"HTTP_AUTHORIZATION": f"Token {harbor.token}"},
        "sentry": {"HTTP_X_SENTRY_AUTH": f"Sentry sentry_version=7, sentry_key={harbor.token}"},
    }.get(how, {})
    if how == "query":
        query = f"{query}&p={harbor.token}"
    whole = f"/hb/{harbor.token}{path}" if how == "path" else path
    got = send(whole, body, query=query, **headers)
    assert 200 <= got.status < 300, got.body
    assert len(kept()) == 1


@pytest.mark.parametrize("path", [*ADDRESSES, "/hb", "/api/push/KEY/x", "/hb/KEY", "/ping/KEY/x"])
def test_no_format_takes_a_key_of_another_msp(harbor: Estate, beta: Tenant, path: str) -> None:
    body, more = ADDRESSES.get(path, (b'{"host": "a"}', {}))
    headers = {name: value for name, value in more.items() if name.isupper()}
    got = send(
        path.replace("KEY", harbor.token), body, bearer=harbor.token, host="beta.localhost",
        query=more.get("query", ""), **headers,
    )  # fmt: skip
    assert got.status == 401, got.body
    assert kept() == kept("t_beta") == []


def test_the_way_from_a_real_body_to_the_chart(harbor: Estate) -> None:
    gone = captured("otlp_metrics.pb.gz")
    send("/v1/metrics", gone, bearer=harbor.token, **PROTO, HTTP_CONTENT_ENCODING="gzip")
    drained()
    found = Device.objects.get(name="srv01")
    check = Check.objects.get(device=found)
    assert (check.status, check.beats, check.period_seconds) == ("up", 1, 60)
    assert check.facts["service"] == "msp-agent"
    assert Series.objects.get(device=found, name="memory").last_value == 12.86
    assert Reading.objects.count() == Series.objects.count() == 146
    harbor.key.refresh_from_db()
    seen = harbor.key.seen["otlp"]
    assert (seen["hosts"], seen["checks"], seen["period"]) == (["srv01"], ["heartbeat"], 60)
    assert "cpu" in seen["series"]


# -- answers --------------------------------------------------------------------------------------


def test_otlp_is_answered_in_its_own_type(harbor: Estate) -> None:
    took = send("/v1/metrics", b"", bearer=harbor.token, **PROTO)
    assert (took.status, took.headers["Content-Type"], took.body) == (
        200,
        PROTO["CONTENT_TYPE"],
        b"",
    )
    json_type = {"CONTENT_TYPE": "application/json"}
    assert send("/v1/metrics", b"{}", bearer=harbor.token, **json_type).json == {}
    refused = send("/v1/metrics", b"\xff", bearer=harbor.token, **PROTO)
    assert (refused.status, refused.headers["Content-Type"]) == (400, PROTO["CONTENT_TYPE"])
    assert b"ExportMetricsServiceRequest" in refused.body
    refused = send("/v1/metrics", b"[", bearer=harbor.token, **json_type)
    assert (refused.status, "message" in refused.json) == (400, True)
    refused = send("/v1/metrics", b"", bearer="hb_" + "x" * 40, **PROTO)
    assert (refused.status, refused.headers["Content-Type"]) == (401, PROTO["CONTENT_TYPE"])
    assert kept() == []


def test_a_part_that_cannot_be_taken_is_told(harbor: Estate) -> None:
    old = {"asDouble": 1, "timeUnixNano": "1000000000000"}
    resource = {"attributes": [{"key": "host.name", "value": {"stringValue": "a"}}]}
    body = {"resourceMetrics": [{"resource": resource, "scopeMetrics": [
        {"metrics": [{"name": "x", "gauge": {"dataPoints": [old]}}]}]}]}  # fmt: skip
    got = send(f"/hb/{harbor.token}/v1/metrics", json.dumps(body).encode(),
               CONTENT_TYPE="application/json")  # fmt: skip
    assert got.json["partialSuccess"]["rejectedDataPoints"] == "1"
    got = send("/write", b"m,host=a x=1\nnothing\n", bearer=harbor.token)
    assert (got.status, got.json["code"]) == (400, "invalid")
    assert "dropped=1" in got.json["error"]
    assert len(kept()) == 2  # what was good is kept


def test_without_a_host_only_the_key_of_a_device_says_which(harbor: Estate) -> None:
    got = send("/write", b"m x=1", bearer=harbor.token)
    assert (got.status, "host" in got.json["error"]) == (422, True)
    known = device(harbor, "nas-01")
    token = another_key(harbor, known)
    assert send("/write", b"m x=1", bearer=token).status == 204
    assert send("/hb", b"", bearer=token).status == 202
    assert send("/hb", b'{"host": "another"}', bearer=token).status == 202
    drained()
    assert Check.objects.get(device=known).beats == 3
    assert Device.objects.count() == 1


def test_who_is_not_asked_first_is_told_how(harbor: Estate) -> None:
    """libcurl with CURLAUTH_ANY comes without a key and waits for the challenge."""
    got = send("/hb", captured("collectd_metrics.json"))
    assert got.status == 401
    assert got.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_influx_clients_may_ask_for_their_database(harbor: Estate) -> None:
    got = send("/query", query="q=CREATE+DATABASE+x")
    assert (got.status, got.json) == (200, {"results": [{"statement_id": 0}]})


def test_addresses_beside_them_are_the_pages() -> None:
    for path in ("/v1/metricsx", "/writes", "/collector-list", "/api/v1/incidents", "/query/x"):
        assert not is_for_intake(path)
    for path in [*ADDRESSES, "/hb", "/ping/x", "/api/push/x"]:
        assert is_for_intake(path)


# -- what is too large, too much, or broken -------------------------------------------------------


def test_every_packing_is_unpacked(harbor: Estate) -> None:
    body = b"m,host=a x=1"
    bare = zlib.compressobj(wbits=-15)
    for packed, encoding in (
        (gzip.compress(body), "gzip"),
        (zlib.compress(body), "deflate"),
        (bare.compress(body) + bare.flush(), "deflate"),
        (bytes(cramjam.snappy.compress_raw(body)), "snappy"),
    ):
        got = send("/write", packed, bearer=harbor.token, HTTP_CONTENT_ENCODING=encoding)
        assert got.status == 204, encoding
    assert len(kept()) == 4


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "snappy"])
def test_bombs_stop_at_the_limit(harbor: Estate, encoding: str) -> None:
    much = b"0" * (32 * 1024 * 1024)
    bomb = {
        "gzip": lambda: gzip.compress(much),
        "deflate": lambda: zlib.compress(much),
        "snappy": lambda: bytes(cramjam.snappy.compress_raw(much)),
    }[encoding]()
    assert len(bomb) < bodies.MOST_BULK
    headers = {"bearer": harbor.token, "HTTP_CONTENT_ENCODING": encoding}
    assert send("/v1/metrics", bomb, **PROTO, **headers).status == 413
    assert send("/v1/metrics", bomb[: len(bomb) // 2], **PROTO, **headers).status in (400, 413)
    assert send("/v1/metrics", b"\xff" * 20, **PROTO, **headers).status == 400
    lied = b"\x05" + bytes(cramjam.snappy.compress_raw(b"0" * 1000))[2:]
    assert send("/write", lied, **headers).status == 400
    assert kept() == []


def test_a_key_that_sends_too_much_is_asked_to_wait(
    harbor: Estate, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INTAKE_KEY_RATE, settings.INTAKE_MSP_RATE = 0.2, 1000
    body = b'{"host": "a"}'
    assert [send("/hb", body, bearer=harbor.token).status for _ in range(4)] == [202, 202, 503, 503]
    got = send("/v1/metrics", b"", bearer=harbor.token, **PROTO)
    assert (got.status, int(got.headers["Retry-After"]) >= 1) == (503, True)
    other = another_key(harbor)
    assert send("/hb", body, bearer=other).status == 202
    now = limits.time.monotonic()
    monkeypatch.setattr(limits.time, "monotonic", lambda: now + 6)
    assert send("/hb", body, bearer=harbor.token).status == 202


def test_one_msp_that_floods_is_no_other_ones_delay(
    harbor: Estate, settings: Any, beta: Any
) -> None:

    settings.INTAKE_MSP_RATE = 0.2
    with context.inside(beta):
        theirs = estate()
    body = b'{"host": "a"}'
    assert [send("/hb", body, bearer=harbor.token).status for _ in range(3)] == [202, 202, 503]
    assert send("/hb", body, bearer=theirs.token, host="beta.localhost").status == 202
