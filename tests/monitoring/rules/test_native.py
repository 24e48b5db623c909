"""What the native format takes and how it refuses."""

import json
from datetime import UTC, datetime

import pytest

from contracts.clients.models import Device
from monitoring.rules.sources import native
from monitoring.rules.sources.report import Invalid

AT = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)


def body(**fields: object) -> bytes:
    return json.dumps({"host": "hdg-srv-01", **fields}).encode()


def test_a_whole_beat_becomes_one_report() -> None:
    sent = body(
        sent_at="2026-06-01T13:59:59.5Z", seq=7, boot_id="5f3c", metrics={"cpu": 12.5, "disk": 40},
        facts={"os": "Debian 12", "cores": 8, "battery": None}, kind="server",
    )  # fmt: skip
    (report,) = native.reports(sent, AT)
    assert report.host == "hdg-srv-01"
    assert report.signal == "ok"
    assert report.check == "heartbeat"
    assert report.sequence == 7
    assert report.boot_id == "5f3c"
    assert report.metrics == {"cpu": 12.5, "disk": 40.0}
    assert report.facts == {"os": "Debian 12", "cores": 8, "battery": None}
    assert report.at == AT
    assert report.sent_at == datetime(2026, 6, 1, 13, 59, 59, 500_000, tzinfo=UTC)


def test_many_beats_become_many_reports() -> None:
    sent = b' {\n "beats" : [{"host":"a"},{"host":"b"}]}'
    assert [report.host for report in native.reports(sent, AT)] == ["a", "b"]


def test_the_kinds_are_the_registers() -> None:
    assert native.Kind.__args__ == tuple(Device.Kind.values)


REFUSED = {
    "empty": (b"", 400, ""),
    "no JSON": (b"hello", 400, ""),
    "cut off": (b'{"host": "a"', 400, ""),
    "more behind it": (b'{"host": "a"} x', 400, ""),
    "bad UTF-8": (b'{"host": "\xff\xfe"}', 400, ""),
    "a raw NUL": (b'{"host": "a\x00b"}', 400, ""),
    "an escaped NUL": (b'{"host": "a\\u0000b"}', 400, ""),
    "an escaped NUL in a key": (b'{"host": "a", "facts": {"\\u0000": 1}}', 400, ""),
    "half a surrogate": (b'{"host": "\\ud800"}', 400, ""),
    "100,000 brackets": (b"[" * 100_000, 422, ""),
    "100,000 brackets in a field": (b'{"facts": {"a": ' + b"[" * 100_000, 422, "facts[...]"),
    "100,000 braces": (b'{"a":' * 100_000, 422, ""),
    "not an object": (b"[1]", 422, ""),
    "no host": (b"{}", 422, ""),
    "a host of the wrong type": (b'{"host": 3}', 422, "host"),
    "an empty host": (b'{"host": ""}', 422, "host"),
    "a host with a line break": (b'{"host": "a\\nb"}', 422, "host"),
    "a host with a break at its end": (b'{"host": "a\\n"}', 422, "host"),
    "a host too long": (json.dumps({"host": "a" * 81}).encode(), 422, "host"),
    "an unknown field": (b'{"host": "a", "colour": 1}', 422, ""),
    "a metric as text": (b'{"host": "a", "metrics": {"cpu": "12"}}', 422, "metrics[...]"),
    "a metric beyond numbers": (b'{"host": "a", "metrics": {"cpu": 1e999}}', 422, "metrics[...]"),
    "a metric of 500 digits": (
        b'{"host": "a", "metrics": {"cpu": ' + b"9" * 500 + b"}}", 422, "metrics[...]",
    ),
    "a metric that is no number": (b'{"host": "a", "metrics": {"cpu": NaN}}', 400, ""),
    "a sequence below zero": (b'{"host": "a", "seq": -1}', 422, "seq"),
    "a sequence too large": (b'{"host": "a", "seq": 9223372036854775808}', 422, "seq"),
    "a fact that is too large": (b'{"host": "a", "facts": {"x": 1' + b"0" * 30 + b"}}", 422,
                                 "facts[...]"),
    "a fact that is a list": (b'{"host": "a", "facts": {"x": []}}', 422, "facts[...]"),
    "a time without a zone": (b'{"host": "a", "sent_at": "2026-06-01T14:00:00"}', 422, "sent_at"),
    "an unknown signal": (b'{"host": "a", "signal": "maybe"}', 422, "signal"),
    "no beats": (b'{"beats": []}', 422, "beats"),
    "beats and more": (b'{"beats": [{"host": "a"}], "host": "b"}', 422, ""),
    "too many beats": (json.dumps({"beats": [{"host": "a"}] * 1001}).encode(), 422, "beats"),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "status", "field"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_taken_is_refused_by_name(sent: bytes, status: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        native.decode(sent)
    assert (refused.value.status, refused.value.field) == (status, field)
    assert refused.value.reason


def test_a_backslash_before_u0000_is_no_nul() -> None:
    (beat,) = native.decode(b'{"host": "a", "text": "\\\\u0000"}')
    assert beat.text == "\\u0000"


@pytest.mark.parametrize("sent_at", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00"])
def test_the_ends_of_time_are_only_strange(sent_at: str) -> None:
    (report,) = native.reports(body(sent_at=sent_at), AT)
    assert report.sent_at is not None
    assert (report.sent_at < AT) == sent_at.startswith("0001")
