"""Taking what other people's tools send: read at the door, kept as reports."""

import logging
import time
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from monitoring import queries
from monitoring.ingest import (
    bodies,
    credentials,
    directory,
    discards,
    formats,
    keep,
    limits,
    pings,
    replies,
)
from monitoring.ingest.answers import Answer, Problem, later
from monitoring.ingest.directory import Key, Known
from monitoring.ingest.formats import Format
from monitoring.rules import envelope
from monitoring.rules.sources import kuma, packet
from monitoring.rules.sources.naming import slug_of, words_of
from monitoring.rules.sources.report import Decoded, Invalid

log = logging.getLogger(__name__)
MOST_AGENT = 60
PUSH = "/api/push/"
# InfluxDB 1's clients ask for their database first; there is none to make.
NO_DATABASES = replies.said_json({"results": [{"statement_id": 0}]})


def answer(environ: dict[str, Any], path: str) -> Answer:
    """A request to an address that only one tool uses."""
    if path.startswith(PUSH):
        return _pushed(environ, path.removeprefix(PUSH))
    if path == "/query":
        return NO_DATABASES
    found = formats.at(path, environ)
    if found is None:
        raise Problem(404, "No tool has this address.")
    try:
        if environ.get("REQUEST_METHOD") != "POST":
            raise Problem(405, "This is sent with POST.", extra=(("Allow", "POST"),))
        known, key = _who(environ, "")
    except Problem as problem:
        discards.of_problem(environ, problem)
        return found.problem(problem)
    return take(environ, known, key, found)


def _who(environ: dict[str, Any], in_path: str) -> tuple[Known, Key]:
    known = directory.msp_of(environ.get("HTTP_HOST", ""))
    key = directory.key_of(known, credentials.token_of(environ, in_path))
    discards.speaks(environ, known.tenant.schema_name, key.id)
    limits.admit(known.spent, key.id)
    return known, key


def _pushed(environ: dict[str, Any], path: str) -> Answer:
    """Uptime Kuma's push: everything stands in the address, and any method will do."""
    token, _, slug = path.strip("/").partition("/")
    asked = parse_qs(environ.get("QUERY_STRING", ""), max_num_fields=20)

    def decode(_body: bytes, received_at: datetime) -> Decoded:
        said = kuma.report(asked, received_at)
        said.check = slug_of(slug) if slug else queries.HEARTBEAT
        return Decoded([said])

    found = Format("kuma", decode, replies.kuma, replies.kuma_problem, jobs=True)
    try:
        known, key = _who(environ, token)
    except Problem as problem:
        discards.of_problem(environ, problem)
        return found.problem(problem)
    return take(environ, known, key, found, b"")


def take(
    environ: dict[str, Any], known: Known, key: Key, found: Format, body: bytes | None = None
) -> Answer:
    """Read the body, keep what it says, and answer as its client expects."""
    try:
        return _taken(environ, known, key, found, body)
    except Invalid as invalid:
        problem = Problem(invalid.status, invalid.reason, code="invalid", field=invalid.field)
    except Problem as raised:
        problem = raised
    except Exception:
        log.exception("Reading what %s sent failed", found.name)
        problem = later("The intake failed on this request. Nothing was taken.", 30)
    discards.of_problem(environ, problem)
    return found.problem(problem)


def _taken(
    environ: dict[str, Any], known: Known, key: Key, found: Format, body: bytes | None
) -> Answer:
    if body is None:
        body = bodies.read(environ, found.most)
    agent = words_of(environ.get("HTTP_USER_AGENT", ""), MOST_AGENT)
    return found.answer(store(known, key, found, body, agent))


def store(known: Known, key: Key, found: Format, body: bytes, agent: str) -> Decoded:
    """Keep what a body says, as far as it can be; raises Problem or Invalid where nothing can."""
    received_ms = _now_ms()
    decoded = found.decode(body, envelope.instant(received_ms))
    if found.jobs:
        _find_jobs(decoded, known, key)
    _drop_nameless(decoded, key)
    if decoded.rejected:
        discards.count(known.tenant.schema_name, key.id, discards.PART, decoded.rejected)
    if decoded.reports:
        kept = packet.encode(found.name, agent, decoded.reports)
        packed = envelope.pack(key.id, received_ms, envelope.PACKET, kept)
        sure = found.once or decoded.once or any(one.signal == "fail" for one in decoded.reports)
        keep.keep(known.tenant, packed, sure=sure)
    return decoded


def _now_ms() -> int:
    return int(time.time() * 1000)


def _find_jobs(decoded: Decoded, known: Known, key: Key) -> None:
    """A site's key finds a job or a device by its slug, as a ping would; one of a device has it."""
    if key.device_id is None:
        for report in decoded.reports:
            if report.check == queries.HEARTBEAT:
                raise Problem(404, "Name it: /api/push/KEY/<slug>.", field="slug")
            report.check_id, _made = pings.check_of(
                known, key, report.check, create=True, period=report.period
            )


def _drop_nameless(decoded: Decoded, key: Key) -> None:
    """A site's key does not say which device a report without a host's name is about."""
    if key.device_id is not None:
        return
    named = [one for one in decoded.reports if one.host or one.check_id]
    missing = len(decoded.reports) - len(named)
    if not missing:
        return
    reason = "It does not say which host it is about. Name one, or use the key of a device."
    if not named:
        raise Invalid(reason, field="host")
    decoded.reports = named
    decoded.rejected += missing
    decoded.reason = decoded.reason or reason
