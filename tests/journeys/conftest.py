"""The product running whole, for the journeys; one for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browsing import Product, chromium, product


@pytest.fixture(scope="module")
def running(
    second_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """Web, worker, sender, owner's worker and beat over a database of their own."""
    folder: Path = tmp_path_factory.mktemp("product")
    with product(second_database, folder, "web", "worker", "sender", "owner", "beat") as made:
        yield made


@pytest.fixture(scope="module")  # its event loop runs while it is open; another cannot begin
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
