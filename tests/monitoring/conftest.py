"""An intake that remembers nothing of the test before."""

from collections.abc import Iterator

import pytest
import redis

from monitoring.gateways import stream
from monitoring.ingest import directory, discards, keep
from tenants.context import Tenant
from tests.monitoring.estate import Estate, estate


@pytest.fixture(autouse=True)
def fresh_intake() -> Iterator[None]:
    directory.forget()
    keep.forget()
    discards.forget()
    yield
    stream.line.drop()


@pytest.fixture
def harbor(alpha: Tenant, valkey: redis.Redis) -> Estate:
    """A client of alpha with a key, and an empty stream."""
    return estate()
