"""The key of a request, from wherever its client was able to put it."""

import base64
import binascii
import re
from typing import Any
from urllib.parse import parse_qs

from monitoring.ingest.answers import Problem

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,80}\Z")
_SENTRY = re.compile(r"\bsentry_key=([^,\s]+)")
_IN_QUERY = ("p", "token", "sentry_key")  # InfluxDB 1's password, and others' words for it
CHALLENGE = ("WWW-Authenticate", 'Basic realm="heartbeats", Bearer realm="heartbeats"')


def token_of(environ: dict[str, Any], in_path: str = "") -> str:
    """The key as a header, the path or the query has it; raises Problem where nothing is one."""
    header = environ.get("HTTP_AUTHORIZATION", "")
    if header.startswith("Bearer "):
        return well_formed(header[7:].strip())
    if in_path:
        return well_formed(in_path)
    found = _elsewhere(environ, header)
    if not found:
        raise unauthorised("A key is needed: Authorization: Bearer KEY, or /hb/KEY.")
    return well_formed(found)


def _elsewhere(environ: dict[str, Any], header: str) -> str:
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "basic":
        return _basic(rest)
    if scheme.lower() in ("token", "bearer"):
        return rest.strip()
    said = _SENTRY.search(environ.get("HTTP_X_SENTRY_AUTH", "") or header)
    if said:
        return said.group(1)
    query = environ.get("QUERY_STRING", "")
    if not query:
        return ""
    asked = parse_qs(query, max_num_fields=20)
    return next((asked[name][0] for name in _IN_QUERY if name in asked), "")


def _basic(encoded: str) -> str:
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        raise unauthorised("The Basic credentials cannot be read.") from None
    return password or user


def well_formed(token: str) -> str:
    """The token, where it could be one."""
    if not _TOKEN.match(token):
        raise unauthorised("This is not a key.")
    return token


def unauthorised(title: str) -> Problem:
    """401 with a challenge: some clients try without a key first and wait to be asked."""
    return Problem(401, title, code="unknown_key", extra=(CHALLENGE,))
