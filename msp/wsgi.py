"""The HTTP entry: the intake answered before Django's handler, chunked bodies made readable."""

import io
import json
import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msp.settings")
os.environ.setdefault("STEWARD_ROLE", "web")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from msp.kit.errors import PROBLEM, problem

django = get_wsgi_application()
intake: Callable = import_string("monitoring.ingest.wsgi")
if settings.ROLE == "web":
    import_string("monitoring.ingest.pulse.start")()

# What the intake answers: its own addresses, and whole ones that tools insist on
# (monitoring/ingest/formats). No room has pages there.
INTAKE_PATHS = ("/hb", "/ping/", "/hc/", "/api/push/", "/api/1/envelope")
INTAKE_WHOLE = {
    "/v1/metrics", "/write", "/query", "/api/v2/write", "/collector",
    "/v1/actions/process-check-result",
}  # fmt: skip


def _unchunk(environ: dict[str, Any], most: int) -> None:
    """Give a chunked request a length; one byte beyond the cap is read and the rest is left.

    WSGI has no chunked bodies and Django reads none of one, so the server's stream is read here
    and handed on with its size. Whoever answers compares that with its own cap.
    """
    body = environ["wsgi.input"].read(most + 1)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)


def _too_large(path: str) -> tuple[str, bytes]:
    """What is said here: handed on, a form's file would arrive cut off and be kept."""
    if path.startswith("/api/"):
        return PROBLEM, json.dumps(problem(413)).encode()
    return "text/plain", b"The body is larger than this address reads.\n"


def is_for_intake(path: str) -> bool:
    """Whether the intake answers this address, and not a page of ours."""
    return path.startswith(INTAKE_PATHS) or path in INTAKE_WHOLE


def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    if is_for_intake(environ.get("PATH_INFO", "")):
        return intake(environ, start_response)
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        _unchunk(environ, most)
        if int(environ["CONTENT_LENGTH"]) > most:
            kind, said = _too_large(environ.get("PATH_INFO", ""))
            start_response("413 Content Too Large", [("Content-Type", kind)])
            return [said]
    return django(environ, start_response)
