"""Error answers: a page for a browser, problem details (RFC 9457) for a program."""

import logging
import sys
from collections.abc import Callable
from typing import Any

import redis
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from structlog.contextvars import bound_contextvars

log = logging.getLogger(__name__)
OUTAGES = (redis.RedisError, InterfaceError, OperationalError)
PROBLEM = "application/problem+json"
SAID = {  # title, code
    400: ("Bad request", "bad_request"),
    403: ("Not allowed", "not_allowed"),
    404: ("Not found", "not_found"),
    413: ("The body is larger than this address reads", "too_large"),
    500: ("Something broke here", "broken"),
    503: ("Not available for a moment", "unavailable"),
}

PAGES = {413: 400}  # the same words do


def problem(status: int) -> dict[str, Any]:
    """The problem details of an answer that has nothing more to say than its status."""
    title, code = SAID[status]
    return {"type": "about:blank", "title": title, "status": status, "code": code}


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    """Drawn without context processors: what they ask for may be what is broken."""
    if request.path.startswith("/api/"):
        return JsonResponse(problem(status), status=status, content_type=PROBLEM)
    return HttpResponse(render_to_string(f"errors/{PAGES.get(status, status)}.html"), status=status)


def _outage(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    log.error("Answered 503: %s: %s", type(error).__name__, error)
    response = _answer(request, 503)
    response["Retry-After"] = "5"
    return response


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """A body that is too large is its own answer; Django counts it among the suspicious."""
    return _answer(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _answer(request, 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _answer(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    return _outage(request, error) if isinstance(error, OUTAGES) else _answer(request, 500)


class GuardMiddleware:
    """Two answers that no view should have to give, and what a log line says of a request.

    A NUL character in an address is refused at once: PostgreSQL cannot store or compare one. And
    when the database or Valkey is away the answer is 503 with a time to come back, not a fault.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "\x00" in request.path_info or "%00" in query or "\x00" in query:
            return bad_request(request)
        with bound_contextvars(request=f"{request.method} {request.path}"[:200]):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _outage(request, error) if isinstance(error, OUTAGES) else None
