"""What travels on the stream: one accepted request, as small as it can be and readable by hand.

    1 42 1780322400123 json\n{"host": "hdg-srv-01"}

A version, the key that reported, when we received it (epoch milliseconds by the server's clock),
how the body is to be read, and the body as it came. The same bytes lie in the spool and among the
dead letters, so that each can take the others' place.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

JSON = "json"  # rules/sources/native
PING = "ping"  # rules/sources/healthchecks
PACKET = "packet"  # rules/sources/packet: every other format, read at the door
KINDS = (JSON, PING, PACKET)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unreadable(ValueError):
    """An envelope that is not ours, or of a version that is gone."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One accepted request."""

    key_id: int
    received_at: datetime
    kind: str
    body: bytes


def pack(key_id: int, received_ms: int, kind: str, body: bytes) -> bytes:
    """The bytes that travel; milliseconds, because this runs once for each request."""
    return b"1 %d %d %b\n%b" % (key_id, received_ms, kind.encode(), body)


def unpack(raw: bytes) -> Envelope:
    """The envelope of its bytes; what cannot be one is refused with the reason."""
    head, newline, body = raw.partition(b"\n")
    parts = head.split(b" ")
    if not newline or len(parts) != 4 or parts[0] != b"1":
        raise Unreadable(f"the head {head[:60]!r} is none of ours")
    kind = parts[3].decode("ascii", "replace")
    if kind not in KINDS:
        raise Unreadable(f"nothing here reads the kind {kind!r}")
    try:
        return Envelope(int(parts[1]), instant(int(parts[2])), kind, body)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"the head {head[:60]!r} holds no numbers") from error


def instant(milliseconds: int) -> datetime:
    """The instant of epoch milliseconds, exact."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def milliseconds(at: datetime) -> int:
    """Epoch milliseconds of an instant."""
    return (at - _EPOCH) // timedelta(milliseconds=1)
