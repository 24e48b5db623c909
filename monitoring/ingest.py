"""The intake: accepts beats without ORM or session and puts them on the MSP's stream."""

from collections.abc import Callable, Iterable
from typing import Any


def wsgi(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    start_response("503 Service Unavailable", [("Retry-After", "5")])
    return [b"The intake is not open yet.\n"]
