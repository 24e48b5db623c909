"""Fixtures over the real servers of `tests.servers`; the first use starts them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from tests import servers
from tests.databases import Databases


@pytest.fixture(scope="session")
def databases() -> Databases:
    """The servers run, and this process has its clone and an empty Valkey database."""
    return servers.started()


@pytest.fixture(scope="session")
def django_db_setup(databases: Databases) -> Iterator[None]:
    """Instead of pytest-django's: the clone is made already, and has alpha and beta in it."""
    yield
    from django.db import connections

    connections.close_all()


@pytest.fixture
def valkey(databases: Databases) -> Iterator[redis.Redis]:
    """An empty Valkey database."""
    with databases.servers.valkey.client(databases.slot) as client:
        client.flushdb()
        yield client


@pytest.fixture(scope="module")
def second_database(databases: Databases) -> Iterator[dict[str, str]]:
    """The environment of a fresh clone, for a module that runs servers of its own."""
    environment = databases.another()
    yield environment
    databases.drop(environment)
