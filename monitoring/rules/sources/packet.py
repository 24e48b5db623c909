"""What tools of others reported, as the stream and the spool keep it.

Their formats are read once, at the door, where the sender can still be told what is wrong. What
travels on is JSON, so that a dead letter can be read by whoever finds it.
"""

from datetime import datetime

import msgspec

from monitoring.rules.sources.report import Report


class Packet(msgspec.Struct, gc=False):
    """The reports of one request, the format they came in, and what the client calls itself."""

    tool: str
    agent: str
    reports: list[Report]


_decoder = msgspec.json.Decoder(Packet)
_encoder = msgspec.json.Encoder()


def encode(tool: str, agent: str, reports: list[Report]) -> bytes:
    """The bytes to keep."""
    return _encoder.encode(Packet(tool, agent, reports))


def decode(body: bytes, received_at: datetime) -> Packet:
    """The packet again. The envelope says when it was received, whatever is written inside."""
    packet = _decoder.decode(body)
    for report in packet.reports:
        report.at = received_at
    return packet
