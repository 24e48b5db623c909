"""What every test can ask for: two MSPs, the cast, and what follows from what was announced."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import pytest
from django.db import connections
from django.test import Client as Browser
from hypothesis import HealthCheck, settings

from tenants import context
from tenants.middleware import forget_hosts
from tenants.models import Msp
from tenants.people.models import Person
from tests.databases import Databases

pytest_plugins = ["tests.cast", "tests.screens"]

# A shared machine stalls now and then: a property that was slow once is not wrong.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

_connect = socket.socket.connect


def _connect_nearby(self: socket.socket, address: Any) -> None:
    """No test speaks to anybody beyond this machine."""
    host = address[0] if isinstance(address, tuple) else "localhost"
    if not host.endswith("localhost") and not ip_address(host).is_loopback:
        raise OSError(f"A test wanted to call {host}.")
    _connect(self, address)


socket.socket.connect = _connect_nearby  # type: ignore[method-assign]

NOW = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)  # a Monday, 10:00 in New York


@pytest.fixture
def at() -> datetime:
    """The instant tests speak of: Monday 2026-06-01, 14:00 UTC."""
    return NOW


def _tenant(slug: str) -> context.Tenant:
    with context.outside():
        return context.tenant_of(Msp.objects.get(slug=slug))


@pytest.fixture
def alpha(db: None) -> Iterator[context.Tenant]:
    """Run the test inside the MSP alpha."""
    forget_hosts()
    with context.inside(_tenant("alpha")) as tenant:
        yield tenant


@pytest.fixture
def beta(db: None) -> context.Tenant:
    """The other MSP; enter it with `with context.inside(beta):`."""
    return _tenant("beta")


def person(name: str) -> Person:
    """One of the staff of the current MSP: Ada, Ben, Fay or Guy."""
    return Person.objects.get(name=name)


@pytest.fixture
def sign_in(alpha: context.Tenant) -> Callable[[Person], Browser]:
    """A browser signed in as somebody, at alpha's host."""

    def enter(who: Person, host: str = "alpha.localhost") -> Browser:
        browser = Browser(HTTP_HOST=host, raise_request_exception=True)
        browser.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return enter


@pytest.fixture
def ada(sign_in: Callable) -> Browser:
    """The owner's browser."""
    return sign_in(person("Ada"))


@pytest.fixture
def ben(sign_in: Callable) -> Browser:
    """A technician's browser."""
    return sign_in(person("Ben"))


@pytest.fixture
def fay(sign_in: Callable) -> Browser:
    """The finance person's browser."""
    return sign_in(person("Fay"))


@pytest.fixture
def guy(sign_in: Callable) -> Browser:
    """The browser of somebody who may only look."""
    return sign_in(person("Guy"))


@pytest.fixture
def nobody(alpha: context.Tenant) -> Browser:
    """A browser nobody is signed in with."""
    return Browser(HTTP_HOST="alpha.localhost")


@pytest.fixture(scope="module", autouse=True)
def fresh_lines() -> None:
    """A file of tests goes on with no connection of the one before: its database may be gone."""
    connections.close_all()


@pytest.fixture
def committed(databases: Databases, django_db_blocker: Any) -> Iterator[None]:
    """Real commits, for tests of workers, locks and reconnects; the database is new afterwards."""
    with django_db_blocker.unblock():
        forget_hosts()
        connections.close_all()
        try:
            yield
        finally:
            connections.close_all()
    databases.renew()


@pytest.fixture
def drain(alpha: context.Tenant) -> Callable[[], int]:
    """Run every reaction that is owed."""
    from tenants.journal.delivery import drain as run

    return run
