"""What each client wants to hear, when it went well and when it did not."""

import json
from http import HTTPStatus
from typing import Any

from google.protobuf.json_format import MessageToJson

from monitoring.ingest.answers import Answer, Problem
from monitoring.rules.sources import otlp
from monitoring.rules.sources.report import Decoded

PROTOBUF, JSON = "application/x-protobuf", "application/json"


def made(status: int, body: bytes, kind: str, *extra: tuple[str, str]) -> Answer:
    """An answer of these bytes."""
    phrase = HTTPStatus(status).phrase
    headers = [("Cache-Control", "no-store"), ("Content-Length", str(len(body))), *extra]
    return Answer(f"{status} {phrase}", [("Content-Type", kind), *headers], body)


NOTHING = Answer("204 No Content", [("Cache-Control", "no-store")], b"")


def nothing(_decoded: Decoded) -> Answer:
    """204, which says it all."""
    return NOTHING


def said_json(value: Any, status: int = 200, *extra: tuple[str, str]) -> Answer:
    """JSON of our own making."""
    return made(status, json.dumps(value).encode() + b"\n", JSON, *extra)


def taken(decoded: Decoded) -> Answer:
    """How many reports were taken, for clients that do not care."""
    value: dict[str, Any] = {"accepted": len(decoded.reports)}
    if decoded.rejected:
        value |= {"rejected": decoded.rejected, "reason": decoded.reason}
    return said_json(value)


def plain_problem(problem: Problem) -> Answer:
    """The reason in one line: what a client writes into its log."""
    field = f" ({problem.field})" if problem.field else ""
    body = f"{problem.title}{field}\n".encode()
    return made(problem.status.value, body, "text/plain; charset=utf-8", *problem.extra)


# -- OTLP: the same content type back, and a Status where it went wrong ---------------------------


def otlp_protobuf(decoded: Decoded) -> Answer:
    body = otlp.response(decoded.rejected, decoded.reason).SerializeToString()
    return made(200, body, PROTOBUF)


def otlp_json(decoded: Decoded) -> Answer:
    message = otlp.response(decoded.rejected, decoded.reason)
    return made(200, MessageToJson(message, indent=None).encode(), JSON)


def otlp_protobuf_problem(problem: Problem) -> Answer:
    """google.rpc.Status: its second field is the message."""
    text = _with_field(problem).encode()[:120]
    body = b"\x12" + bytes([len(text)]) + text
    return made(problem.status.value, body, PROTOBUF, *problem.extra)


def otlp_json_problem(problem: Problem) -> Answer:
    return said_json({"message": _with_field(problem)}, problem.status.value, *problem.extra)


def _with_field(problem: Problem) -> str:
    return f"{problem.field}: {problem.title}" if problem.field else problem.title


# -- those that want more than a code -------------------------------------------------------------


def influx(decoded: Decoded) -> Answer:
    """204; where some lines could not be read, what InfluxDB calls a partial write."""
    if not decoded.rejected:
        return NOTHING
    reason = f"partial write: {decoded.reason} dropped={decoded.rejected}"
    return said_json({"code": "invalid", "message": reason, "error": reason}, 400)


def influx_problem(problem: Problem) -> Answer:
    """The reason as version 1 and version 2 name it."""
    reason = _with_field(problem)
    codes = {400: "invalid", 401: "unauthorized", 413: "request too large", 422: "invalid"}
    code = codes.get(problem.status.value, "unavailable")
    value = {"code": code, "message": reason, "error": reason}
    return said_json(value, problem.status.value, *problem.extra)


def icinga(decoded: Decoded) -> Answer:
    """A result for the object it was about."""
    results = []
    for one in decoded.reports:
        named = "!".join(filter(None, (one.host, one.name)))
        text = f"Successfully processed check result for object '{named}'."
        results.append({"code": 200, "status": text})
    return said_json({"results": results})


def icinga_problem(problem: Problem) -> Answer:
    status = problem.status.value
    return said_json({"error": status, "status": _with_field(problem)}, status, *problem.extra)


def sentry(decoded: Decoded) -> Answer:
    """An envelope's id; its run's, where it is a check-in's."""
    run = next((one.run_id for one in decoded.reports if one.run_id), "")
    return said_json({"id": run.replace("-", "")})


def sentry_problem(problem: Problem) -> Answer:
    value = {"detail": _with_field(problem), "causes": [problem.title]}
    return said_json(value, problem.status.value, *problem.extra)


def kuma(_decoded: Decoded) -> Answer:
    return said_json({"ok": True})


def kuma_problem(problem: Problem) -> Answer:
    return said_json(
        {"ok": False, "msg": _with_field(problem)}, problem.status.value, *problem.extra
    )
