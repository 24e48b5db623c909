"""The intake behind the real server: chunked bodies, kept connections, and what a socket can do."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import redis

from monitoring.gateways import stream
from monitoring.rules import envelope
from msp.devservices.environment import CHECKOUT, environment_of
from tenants import context
from tests.api.conftest import key
from tests.monitoring.estate import Estate, estate

BEAT = b'{"host": "hdg-srv-01"}'


@pytest.fixture
def served(committed: None, valkey: redis.Redis) -> Iterator[tuple[int, Estate]]:
    """The product on a port of its own, with a key of alpha's."""
    with context.inside(next(t for t in context.ready() if t.slug == "alpha")):
        where = estate()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "msp.wsgi:application", "--no-ws",
         "--http", "1", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
         "--blocking-threads", "4"],
        cwd=CHECKOUT, env=environment_of("web", dict(os.environ)),
    )  # fmt: skip
    try:
        _wait(port)
        yield port, where
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server does not listen")


def sent(port: int, path: str, token: str, body: object, chunked: bool) -> tuple[int, str, bytes]:
    """What is answered: status, kind and body."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {
        "Host": "alpha.localhost", "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
    }  # fmt: skip
    if chunked:
        headers["Transfer-Encoding"] = "chunked"
    try:
        line.request("POST", path, body=body, headers=headers, encode_chunked=chunked)
        answer = line.getresponse()
        return answer.status, answer.headers.get_content_type(), answer.read()
    finally:
        line.close()


def post(port: int, token: str, body: object, *, chunked: bool = False) -> int:
    return sent(port, "/hb", token, body, chunked)[0]


def bodies() -> list[bytes]:
    found = stream.client().xrange(stream.name_of("t_alpha"))
    return [envelope.unpack(fields[b"e"]).body for _id, fields in found]


def raw(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(sent)
        line.settimeout(2)
        try:
            return line.recv(4096)
        except (TimeoutError, ConnectionResetError):
            return b""


def _just_opened() -> bool:
    """Whether an intake says it has been open for less than a minute; others may be open too."""
    return any(0 <= at - since < 60 for since, at in stream.pulses())


def test_what_arrives_over_a_real_socket(served: tuple[int, Estate]) -> None:
    port, where = served
    assert post(port, where.token, BEAT) == 202
    assert post(port, where.token, iter([BEAT[:5], BEAT[5:]]), chunked=True) == 202
    assert bodies() == [BEAT, BEAT]

    assert post(port, where.token, iter([b"["] * 1000), chunked=True) == 422
    assert post(port, where.token, iter([b"x" * 65536] * 10), chunked=True) == 413
    assert post(port, where.token, b"x" * (600 * 1024)) == 413
    assert post(port, where.token, b"[" * 100_000) == 422
    assert post(port, where.token, b'{"host": "a\x00"}') == 400
    assert post(port, "hb_" + "x" * 40, BEAT) == 401
    assert bodies() == [BEAT, BEAT]

    head = f"POST /hb/{where.token} HTTP/1.1\r\nHost: alpha.localhost\r\n".encode()
    assert raw(port, head + b"Content-Length: 99\r\n\r\n{}")[:12] in (b"", b"HTTP/1.1 400")
    assert b" 400 " in raw(port, head + b"Content-Length: x\r\n\r\n{}")
    two = head + b"Content-Length: 22\r\n\r\n" + BEAT
    assert raw(port, two + two).count(b"HTTP/1.1 202") >= 1
    ping = f"GET /ping/{where.token}/nas-01?create=1 HTTP/1.0\r\nHost: alpha.localhost\r\n\r\n"
    assert b" 201 " in raw(port, ping.encode())
    deadline = time.monotonic() + 10
    while not (fresh := _just_opened()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert fresh

    clients_come_in_chunks(port)


def clients_come_in_chunks(port: int) -> None:
    """The API reads them as any body, and says no to too many as it says no to everything."""
    with context.inside(next(t for t in context.ready() if t.slug == "alpha")):
        token = key()
    parts = [b'{"name": "Birch', b' Law", ', b'"zone": "UTC"}']
    status, _kind, made = sent(port, "/api/v1/clients", token, iter(parts), chunked=True)
    assert (status, json.loads(made)["name"]) == (201, "Birch Law")

    endless = iter([b" " * 65536] * 65)  # the cap is 64 of them
    refused = sent(port, "/api/v1/clients", token, endless, chunked=True)
    assert refused[:2] == (413, "application/problem+json")
    told = json.loads(refused[2])
    assert (told["status"], told["code"]) == (413, "too_large")

    endless = iter([b" " * 65536] * 65)
    assert sent(port, "/accounts/login/", "", endless, chunked=True)[:2] == (413, "text/plain")
