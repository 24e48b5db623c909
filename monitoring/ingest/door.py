"""The addresses of the intake and what each answers.

POST /hb            Authorization: Bearer KEY, or Basic with the key as user or password
POST /hb/KEY        for clients that can set no header
ANY  /ping/KEY/...  the Healthchecks ping API; /hc/KEY/... is the same

What other tools send is taken at /hb too, and where a tool insists on an address at that
(ingest/formats).
"""

import logging
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from monitoring.ingest import bodies, directory, discards, formats, keep, limits, pings, tools
from monitoring.ingest.answers import Answer, Problem, accepted, later, said
from monitoring.ingest.credentials import token_of, well_formed
from monitoring.rules import envelope
from monitoring.rules.sources import healthchecks, native
from monitoring.rules.sources.report import Invalid

log = logging.getLogger(__name__)
ONE = accepted(1)
LIMIT = ("Ping-Body-Limit", str(healthchecks.BODY_LIMIT))
OK = said(HTTPStatus.OK, "OK", LIMIT)
CREATED = said(HTTPStatus.CREATED, "Created", LIMIT)
HERE = b'{"host": "this device"}'  # whose key it is says which that is


def wsgi(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    """Answer one request of the intake; nothing a stranger sends becomes an error of ours."""
    path = environ.get("PATH_INFO", "")
    try:
        if path.startswith("/hb"):
            answer = _beat(environ, path)
        elif path.startswith(("/ping/", "/hc/")):
            answer = _ping(environ, path)
        else:
            answer = tools.answer(environ, path)
    except Problem as problem:
        answer = _turned_away(environ, problem)
    except Invalid as invalid:
        told = Problem(invalid.status, invalid.reason, code="invalid", field=invalid.field)
        answer = _turned_away(environ, told)
    except Exception:
        log.exception("The intake failed on %s", path.split("/", 2)[1])
        answer = later("The intake failed on this request. Nothing was taken.", 30).answer()
    return answer.send(start_response, head=environ.get("REQUEST_METHOD") == "HEAD")


def _turned_away(environ: dict[str, Any], problem: Problem) -> Answer:
    discards.of_problem(environ, problem)
    return problem.answer()


def _beat(environ: dict[str, Any], path: str) -> Answer:
    if environ.get("REQUEST_METHOD") != "POST":
        raise Problem(405, "Send beats with POST.", extra=(("Allow", "POST"),))
    if path[3:4] not in ("", "/"):
        raise Problem(404, "The address is /hb or /hb/KEY.")
    token, _, rest = path[4:].partition("/")
    known = directory.msp_of(environ.get("HTTP_HOST", ""))
    key = directory.key_of(known, token_of(environ, token))
    discards.speaks(environ, known.tenant.schema_name, key.id)
    limits.admit(known.spent, key.id)
    if rest or "protobuf" in environ.get("CONTENT_TYPE", ""):
        found = formats.by_header(environ, rest)
        if found is not None:
            return tools.take(environ, known, key, found)
    received_ms = int(time.time() * 1000)
    body = bodies.read(environ)
    if not body and key.device_id is not None:
        body = HERE
    try:
        beats = native.decode(body)
    except Invalid:
        found = formats.by_content(body)
        if found is None:
            raise
        return tools.take(environ, known, key, found, body)
    packed = envelope.pack(key.id, received_ms, envelope.JSON, body)
    keep.keep(known.tenant, packed, sure=any(beat.signal == "fail" for beat in beats))
    return ONE if len(beats) == 1 else accepted(len(beats))


def _ping(environ: dict[str, Any], path: str) -> Answer:
    if environ.get("REQUEST_METHOD") not in ("GET", "HEAD", "POST"):
        raise Problem(405, "Ping with GET, HEAD or POST.", extra=(("Allow", "GET, HEAD, POST"),))
    known = directory.msp_of(environ.get("HTTP_HOST", ""))
    token, _, rest = path.split("/", 2)[2].partition("/")
    key = directory.key_of(known, well_formed(token))
    discards.speaks(environ, known.tenant.schema_name, key.id)
    limits.admit(known.spent, key.id)
    call = healthchecks.call_of(rest, of_device=key.device_id is not None)
    asked = parse_qs(environ.get("QUERY_STRING", ""), max_num_fields=20)
    run_id = healthchecks.run_id_of(asked.get("rid", [""])[0])
    received_ms = int(time.time() * 1000)
    text = healthchecks.text_of(bodies.read(environ))
    create = asked.get("create", [""])[0] == "1"
    check_id, created = pings.check_of(known, key, call.slug, create=create)
    ping = healthchecks.Ping(check_id, call.signal, run_id, call.exit_status, text)
    packed = envelope.pack(key.id, received_ms, envelope.PING, healthchecks.encode(ping))
    keep.keep(known.tenant, packed, sure=call.signal == "fail")
    return CREATED if created else OK
