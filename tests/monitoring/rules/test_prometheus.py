"""Remote-write: what a real Prometheus sends, staleness, shares, and broken bytes."""

import struct

import cramjam
import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitoring.rules.envelope import milliseconds
from monitoring.rules.sources import prometheus
from monitoring.rules.sources.prometheus import WriteRequest
from monitoring.rules.sources.report import Decoded, Invalid
from tests.monitoring.captured import SENT_AT, captured, read_or_refused

NOW = milliseconds(SENT_AT)
STALE = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]


def sent(*series: tuple[dict[str, str], float], ago: float = 1) -> bytes:
    request = WriteRequest()
    for labels, value in series:
        made = request.series.add()
        for name, text in {"instance": "nas01:9100", "job": "node", **labels}.items():
            made.labels.add(name=name.encode(), value=text.encode())
        made.samples.add(value=value, at=int(NOW - ago * 1000))
    return request.SerializeToString()


def named(name: str, **labels: str) -> dict[str, str]:
    return {"__name__": name, **labels}


def read(body: bytes) -> Decoded:
    return prometheus.decode(body, SENT_AT)


def test_the_last_batch_of_a_real_prometheus_says_its_target_is_down() -> None:
    body = bytes(cramjam.snappy.decompress_raw(captured("prometheus_remote_write_v1.snappy")))
    said_at = SENT_AT.replace(hour=3, minute=55)
    (report,) = prometheus.decode(body, said_at).reports
    assert (report.host, report.check, report.signal) == ("127.0.0.1", "up-node", "fail")
    assert report.samples == []  # it holds but `up` and the scrape's own figures
    late = prometheus.decode(body, said_at.replace(hour=5)).reports[0]
    assert late.signal == "log"


def test_up_is_a_check_of_its_own_for_each_job() -> None:
    decoded = read(sent((named("up"), 1.0), (named("up", job="mysqld"), 0.0)))
    assert [(one.check, one.signal) for one in decoded.reports] == [
        ("up-node", "ok"), ("up-mysqld", "fail"),
    ]  # fmt: skip
    assert decoded.reports[1].text == "Prometheus could not scrape mysqld."


def test_figures_alone_are_no_sign_of_life() -> None:
    (report,) = read(sent((named("node_load1"), 1.5))).reports
    assert (report.signal, report.samples) == ("log", [("load", NOW - 1000, 1.5)])


def test_memory_and_disks_are_told_in_per_cent() -> None:
    (report,) = read(sent(
        (named("node_memory_MemTotal_bytes"), 100.0),
        (named("node_memory_MemAvailable_bytes"), 25.0),
        (named("node_filesystem_size_bytes", mountpoint="/var", device="sda"), 10.0),
        (named("node_filesystem_avail_bytes", mountpoint="/var", device="sda"), 4.0),
    )).reports  # fmt: skip
    found = {name: value for name, _at, value in report.samples}
    assert (found["memory"], found["disk:/var"]) == (75.0, 60.0)
    assert found["node_filesystem_size_bytes:sda,/var"] == 10.0


def test_labels_tell_series_apart() -> None:
    (report,) = read(sent(
        (named("net", dev="eth0", dir="in"), 1.0), (named("net", dev="eth1", dir="in"), 2.0),
    )).reports  # fmt: skip
    assert [name for name, _at, _value in report.samples] == ["net:eth0,in", "net:eth1,in"]


def test_what_ends_a_series_is_no_value() -> None:
    decoded = read(sent((named("load5"), STALE), (named("up"), STALE)))
    assert (decoded.reports, decoded.rejected) == ([], 0)


def test_what_prometheus_says_of_itself_is_left_out() -> None:
    (report,) = read(sent(
        (named("go_gc"), 1.0), (named("ALERTS", alertname="x"), 1.0),
        (named("wait_bucket", le="1"), 1.0), (named("ups_load"), 1.0),
    )).reports  # fmt: skip
    assert [name for name, _at, _value in report.samples] == ["ups_load"]


def test_old_samples_are_counted() -> None:
    decoded = read(sent((named("x"), 1.0), ago=8 * 86_400))
    assert (decoded.reports, decoded.rejected) == ([], 1)


def test_refusals_name_the_field() -> None:
    with pytest.raises(Invalid) as refused:
        read(sent(({"a": "b"}, 1.0)))
    assert (refused.value.field, refused.value.status) == ("__name__", 400)


@given(some.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    read_or_refused(prometheus.decode, body)


@given(some.lists(some.tuples(some.integers(0, 400), some.integers(0, 255)), max_size=5))
def test_a_captured_body_with_broken_bytes_is_read_or_refused(broken: list) -> None:
    body = bytearray(cramjam.snappy.decompress_raw(captured("prometheus_remote_write_v1.snappy")))
    for place, byte in broken:
        body[place] = byte
    read_or_refused(prometheus.decode, bytes(body))
