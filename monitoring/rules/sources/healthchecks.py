"""The Healthchecks ping API, as its clients speak it: curl lines in crontabs, runitor and others.

    /ping/KEY/<slug>            it worked          /ping/KEY/<slug>/start    it began
    /ping/KEY/<slug>/fail       it failed          /ping/KEY/<slug>/log      words only
    /ping/KEY/<slug>/<0..255>   its exit status

Behind the key of one device the slug may be left out: /ping/KEY, /ping/KEY/start and so on.
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
    """What an address says. Without a slug it is the heartbeat of the key's own device."""

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


def call_of(path: str, *, of_device: bool = False) -> Call:
    """What `<slug>[/action]` asks for; raises Invalid where it is not that.

    Behind the key of a device the slug may be left out, as it is behind a Healthchecks UUID.
    """
    parts = path.strip("/").split("/")
    if of_device and len(parts) == 1 and _is_action(parts[0]):
        return Call("", *_action(parts[0]))
    if len(parts) > 2 or not parts[0]:
        raise Invalid(
            "The address is /ping/KEY/<slug>, with an action behind it or not.", status=404
        )
    if not _SLUG.match(parts[0]):
        raise Invalid(
            "A slug has lower case letters, digits, - and _ only.", field="slug", status=400
        )
    return Call(parts[0], *_action(parts[1] if len(parts) == 2 else ""))


def _is_action(word: str) -> bool:
    return word in _SIGNALS or word.isdecimal()


def _action(word: str) -> tuple[str, int | None]:
    """The signal a word is, and the exit status where it is one."""
    if word in _SIGNALS:
        return _SIGNALS[word], None
    if not re.fullmatch(r"[0-9]{1,9}", word):
        raise Invalid(f"There is no action {word[:40]!r}.", field="action", status=404)
    if int(word) > 255:
        raise Invalid("An exit status is at most 255.", field="action", status=400)
    return "ok" if int(word) == 0 else "fail", int(word)


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
