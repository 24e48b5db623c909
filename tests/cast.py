"""The clients of the cast: Harbor with Cleo and Dan, Quill with Eve. Who may see what, in tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.test import Client as Browser

from contracts.clients.models import Client, Contact
from contracts.queries import levels
from tenants.context import Tenant
from tests import make


@dataclass(frozen=True)
class Cast:
    """Harbor's portal admin is Cleo, its portal user Dan; Eve is the portal admin of Quill."""

    harbor: Client
    quill: Client
    cleo: Contact
    dan: Contact
    eve: Contact


@pytest.fixture(autouse=True)
def _fresh_levels() -> Iterator[None]:
    """A renewed database gives ids out again; the process must not remember the old rows."""
    yield
    levels.forget()


@pytest.fixture
def cast(alpha: Tenant) -> Cast:
    """Two clients of alpha and their portal people."""
    harbor, quill = make.client("Harbor Dental"), make.client("Quill Accounting")
    people = {
        name: make.contact(client, name)
        for name, client in (("Cleo", harbor), ("Dan", harbor), ("Eve", quill))
    }
    for name, role in (("Cleo", "admin"), ("Dan", "user"), ("Eve", "admin")):
        make.portal(people[name], role)
        people[name].refresh_from_db()
    return Cast(harbor, quill, people["Cleo"], people["Dan"], people["Eve"])


@pytest.fixture
def cleo(cast: Cast, sign_in: Callable) -> Browser:
    """The browser of Harbor's portal admin."""
    return sign_in(cast.cleo.person)


@pytest.fixture
def dan(cast: Cast, sign_in: Callable) -> Browser:
    """The browser of a portal user of Harbor."""
    return sign_in(cast.dan.person)


@pytest.fixture
def eve(cast: Cast, sign_in: Callable) -> Browser:
    """The browser of the portal admin of another client."""
    return sign_in(cast.eve.person)
