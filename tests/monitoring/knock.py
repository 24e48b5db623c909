"""Sending to the intake without a server in between."""

import io
import json
from dataclasses import dataclass
from typing import Any

from msp.wsgi import application


@dataclass
class Got:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def send(
    path: str, body: bytes = b"", *, method: str = "POST", host: str = "alpha.localhost:8000",
    bearer: str = "", query: str = "", **extra: str,
) -> Got:  # fmt: skip
    """One request as a WSGI server would hand it over."""
    got: dict[str, Any] = {}
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": host,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **extra,
    }
    if bearer:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {bearer}"

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        got.update(status=int(status.split()[0]), headers=dict(headers))

    content = b"".join(application(environ, start_response))
    return Got(got["status"], got["headers"], content)
