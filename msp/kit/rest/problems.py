"""Errors of the API.

They are `application/problem+json` (RFC 9457) with `code`, and `errors: [{field, reason}]` where
a field is to blame.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import connection
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from msp.kit.refusals import Conflict, Refused
from msp.kit.rest.parsing import TooLarge

PROBLEM = "application/problem+json"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into problem details; None leaves it to Django (a 500)."""
    if isinstance(error, Refused):
        status = 409 if isinstance(error, Conflict) else 422
        errors = [{"field": error.field, "reason": error.reason}] if error.field else []
        return _respond(status, error.reason, error.code, errors)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, RequestDataTooBig):
        error = TooLarge()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    errors = _fields(error.detail) if isinstance(error, exceptions.ValidationError) else []
    title = "Some fields are not right." if errors else str(error.detail)
    answer = _respond(error.status_code, title, _code(error), errors)
    if header := getattr(error, "auth_header", None):
        answer["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        answer["Retry-After"] = str(int(wait))
    return answer


def _code(error: exceptions.APIException) -> str:
    return "invalid" if isinstance(error, exceptions.ValidationError) else str(error.default_code)


def _respond(status: int, title: str, code: str, errors: list[dict[str, Any]]) -> Response:
    if connection.in_atomic_block:
        connection.set_rollback(True)
    body = {"type": "about:blank", "title": title, "status": status, "code": code}
    if errors:
        body["errors"] = errors
    return Response(body, status=status, content_type=PROBLEM)


def _fields(detail: Any, path: str = "") -> list[dict[str, Any]]:
    if isinstance(detail, dict):
        found = []
        for name, inner in detail.items():
            found += _fields(inner, f"{path}.{name}" if path else str(name))
        return found
    if isinstance(detail, list):
        found = []
        for number, inner in enumerate(detail):
            nested = isinstance(inner, (dict, list))
            found += _fields(inner, f"{path}.{number}" if nested else path)
        return found
    return [{"field": path or None, "reason": str(detail)}]
