"""Idempotency-Key: a program may send the same POST twice and have it done once.

1. Only one request at a time may hold a key; a second one meanwhile is answered 409.
2. The same key with the same body gets the stored answer again, with `Idempotent-Replayed: true`.
3. The same key with another body or address is a mistake of the program: 422.
4. Only what was done is stored, in the transaction that did it. A refusal may be sent again.

5. What is shown once is not stored: an answer with a secret says in `kept` what may be given again.

The lock is the database's and ends with the transaction, so a killed process leaves nothing in
the way.
"""

import functools
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from msp.kit.refusals import Conflict, Refused
from tenants.context import current_schema
from tenants.people.models import ApiKey, Replay

HEADER = "Idempotency-Key"
LONGEST = 255


def once(view: Callable[..., Response]) -> Callable[..., Response]:
    """Let a handler of POST honour `Idempotency-Key`."""

    @functools.wraps(view)
    def handler(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "")
        if not key:
            return view(self, request, *args, **kwargs)
        if len(key) > LONGEST or not key.isascii() or not key.isprintable():
            raise Refused(
                f"{HEADER} is at most {LONGEST} printable ASCII characters.", code="bad_key"
            )
        stored = _stored(request, key)
        if stored is not None:
            return Response(
                stored.body, status=stored.status, headers={"Idempotent-Replayed": "true"}
            )
        response = view(self, request, *args, **kwargs)
        if 200 <= response.status_code < 300:
            _store(request, key, response)
        return response

    return handler


def _stored(request: Request, key: str) -> Replay | None:
    if not _lock(request.auth, key):
        raise Conflict("A request with this Idempotency-Key is being worked on.", code="in_flight")
    found = Replay.objects.filter(api_key=request.auth, key=key).first()
    if found is not None and found.fingerprint != _fingerprint(request):
        raise Refused("This Idempotency-Key was used for another request.", code="key_reused")
    return found


def _lock(api_key: ApiKey, key: str) -> bool:
    name = f"{current_schema()}:{api_key.pk}:{key}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def _fingerprint(request: Request) -> str:
    body = JSONRenderer().render(request.data)
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + body).hexdigest()


def _store(request: Request, key: str, response: Response) -> None:
    body = JSONRenderer().render(getattr(response, "kept", response.data))
    Replay.objects.create(
        api_key=request.auth, key=key, fingerprint=_fingerprint(request),
        status=response.status_code, body=json.loads(body), at=datetime.now(UTC),
    )  # fmt: skip
