"""Our own heartbeat: one JSON object, or many under `beats`.

    {"host": "hdg-srv-01", "sent_at": "2026-06-01T14:00:00Z", "seq": 7, "boot_id": "5f3c",
     "metrics": {"cpu": 12.5}, "facts": {"os": "Debian 12"}}

msgspec checks types and bounds while it parses, a hundred times faster than a serializer; the
intake refuses with its words, and the drain reads the same bytes again with the same decoder.
"""

import re
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from monitoring.rules.sources.report import Invalid, Report

MOST_BEATS = 1000
_STARTS_MANY = re.compile(rb'\s*\{\s*"beats"\s*:')

Name = Annotated[
    str, Meta(min_length=1, max_length=80, pattern=r"\A\w[\w .:@()+#/-]*\Z", description="a name")
]
Slug = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\A[a-z0-9][a-z0-9_-]*\Z")]
Label = Annotated[str, Meta(min_length=1, max_length=80)]
Short = Annotated[str, Meta(max_length=64)]
Whole = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Seconds = Annotated[int, Meta(ge=5, le=366 * 86400)]
Fact = Annotated[str, Meta(max_length=2000)] | Whole | float | bool | None
Instant = Annotated[datetime, Meta(tz=True)]
Kind = Literal[
    "server", "workstation", "laptop", "firewall", "switch", "access_point", "storage",
    "printer", "phone", "sensor", "other",
]  # fmt: skip


class Beat(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One beat as it is sent."""

    host: Name
    check: Slug = "heartbeat"
    signal: Literal["ok", "start", "fail", "log"] = "ok"
    sent_at: Instant | None = None
    seq: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    boot_id: Short = ""
    run_id: Short = ""
    period: Seconds | None = None
    grace: Seconds | None = None
    kind: Kind | None = None
    metrics: Annotated[dict[Label, float], Meta(max_length=100)] = {}
    facts: Annotated[dict[Label, Fact], Meta(max_length=100)] = {}
    text: Annotated[str, Meta(max_length=10_000)] = ""


class Many(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Several beats in one request."""

    beats: Annotated[list[Beat], Meta(max_length=MOST_BEATS)] | UnsetType = UNSET


_one = msgspec.json.Decoder(Beat)
_many = msgspec.json.Decoder(Many)


def decode(body: bytes) -> list[Beat]:
    """The beats of a body; raises Invalid with the field and the reason."""
    if b"\\u0000" in body and _holds_nul(body):
        raise Invalid("The body holds a NUL character.", status=400)
    try:
        if _STARTS_MANY.match(body):
            return _several(_many.decode(body))
        return [_one.decode(body)]
    except msgspec.ValidationError as error:
        raise Invalid.of(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"The body is not JSON that can be read: {error}", status=400) from None


def reports(body: bytes, received_at: datetime) -> list[Report]:
    """What the beats of an accepted body say."""
    return [
        Report(
            received_at, beat.host, 0, beat.check, beat.signal, beat.sent_at, beat.boot_id,
            beat.seq, beat.run_id, beat.period, beat.grace, beat.kind or "", beat.metrics,
            beat.facts, beat.text,
        )
        for beat in decode(body)
    ]  # fmt: skip


def _several(many: Many) -> list[Beat]:
    if not many.beats:
        raise Invalid("There is no beat in the list.", field="beats")
    return many.beats


def _holds_nul(body: bytes) -> bool:
    """Whether a text of the body has a NUL in it, and not just a backslash before `u0000`."""
    try:
        left = [msgspec.json.decode(body)]
    except (ValueError, RecursionError):
        return False
    while left:
        value = left.pop()
        if isinstance(value, str) and "\x00" in value:
            return True
        if isinstance(value, dict):
            left += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            left += value
    return False
