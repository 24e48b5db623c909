"""The addresses of the intake and what each answers.

POST /hb            Authorization: Bearer KEY, or Basic with the key as user or password
POST /hb/KEY        for clients that can set no header
ANY  /ping/KEY/...  the Healthchecks ping API; /hc/KEY/... is the same
"""

import base64
import binascii
import logging
import re
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from monitoring.ingest import bodies, directory, keep, pings
from monitoring.ingest.answers import Answer, Problem, accepted, later, said
from monitoring.rules import envelope
from monitoring.rules.sources import healthchecks, native
from monitoring.rules.sources.report import Invalid

log = logging.getLogger(__name__)
ONE = accepted(1)
LIMIT = ("Ping-Body-Limit", str(healthchecks.BODY_LIMIT))
OK = said(HTTPStatus.OK, "OK", LIMIT)
CREATED = said(HTTPStatus.CREATED, "Created", LIMIT)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,80}\Z")


def wsgi(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    """Answer one request of the intake; nothing a stranger sends becomes an error of ours."""
    path = environ.get("PATH_INFO", "")
    try:
        if path.startswith("/hb"):
            answer = _beat(environ, path)
        else:
            answer = _ping(environ, path)
    except Problem as problem:
        answer = problem.answer()
    except Invalid as invalid:
        answer = Problem(
            invalid.status, invalid.reason, code="invalid", field=invalid.field
        ).answer()
    except Exception:
        log.exception("The intake failed on %s", path.split("/", 2)[1])
        answer = later("The intake failed on this request. Nothing was taken.", 30).answer()
    return answer.send(start_response, head=environ.get("REQUEST_METHOD") == "HEAD")


def _beat(environ: dict[str, Any], path: str) -> Answer:
    if environ.get("REQUEST_METHOD") != "POST":
        raise Problem(405, "Send beats with POST.", extra=(("Allow", "POST"),))
    known = directory.msp_of(environ.get("HTTP_HOST", ""))
    key = directory.key_of(known, _token(environ, path))
    received_ms = int(time.time() * 1000)
    body = bodies.read(environ)
    count = len(native.decode(body))
    keep.keep(known.tenant, envelope.pack(key.id, received_ms, envelope.JSON, body))
    return ONE if count == 1 else accepted(count)


def _ping(environ: dict[str, Any], path: str) -> Answer:
    if environ.get("REQUEST_METHOD") not in ("GET", "HEAD", "POST"):
        raise Problem(405, "Ping with GET, HEAD or POST.", extra=(("Allow", "GET, HEAD, POST"),))
    known = directory.msp_of(environ.get("HTTP_HOST", ""))
    call = healthchecks.call_of(path.split("/", 2)[2])
    key = directory.key_of(known, _well_formed(call.token))
    asked = parse_qs(environ.get("QUERY_STRING", ""), max_num_fields=20)
    run_id = healthchecks.run_id_of(asked.get("rid", [""])[0])
    received_ms = int(time.time() * 1000)
    text = healthchecks.text_of(bodies.read(environ))
    create = asked.get("create", [""])[0] == "1"
    check_id, created = pings.check_of(known, key, call.slug, create=create)
    ping = healthchecks.Ping(check_id, call.signal, run_id, call.exit_status, text)
    packed = envelope.pack(key.id, received_ms, envelope.PING, healthchecks.encode(ping))
    keep.keep(known.tenant, packed)
    return CREATED if created else OK


def _token(environ: dict[str, Any], path: str) -> str:
    """The key, from wherever the client was able to put it."""
    if path[3:4] not in ("", "/"):
        raise Problem(404, "The address is /hb or /hb/KEY.")
    header = environ.get("HTTP_AUTHORIZATION", "")
    if header.startswith("Bearer "):
        return _well_formed(header[7:].strip())
    if path[4:]:
        return _well_formed(path[4:].rstrip("/"))
    if header.startswith("Basic "):
        return _well_formed(_basic(header[6:]))
    raise _unauthorised("A key is needed: Authorization: Bearer KEY, or /hb/KEY.")


def _basic(encoded: str) -> str:
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        raise _unauthorised("The Basic credentials cannot be read.") from None
    return password or user


def _well_formed(token: str) -> str:
    if not _TOKEN.match(token):
        raise _unauthorised("This is not a key.")
    return token


def _unauthorised(title: str) -> Problem:
    challenge = (("WWW-Authenticate", 'Bearer realm="heartbeats", Basic realm="heartbeats"'),)
    return Problem(401, title, code="unknown_key", extra=challenge)
