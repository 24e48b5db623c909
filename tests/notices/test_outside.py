"""Sending outside: no longer than we say, and to nowhere inside."""

import gzip
import resource
import signal
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from msp.celery import app
from msp.supervise import parts_of
from msp.up import ALL
from tenants.context import Tenant
from tenants.notices import tasks
from tenants.notices.gateways import outside
from tenants.notices.gateways.guard import Forbidden, guarded
from tenants.notices.rules.addresses import is_public
from tests.notices.conftest import Stub
from tests.notices.test_channels import owe, webhook

# -- patience --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("nearby")
def test_an_endpoint_that_drips_costs_one_try_when_the_time_is_up(
    alpha: Tenant, stub: Stub
) -> None:
    """The task's soft limit strikes wherever it is; each byte begins a timeout of requests anew."""

    def strike(*_: Any) -> None:
        raise SoftTimeLimitExceeded

    stub.drips = True
    webhook(stub.url)
    row = owe()
    before = signal.signal(signal.SIGALRM, strike)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        assert not tasks.send_out(row.pk)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    row.refresh_from_db()
    assert (row.tries, row.error.partition(":")[0]) == (1, "SoftTimeLimitExceeded")
    assert row.next_at > datetime.now(UTC) - timedelta(seconds=5)


@pytest.mark.usefixtures("nearby")
def test_an_answer_that_unpacks_into_more_than_we_have_is_a_failed_try(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "GROWTH", 16 * 1024 * 1024)
    stub.body = gzip.compress(bytes(96 * 1024 * 1024), compresslevel=1)
    stub.answer = (200, {"Content-Encoding": "gzip"})
    address = stub.url.replace("http://", "json://")
    before = resource.getrlimit(resource.RLIMIT_AS)
    assert outside.notify(address, "Down", "No heartbeat").error
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    stub.body, stub.answer = b"ok", (200, {})
    assert outside.notify(address, "Down", "No heartbeat").error == ""


def test_what_waits_for_others_has_limits_and_workers_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STEWARD_DATA", str(tmp_path))
    queues = {
        part.name: part.command[part.command.index("-Q") + 1].split(",")
        for part in parts_of(8000).values()
        if "-Q" in part.command
    }
    for task in (tasks.send, tasks.send_outgoing):
        queue = app.amqp.router.route({}, task.name)["queue"].name
        assert [name for name, taken in queues.items() if queue in taken] == ["sender"]
        assert 0 < task.soft_time_limit < task.time_limit
    assert queues["sender"] == ["sending"]
    assert "sender" in ALL


@pytest.mark.parametrize("option", ["rto=9000", "cto=9000", "RTO=9000", "redirect=yes",
                                    "template=/etc/passwd", "keyfile=/etc/passwd", "subfile=x",
                                    "pgp=yes", "pgpkey=/etc/passwd", "%72to=9000",
                                    "+template=/etc/passwd"])  # fmt: skip
def test_no_address_sets_our_patience_or_names_a_file_of_ours(option: str) -> None:
    for address in ("json://push.example/", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
                    "ntfys://topic"):  # fmt: skip
        for url in (f"{address}?{option}", f"{address}?a=b&{option}"):
            with pytest.raises(outside.BadAddress, match="Leave out"):
                outside.known(url)
            assert "Leave out" in outside.notify(url, "t", "b").error


def test_apprise_waits_as_long_as_we_say_and_is_sent_nowhere_else() -> None:
    found = outside.known("json://push.example/?priority=high")
    assert found.request_timeout == outside.TIMEOUT
    assert found.redirects is False


# -- leading nowhere inside ------------------------------------------------------------------------

INSIDE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255",  # noqa: S104
    "192.168.1.1", "168.63.129.16", "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1",
    "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
    "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "localhost", "2130706433", "0x7f.1", "",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_inside_counts_as_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_the_internet_does(address: str) -> None:
    assert is_public(address)


TRICKS = (
    "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
    "http://2130706433:{port}/", "http://0x7f000001:{port}/", "http://0177.0.0.1:{port}/",
    "http://127.1:{port}/", "http://0:{port}/", "http://[::]:{port}/", "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127.0.0.1:{port}#@example.com/", "http://example.com@127.0.0.1:{port}/",
    "http://127.0.0.1.:{port}/", "http:\\\\127.0.0.1:{port}/", "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x", "ftp://127.0.0.1:{port}/", "//127.0.0.1:{port}/",
)  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_no_address_leads_to_this_machine(stub: Stub, settings: Any, trick: str) -> None:
    """Even where plain http is allowed because the owner named another network."""
    settings.OUTGOING_ALLOW = ["10.9.9.0/24"]
    url = trick.format(port=stub.server_port)
    assert outside.post(url, b"{}", {}).error
    for scheme in ("json", "xml", "form"):
        assert outside.notify(url.replace("http", scheme, 1), "t", "b").error
    assert stub.got == []


@pytest.mark.usefixtures("nearby")
def test_no_redirect_is_followed(stub: Stub) -> None:
    other = Stub()
    try:
        stub.answer = (307, {"Location": f"{other.url}/"})
        assert "307" in outside.post(stub.url, b"{}", {}).error
        assert len(stub.got) == 1
        assert other.got == []
    finally:
        other.server_close()


def test_a_name_that_means_something_else_the_second_time_leads_nowhere(
    stub: Stub, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when it is looked at, this machine when it is connected to."""
    settings.OUTGOING_ALLOW = ["10.9.9.0/24"]
    answers = iter(["93.184.216.34"] + ["127.0.0.1"] * 20)

    def resolve(_host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        address = (next(answers), port)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    socket.getaddrinfo("rebind.example", stub.server_port)
    assert "127.0.0.1 is not" in outside.post(
        f"http://rebind.example:{stub.server_port}/", b"{}", {}
    ).error  # fmt: skip
    assert stub.got == []


def test_the_guard_holds_only_inside(stub: Stub) -> None:
    def knock() -> None:
        with socket.create_connection(("127.0.0.1", stub.server_port), timeout=2):
            pass

    knock()
    with guarded(), pytest.raises(Forbidden):
        knock()
    with socket.socket(socket.AF_UNIX) as local, guarded(), pytest.raises(Forbidden):
        local.connect("/nowhere")
    knock()
