"""A receiver of what is sent outside."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


class Stub(ThreadingHTTPServer):
    """A receiver that keeps what it gets and answers what it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answer: tuple[int, dict[str, str]] = (200, {})
        self.body = b"ok"
        self.drips = False
        self.delay = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Receiver(BaseHTTPRequestHandler):
    server: Stub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        if self.server.drips:
            return self.drip()
        time.sleep(self.server.delay)
        status, more = self.server.answer
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        with suppress(OSError):  # whoever asked may have heard enough
            self.wfile.write(self.server.body)

    def drip(self) -> None:
        """Headers without an end, a byte at a time, until nobody listens; two seconds at most."""
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: aaaaaa":
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                return
            time.sleep(0.06)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Silence."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def nearby(settings: Any) -> None:
    """This machine counts as the outside, as a push server of one's own would."""
    settings.OUTGOING_ALLOW = ["127.0.0.0/8"]
