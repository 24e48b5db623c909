"""OTLP metrics: what the real SDK sends, and what may stand in them besides."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from monitoring.rules.envelope import milliseconds
from monitoring.rules.sources import otlp
from monitoring.rules.sources.report import Decoded, Invalid
from tests.monitoring.captured import SENT_AT, captured, read_or_refused

NOW = milliseconds(SENT_AT)


def sent(*metrics: dict[str, Any], **resource: str) -> bytes:
    """One resource with these metrics, as JSON."""
    marks = [{"key": key.replace("_", "."), "value": {"stringValue": value}}
             for key, value in resource.items()]  # fmt: skip
    scope = {"scopeMetrics": [{"metrics": list(metrics)}], "resource": {"attributes": marks}}
    return json.dumps({"resourceMetrics": [scope]}).encode()


def gauge(name: str, value: Any, seconds_ago: float = 0, **marks: str) -> dict[str, Any]:
    at = str(int((NOW - seconds_ago * 1000) * 1_000_000))
    said = [{"key": key, "value": {"stringValue": text}} for key, text in marks.items()]
    return {"name": name, "gauge": {"dataPoints": [
        {"asDouble": value, "timeUnixNano": at, "attributes": said}]}}  # fmt: skip


def read(body: bytes) -> Decoded:
    return otlp.decode_json(body, SENT_AT)


def values(decoded: Decoded) -> dict[str, float]:
    return {name: value for report in decoded.reports for name, _at, value in report.samples}


def test_what_the_sdk_sends_is_a_host_that_is_alive() -> None:
    decoded = otlp.decode_protobuf(gzip.decompress(captured("otlp_metrics.pb.gz")), SENT_AT)
    (report,) = decoded.reports
    assert (report.host, report.check, report.signal, report.at) == (
        "srv01", "heartbeat", "ok", SENT_AT,
    )  # fmt: skip
    assert report.facts["service"] == "msp-agent"
    assert decoded.rejected == 0
    found = values(decoded)
    assert found["memory"] == 12.86
    assert found["swap"] == 0.0
    assert 0 <= found["cpu"] <= 100
    assert "system.network.io:eth0,receive" in found
    assert not any(name.startswith("system.cpu.utilization") for name in found)


def test_whole_numbers_are_text_in_the_json_form() -> None:
    (report,) = read(captured("otlp_metrics.json")).reports
    assert report.host == "srv01"
    assert report.samples == [("jobs:a", 1795320291044, 3.0)]


def test_what_collectors_measure_has_our_names() -> None:
    body = sent(
        gauge("system.filesystem.utilization", 0.4, mountpoint="/var", device="sda"),
        gauge("system.cpu.load_average.1m", 1.5),
        gauge("system.cpu.utilization", 0.9, state="idle", cpu="0"),
        gauge("system.cpu.utilization", 0.5, state="idle", cpu="1"),
        gauge("system.cpu.utilization", 0.1, state="user", cpu="0"),
        host_name="srv01",
    )
    assert values(read(body)) == {"disk:/var": 40.0, "load": 1.5, "cpu": 30.0}


def test_a_histogram_leaves_its_count_and_its_sum() -> None:
    point = {"count": "3", "sum": 4.5, "bucketCounts": ["1", "2"], "explicitBounds": [1]}
    body = sent({"name": "waits", "histogram": {"dataPoints": [point]}}, host_name="a")
    assert values(read(body)) == {"waits.count": 3.0, "waits.sum": 4.5}


def test_one_request_may_carry_many_hosts() -> None:
    two = json.loads(sent(gauge("x", 1), host_name="a"))
    two["resourceMetrics"] += json.loads(sent(gauge("x", 2), host_name="b"))["resourceMetrics"]
    decoded = read(json.dumps(two).encode())
    assert [(one.host, one.samples[0][2]) for one in decoded.reports] == [("a", 1.0), ("b", 2.0)]


def test_what_cannot_be_kept_is_counted_and_the_rest_is_kept() -> None:
    body = sent(
        gauge("old", 1, seconds_ago=8 * 86_400), gauge("nothing", "NaN"), gauge("good", 1),
        host_name="a",
    )  # fmt: skip
    decoded = read(body)
    assert (decoded.rejected, decoded.reason) == (2, "A point is older than seven days.")
    assert values(decoded) == {"good": 1.0}
    assert b"rejected" not in otlp.response().SerializeToString()
    assert otlp.response(2, "old").partial_success.rejected_data_points == 2


def test_a_point_that_says_there_is_none_is_none() -> None:
    body = json.loads(sent(gauge("x", 1), host_name="a"))
    body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["gauge"]["dataPoints"][0][
        "flags"
    ] = 1
    decoded = read(json.dumps(body).encode())
    assert (values(decoded), decoded.rejected) == ({}, 0)


def test_nothing_is_a_success_and_what_is_unknown_is_let_pass() -> None:
    assert otlp.decode_protobuf(b"", SENT_AT).reports == []
    assert read(b'{"resourceMetrics": [], "later": {"x": 1}}').reports == []


def test_there_is_a_most() -> None:
    request = ExportMetricsServiceRequest()
    points = request.resource_metrics.add().scope_metrics.add().metrics.add(name="x").gauge
    for _ in range(otlp.MOST_POINTS + 1):
        points.data_points.add(as_double=1)
    with pytest.raises(Invalid) as refused:
        otlp.decode_protobuf(request.SerializeToString(), SENT_AT)
    assert refused.value.status == 413


@given(some.text(max_size=100), some.text(max_size=100), some.floats())
def test_any_words_and_numbers_can_be_kept(name: str, said: str, value: float) -> None:
    body = sent(gauge(name, value, x=said), host_name=said, service_name=said)
    read_or_refused(otlp.decode_json, body)


@pytest.mark.parametrize("decode", [otlp.decode_protobuf, otlp.decode_json])
@given(some.binary(max_size=300))
def test_any_bytes_are_read_or_refused(decode: Callable[..., Decoded], body: bytes) -> None:
    read_or_refused(decode, body)


@given(some.lists(some.tuples(some.integers(0, 12_000), some.integers(0, 255)), max_size=5))
def test_a_captured_body_with_broken_bytes_is_read_or_refused(broken: list) -> None:
    body = bytearray(gzip.decompress(captured("otlp_metrics.pb.gz")))
    for place, byte in broken:
        body[place] = byte
    read_or_refused(otlp.decode_protobuf, bytes(body))
