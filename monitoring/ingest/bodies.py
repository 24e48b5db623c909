"""Reading what was sent, and never more than we take."""

import zlib
from typing import Any

from monitoring.ingest.answers import Problem

MOST_BYTES = 512 * 1024  # of a body, before and after it is unpacked


def read(environ: dict[str, Any]) -> bytes:
    """The body, unpacked where it was packed; raises Problem where it is too large or broken."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit():
        raise Problem(400, "Content-Length is not a number.", field="Content-Length")
    if int(length) > MOST_BYTES:
        raise too_large()
    body = environ["wsgi.input"].read(int(length)) if length != "0" else b""
    if len(body) < int(length):
        raise Problem(400, "The body ended before its Content-Length.", code="truncated")
    encoding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise Problem(
            415,
            "Only gzip, or no Content-Encoding at all, is read here.",
            field="Content-Encoding",
            extra=(("Accept-Encoding", "gzip"),),
        )
    return unpacked(body)


def unpacked(body: bytes) -> bytes:
    """The content of one gzip stream; it is never unpacked beyond the limit."""
    machine = zlib.decompressobj(wbits=31)
    try:
        content = machine.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise Problem(400, f"The body is not gzip: {error}.", field="Content-Encoding") from None
    if len(content) > MOST_BYTES:
        raise too_large()
    if not machine.eof or machine.unused_data:
        raise Problem(400, "The gzip body is not one whole stream.", field="Content-Encoding")
    return content


def too_large() -> Problem:
    return Problem(
        413,
        f"The body is larger than {MOST_BYTES} bytes. Send fewer beats at once.",
        code="too_large",
    )
