"""The HTTP entry: chunked bodies made readable, the intake answered before Django's handler."""

import io
import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msp.settings")
os.environ.setdefault("STEWARD_ROLE", "web")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

django = get_wsgi_application()
intake: Callable = import_string("monitoring.ingest.wsgi")

INTAKE_PATHS = ("/hb", "/ping/", "/hc/")


def _unchunk(environ: dict[str, Any]) -> bool:
    """Give a chunked request a length; False when it is larger than we read.

    WSGI has no chunked bodies and Django reads none of one, so the server's stream is read here,
    up to the cap, and handed on with its size.
    """
    body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return False
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return True


def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower() and not _unchunk(environ):
        start_response("413 Content Too Large", [("Content-Type", "text/plain")])
        return [b"The body is larger than this address reads.\n"]
    if environ.get("PATH_INFO", "").startswith(INTAKE_PATHS):
        return intake(environ, start_response)
    return django(environ, start_response)
