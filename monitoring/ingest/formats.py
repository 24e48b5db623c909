"""The formats of other people's tools: told apart by address and content, all on one key.

An address of our own (/hb) is for whatever lets itself be pointed anywhere; what insists on a path
finds that path here too. Nothing is read before the key is known, and a beat in our own format
never comes this far.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from monitoring.ingest import bodies, replies
from monitoring.ingest.answers import Answer, Problem
from monitoring.rules.sources import (
    alertmanager,
    collectd,
    glances,
    icinga,
    monit,
    otlp,
    prometheus,
    sentry,
    telegraf,
)
from monitoring.rules.sources.report import Decoded

Decode = Callable[[bytes, datetime], Decoded]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write figures and alarms down, and how its clients are answered.

    With `jobs` what reports is a job and says nothing of the host it runs on. What is said `once`
    is not said again by the next report, as a heartbeat is.
    """

    name: str
    decode: Decode
    answer: Callable[[Decoded], Answer] = replies.taken
    problem: Callable[[Problem], Answer] = Problem.answer
    most: int = bodies.MOST_BYTES
    jobs: bool = False
    once: bool = False


OTLP = Format(
    "otlp", otlp.decode_protobuf, replies.otlp_protobuf, replies.otlp_protobuf_problem,
    bodies.MOST_BULK,
)  # fmt: skip
OTLP_JSON = Format(
    "otlp", otlp.decode_json, replies.otlp_json, replies.otlp_json_problem, bodies.MOST_BULK
)
PROMETHEUS = Format(
    "prometheus", prometheus.decode, replies.nothing, replies.plain_problem, bodies.MOST_BULK
)
ALERTMANAGER = Format("alertmanager", alertmanager.decode, once=True)
COLLECTD = Format("collectd", collectd.decode_json)
COLLECTD_LINES = Format("collectd", collectd.decode_putval)
COLLECTD_NOTIFICATION = Format("collectd", alertmanager.decode_collectd, once=True)
MONIT = Format("monit", monit.decode, problem=replies.plain_problem)
TELEGRAF = Format("telegraf", telegraf.decode_json)
GLANCES = Format("glances", glances.decode)
ICINGA = Format("icinga", icinga.decode, replies.icinga, replies.icinga_problem, once=True)
SENTRY = Format(
    "sentry", sentry.decode, replies.sentry, replies.sentry_problem, jobs=True, once=True
)
LINES = {
    precision: Format(
        "influx", partial(telegraf.decode_lines, precision=precision), replies.influx,
        replies.influx_problem, bodies.MOST_BULK,
    )
    for precision in ("ns", "n", "us", "u", "ms", "s", "m", "h")
}  # fmt: skip


def by_header(environ: dict[str, Any], rest: str) -> Format | None:
    """The format a request names before its body is read; `rest` is what stands behind the key."""
    if rest and (found := at(f"/{rest}", environ)):
        return found
    kind = environ.get("CONTENT_TYPE", "")
    if "protobuf" not in kind:
        return None
    if "io.prometheus.write.v2" in kind:
        raise Problem(415, "Remote-write 1.0 is read here.", field="Content-Type")
    snappy = environ.get("HTTP_CONTENT_ENCODING", "") == "snappy"
    return PROMETHEUS if snappy else OTLP


def by_content(body: bytes) -> Format | None:
    """The format a body that is not ours looks like; nobody but its decoder says that it is."""
    start = body[:4096].lstrip()
    if start.startswith(b"{"):
        return next((found for marks, found in _OBJECTS if all(m in body for m in marks)), None)
    if start.startswith(b"["):
        return next((found for marks, found in _LISTS if all(m in start for m in marks)), None)
    if start.startswith(b"<"):
        return MONIT if b"<monit" in start else None
    if start.startswith(b"PUTVAL "):
        return COLLECTD_LINES
    return LINES["ns"] if _A_LINE.match(start) else None


_A_LINE = re.compile(rb"[\w.-]+(,[^\s=]+=[^\s]+)* [^\s=]+=[^\s]")
_OBJECTS: tuple[tuple[tuple[bytes, ...], Format], ...] = (
    ((b'"resourceMetrics"',), OTLP_JSON),
    ((b'"alerts"', b'"startsAt"'), ALERTMANAGER),
    ((b'"fields"', b'"tags"'), TELEGRAF),
    ((b'"exit_status"',), ICINGA),
    ((b'"memswap"', b'"cpu"'), GLANCES),
)
_LISTS: tuple[tuple[tuple[bytes, ...], Format], ...] = (
    ((b'"labels"', b'"startsAt"'), COLLECTD_NOTIFICATION),
    ((b'"dstypes"', b'"values"'), COLLECTD),
)


def of_metrics(environ: dict[str, Any]) -> Format:
    """/v1/metrics: the content type says which."""
    return OTLP_JSON if "json" in environ.get("CONTENT_TYPE", "") else OTLP


def of_lines(environ: dict[str, Any]) -> Format:
    """/write: the query says what its timestamps count."""
    asked = parse_qs(environ.get("QUERY_STRING", ""), max_num_fields=20)
    found = LINES.get(asked.get("precision", ["ns"])[0])
    if found is None:
        raise Problem(400, "precision is ns, us, ms or s.", field="precision")
    return found


ADDRESSES: dict[str, Callable[[dict[str, Any]], Format]] = {
    "/v1/metrics": of_metrics,
    "/write": of_lines,
    "/api/v2/write": of_lines,
    "/collector": lambda _environ: MONIT,
    "/v1/actions/process-check-result": lambda _environ: ICINGA,
}
_ENVELOPE = re.compile(r"/api/[0-9]{1,10}/envelope/?\Z")


def at(path: str, environ: dict[str, Any]) -> Format | None:
    """The format of an address that only one tool uses."""
    asked = ADDRESSES.get(path.rstrip("/"))
    if asked is not None:
        return asked(environ)
    return SENTRY if _ENVELOPE.match(path) else None
