"""The Healthchecks ping API, as its clients speak it: curl lines in crontabs, runitor and others.

    /ping/KEY/<slug>            it worked          /ping/KEY/<slug>/start    it began
    /ping/KEY/<slug>/fail       it failed          /ping/KEY/<slug>/log      words only
    /ping/KEY/<slug>/<0..255>   its exit status

`?rid=<uuid>` ties an end to its start, `?create=1` makes what is not known yet.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from monitoring.rules.sources.report import Invalid, Report

BODY_LIMIT = 10_000
_SLUG = re.compile(r"[a-z0-9_-]{1,80}\Z")
_SIGNALS = {"": "ok", "start": "start", "fail": "fail", "log": "log"}


@dataclass(frozen=True, slots=True)
class Call:
    """What an address says."""

    token: str
    slug: str
    signal: str
    exit_status: int | None


class Ping(msgspec.Struct, gc=False, array_like=True):
    """An accepted ping on its way to the drain; the slug is resolved already."""

    check_id: int
    signal: str
    run_id: str
    exit_status: int | None
    text: str


_decoder = msgspec.msgpack.Decoder(Ping)
_encoder = msgspec.msgpack.Encoder()


def call_of(path: str) -> Call:
    """What `KEY/<slug>[/action]` asks for; raises Invalid where it is not that."""
    parts = path.strip("/").split("/")
    if len(parts) not in (2, 3):
        raise Invalid(
            "The address is /ping/KEY/<slug>, with an action behind it or not.", status=404
        )
    token, slug = parts[0], parts[1]
    if not _SLUG.match(slug):
        raise Invalid(
            "A slug has lower case letters, digits, - and _ only.", field="slug", status=400
        )
    action = parts[2] if len(parts) == 3 else ""
    if action in _SIGNALS:
        return Call(token, slug, _SIGNALS[action], None)
    if not re.fullmatch(r"[0-9]{1,9}", action):
        raise Invalid(f"There is no action {action[:40]!r}.", field="action", status=404)
    if int(action) > 255:
        raise Invalid("An exit status is at most 255.", field="action", status=400)
    return Call(token, slug, "ok" if int(action) == 0 else "fail", int(action))


def run_id_of(rid: str) -> str:
    """The run's id in one spelling, or Invalid: clients count on being told."""
    if not rid:
        return ""
    if not re.fullmatch(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}", rid):
        raise Invalid("rid is not a UUID.", field="rid", status=400)
    return str(UUID(rid))


def text_of(body: bytes) -> str:
    """The first of what a job printed. Output may be anything, so nothing in it is an error."""
    return body[:BODY_LIMIT].decode("utf-8", "replace").replace("\x00", "\ufffd")


def encode(ping: Ping) -> bytes:
    """The ping as the stream and the spool keep it; `reports` reads it back."""
    return _encoder.encode(ping)


def reports(body: bytes, received_at: datetime) -> list[Report]:
    """What an accepted ping says."""
    ping = _decoder.decode(body)
    return [
        Report(
            received_at,
            check_id=ping.check_id,
            signal=ping.signal,
            run_id=ping.run_id,
            text=_headed(ping),
        )
    ]


def _headed(ping: Ping) -> str:
    """What is kept to read: an exit status that says something, then what was printed."""
    if ping.exit_status:
        return f"Exit status {ping.exit_status}\n{ping.text}".rstrip()
    return ping.text
