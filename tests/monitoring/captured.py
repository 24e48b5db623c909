"""The captured bodies of real clients, when they were sent, and what holds for any bytes at all."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from monitoring.rules.sources import packet
from monitoring.rules.sources.report import Decoded, Invalid, Report

FOLDER = Path(__file__).parent / "payloads"
SENT_AT = datetime(2026, 11, 22, 4, 20, tzinfo=UTC)  # a little after the last of them


def captured(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def read_or_refused(decode: Callable[[bytes, datetime], Decoded], body: bytes) -> list[Report]:
    """Bytes are read into what can be kept, or refused with a reason and never otherwise."""
    refused = None
    try:
        reports = decode(body, SENT_AT).reports
    except Invalid as invalid:
        refused, reports = invalid, []
    assert refused is None or (400 <= refused.status < 500 and refused.reason)
    for report in reports:
        names = [name for name, _at, _value in report.samples] + list(report.metrics)
        assert all(0 < len(name) <= 80 and "\x00" not in name for name in names)
        assert len(report.host) <= 80
        assert len(report.check) <= 60
        assert len(report.name) <= 80
        assert "\x00" not in report.host + report.text + report.name + report.boot_id
        assert "\\x00" not in repr(report.facts)
        assert report.signal in ("ok", "start", "fail", "log")
    assert packet.decode(packet.encode("tool", "", reports), SENT_AT).reports == reports
    return reports
