"""What the intake says back."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus

Headers = list[tuple[str, str]]
_JSON: Headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
_TEXT: Headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, made once where it is always the same."""

    status: str
    headers: Headers
    body: bytes

    def send(self, start_response: Callable, *, head: bool = False) -> Iterable[bytes]:
        start_response(self.status, self.headers)
        return [b"" if head else self.body]


def accepted(count: int) -> Answer:
    body = b'{"accepted": %d}\n' % count
    return Answer("202 Accepted", [*_JSON, ("Content-Length", str(len(body)))], body)


def said(status: HTTPStatus, text: str, *extra: tuple[str, str]) -> Answer:
    """A short text, as clients of the ping API expect it."""
    body = text.encode()
    headers = [*_TEXT, ("Content-Length", str(len(body))), *extra]
    return Answer(f"{status.value} {status.phrase}", headers, body)


class Problem(Exception):
    """An answer that ends the request: problem details (RFC 9457) with the field to blame."""

    def __init__(
        self, status: int, title: str, *, code: str = "", field: str = "",
        extra: tuple[tuple[str, str], ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(title)
        self.status = HTTPStatus(status)
        self.title = title
        self.code = code or self.status.name.lower()
        self.field = field
        self.extra = extra

    def answer(self) -> Answer:
        problem = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status.value,
            "code": self.code,
        }
        if self.field:
            problem["errors"] = [{"field": self.field, "reason": self.title}]
        body = json.dumps(problem).encode() + b"\n"
        headers = [
            ("Content-Type", "application/problem+json"),
            ("Cache-Control", "no-store"),
            ("Content-Length", str(len(body))),
            *self.extra,
        ]
        return Answer(f"{self.status.value} {self.status.phrase}", headers, body)


class TooMuch(Problem):
    """Somebody sends more than they may; it is answered as what has no room at the moment is."""


def later(title: str, seconds: int = 5) -> Problem:
    """503: the one answer that every client which retries at all retries on."""
    return Problem(503, title, code="try_later", extra=(("Retry-After", str(seconds)),))
