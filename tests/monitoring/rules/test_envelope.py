"""What travels on the stream arrives as it left."""

from datetime import UTC, datetime, timedelta

import pytest

from monitoring.rules import envelope

AT = datetime(2026, 6, 1, 14, 0, tzinfo=UTC) + timedelta(milliseconds=123)


@pytest.mark.parametrize("body", [b"{}", b"", b"two\nlines", bytes(range(256))])
def test_it_comes_back_whole(body: bytes) -> None:
    raw = envelope.pack(42, envelope.milliseconds(AT), envelope.PING, body)
    assert envelope.unpack(raw) == envelope.Envelope(42, AT, "ping", body)


@pytest.mark.parametrize(
    "raw",
    [b"", b"x", b"1 42 0 json", b"2 42 0 json\n", b"1 a 0 json\n", b"1 1 99999999999999999 json\n",
     b"1 42 0 xml\n", b"1 42 0 json more\n"],
)  # fmt: skip
def test_what_is_not_one_is_refused(raw: bytes) -> None:
    with pytest.raises(envelope.Unreadable):
        envelope.unpack(raw)
