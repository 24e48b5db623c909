"""Reading what was sent, and never more than we take."""

import zlib
from typing import Any

import cramjam

from monitoring.ingest.answers import Problem

MOST_BYTES = 512 * 1024  # of a body, before and after it is unpacked
MOST_BULK = 4 * 1024 * 1024  # where one request carries many hosts' figures
_ACCEPT = (("Accept-Encoding", "gzip, deflate, snappy"),)


def read(environ: dict[str, Any], most: int = MOST_BYTES) -> bytes:
    """The body, unpacked where it was packed; raises Problem where it is too large or broken."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        body = _unchunked(environ, most)
    else:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isascii() or not length.isdigit():
            raise Problem(400, "Content-Length is not a number.", field="Content-Length")
        if int(length) > most:
            raise too_large(most)
        body = environ["wsgi.input"].read(int(length)) if length != "0" else b""
        if len(body) < int(length):
            raise Problem(400, "The body ended before its Content-Length.", code="truncated")
    packed = environ.get("HTTP_CONTENT_ENCODING")
    return _opened(body, packed.strip().lower(), most) if packed else body


def _unchunked(environ: dict[str, Any], most: int) -> bytes:
    """A body without a length: it is read to one byte beyond the limit."""
    body: bytes = environ["wsgi.input"].read(most + 1)
    if len(body) > most:
        raise too_large(most)
    return body


def _opened(body: bytes, encoding: str, most: int) -> bytes:
    if encoding in ("", "identity"):
        return body
    if encoding in ("gzip", "x-gzip", "deflate"):
        return unpacked(body, most, encoding)
    if encoding == "snappy":
        return unsnapped(body, most)
    raise Problem(
        415,
        "Only gzip, deflate and snappy, or no Content-Encoding at all, are read here.",
        field="Content-Encoding",
        extra=_ACCEPT,
    )


def unpacked(body: bytes, most: int = MOST_BYTES, encoding: str = "gzip") -> bytes:
    """The content of one gzip or zlib stream; it is never unpacked beyond the limit.

    `deflate` means a zlib stream; some clients send the bare one, which starts otherwise.
    """
    bits = 31 if "gzip" in encoding else 15 if body[:1] == b"\x78" else -15
    machine = zlib.decompressobj(wbits=bits)
    try:
        content = machine.decompress(body, most + 1)
    except zlib.error as error:
        raise _broken(encoding, str(error)) from None
    if len(content) > most:
        raise too_large(most)
    if not machine.eof or machine.unused_data:
        raise _broken(encoding, "it is not one whole stream")
    return content


def unsnapped(body: bytes, most: int) -> bytes:
    """The content of one snappy block. Its size stands in front, and is believed only to refuse."""
    size = shift = 0
    for place in range(min(5, len(body))):
        size |= (body[place] & 0x7F) << shift
        shift += 7
        if body[place] < 0x80:
            break
    else:
        raise _broken("snappy", "it does not begin with a size")
    if size > most:
        raise too_large(most)
    try:
        content = bytes(cramjam.snappy.decompress_raw(body))
    except cramjam.DecompressionError as error:
        raise _broken("snappy", str(error)) from None
    if len(content) > most:
        raise too_large(most)
    return content


def _broken(encoding: str, reason: str) -> Problem:
    return Problem(400, f"The body is not {encoding}: {reason}.", field="Content-Encoding")


def too_large(most: int) -> Problem:
    return Problem(
        413, f"The body is larger than {most} bytes. Send less at once.", code="too_large"
    )
