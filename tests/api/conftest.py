"""A program that speaks to the API with a key of alpha."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from tenants.context import Tenant
from tenants.people import actions
from tenants.people.rules.scopes import SCOPES
from tests.conftest import person
from tests.make import BY


@dataclass
class Program:
    """Sends JSON with a key."""

    token: str
    host: str = "alpha.localhost"
    browser: Browser = field(default_factory=Browser)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Any request; `body` is JSON unless it is bytes already."""
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        extra = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        extra |= {name.replace("_", "-"): value for name, value in headers.items()}
        kind = extra.pop("Content-Type", "application/json")
        return self.browser.generic(
            method, f"/api/v1/{path}", raw, content_type=kind, headers=extra, HTTP_HOST=self.host
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.send("PATCH", path, body, **headers)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """All rows of a list, page after page."""
        found: list[dict[str, Any]] = []
        url: str | None = path
        while url:
            answer = self.get(url.rpartition("/api/v1/")[2]).json()
            found += answer["data"]
            url = answer["next"]
        return found


def key(*scopes: str, who: str = "Ada", **options: Any) -> str:
    """A new key of somebody of the current MSP."""
    return actions.create_key(
        person=person(who), name="Test", scopes=list(scopes or SCOPES), by=BY,
        at=datetime.now(UTC), **options,
    )  # fmt: skip


@pytest.fixture
def api(alpha: Tenant) -> Program:
    """A program that may do everything."""
    return Program(key())


@pytest.fixture
def program(alpha: Tenant) -> Callable[..., Program]:
    """Make a program with some scopes only."""
    return lambda *scopes, **options: Program(key(*scopes, **options))
