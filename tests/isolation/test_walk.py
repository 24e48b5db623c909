"""Every address, by everybody: who gets in, and that nothing of anybody else comes out."""

import copy
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client as Browser

from tenants import context
from tenants.context import Tenant
from tenants.people.models import Person
from tenants.people.rules.roles import Permission, permissions_of
from tests.api.conftest import key
from tests.conftest import person
from tests.isolation.estate import World, world
from tests.isolation.routes import ALLAUTH, Route, routes

HERE, OTHER, BETA = "HARBORMARK", "QUILLMARK", "BETAMARK"
PAGES = [route for route in routes() if route.name not in ALLAUTH]


def test_every_view_has_a_gate_or_is_allauths() -> None:
    assert [route.path for route in PAGES if not route.gate] == []
    assert {route.name for route in routes()} >= ALLAUTH
    kinds = {re.split(r"[:]", route.gate)[0] for route in PAGES}
    assert kinds == {"staff", "client_user", "signed_in", "anyone", "key"}


def test_what_is_open_to_anyone_is_a_short_list() -> None:
    assert {route.name for route in PAGES if route.gate == "anyone"} == {
        "theme", "sign-out", "link", "link-open", "api-openapi", "api-docs",
    }  # fmt: skip


def test_staff_gates_name_permissions_that_exist() -> None:
    named = {route.gate.partition(":")[2] for route in PAGES if route.gate.startswith("staff:")}
    assert named <= {"any", *(str(one) for one in Permission)}


@dataclass
class Identity:
    """Somebody who walks: as which kind, with which rights, and whose marks they may see."""

    browser: Browser
    kind: str  # nobody, staff, portal, key, strange_key
    role: str = ""
    sees: tuple[str, ...] = ()
    token: str = ""

    def ask(self, method: str, url: str) -> HttpResponse:
        """Ask, and stay who one is: signing out on the way changes nothing for the next."""
        extra = {"HTTP_AUTHORIZATION": f"Bearer {self.token}"} if self.token else {}
        before = copy.deepcopy(self.browser.cookies)
        try:
            return self.browser.generic(method, url, **extra)
        finally:
            self.browser.cookies = before


@contextmanager
def undone() -> Iterator[None]:
    """What happens in here did not happen."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def expected(route: Route, who: Identity) -> str:
    """How this person is received: in, login, portal, refused or unknown_key."""
    gate, _, rest = route.gate.partition(":")
    if gate == "key":
        return "in" if who.kind == "key" else "unknown_key"
    if gate == "anyone":
        return "in"
    if who.kind in ("nobody", "key", "strange_key"):
        return "login"
    if gate == "signed_in":
        return "in"
    if gate == "staff":
        return _at_staff(rest, who)
    roles = rest.split(",")
    is_one = who.kind == "portal" and (roles == ["any"] or who.role in roles)
    return "in" if is_one else "refused"


def _at_staff(permission: str, who: Identity) -> str:
    if who.kind == "portal":
        return "portal" if permission == "any" else "refused"
    held = {str(one) for one in permissions_of(who.role)}
    return "in" if permission == "any" or permission in held else "refused"


def received(answer: HttpResponse) -> str:
    place = answer.get("Location", "")
    if answer.status_code == 401:
        return "unknown_key" if "WWW-Authenticate" in answer else "login"
    if answer.status_code == 302 and place.startswith("/accounts/login/?next="):
        return "login"
    if answer.status_code == 302 and place == "/portal/":
        return "portal"
    return "refused" if answer.status_code == 403 else "in"


def fits(answer: HttpResponse, route: Route, who: Identity) -> bool:
    """A method that an address does not know at all (405) says nothing, so it may say it early."""
    return answer.status_code == 405 or received(answer) == expected(route, who)


def session(host: str, who: Person) -> Browser:
    browser = Browser(HTTP_HOST=host)
    browser.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def identity(name: str, alpha: World, beta_tenant: Tenant) -> Identity:
    """One of those who walk alpha's addresses."""
    host = "alpha.localhost"
    everything = (HERE, OTHER)
    if name == "nobody":
        return Identity(Browser(HTTP_HOST=host), "nobody")
    if name in ("Ada", "Ben", "Fay", "Guy"):
        who = person(name)
        return Identity(session(host, who), "staff", who.role, everything)
    if name in ("Cleo", "Dan"):
        contact = alpha.here.admin if name == "Cleo" else alpha.here.user
        return Identity(session(host, contact.person), "portal", contact.portal_role, (HERE,))
    if name == "Eve":
        return Identity(session(host, alpha.other.admin.person), "portal", "admin", (OTHER,))
    if name == "key of alpha":
        return Identity(Browser(HTTP_HOST=host), "key", "owner", everything, key())
    with context.inside(beta_tenant):
        if name == "key of beta":
            return Identity(Browser(HTTP_HOST=host), "strange_key", token=key())
        stranger = session("beta.localhost", person("Ada"))
    stolen = Browser(HTTP_HOST=host)
    stolen.cookies["session"] = stranger.cookies["session"].value
    return Identity(stolen, "nobody")


def methods(route: Route, who: Identity) -> tuple[str, ...]:
    """A post that lets the owner in does the same for whoever else of the staff it lets in.

    And a program at a page of people is nobody there, whatever its key.
    """
    met = expected(route, who)
    repeats = who.kind == "staff" and who.role != "owner" and met == "in"
    lost = who.kind in ("key", "strange_key") and met == "login"
    return ("GET",) if repeats or lost else ("GET", "POST")


EVERYBODY = {
    "strangers": ("nobody", "Ada of beta", "key of beta", "key of alpha"),
    "staff": ("Guy", "Ben", "Fay", "Ada"),
    "clients": ("Dan", "Cleo", "Eve"),
}


@pytest.fixture
def filled(alpha: Tenant, beta: Tenant) -> World:
    cache.clear()
    with context.inside(beta):
        world(BETA, f"{BETA}TWO")
    return world(HERE, OTHER)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("group", EVERYBODY)
def test_everybody_gets_in_where_they_may_and_sees_what_is_theirs(
    filled: World, beta: Tenant, group: str
) -> None:
    wrong = []
    for name in EVERYBODY[group]:
        who = identity(name, filled, beta)
        wrong += [
            f"{name}: {said}"
            for route in PAGES
            for method in methods(route, who)
            for said in amiss(who, name, route, method, route.url(filled))
        ]
    assert wrong == [], "\n".join(wrong)


def amiss(who: Identity, name: str, route: Route, method: str, url: str) -> Iterator[str]:
    """What is wrong with the answer this person gets."""
    with undone():
        answer = who.ask(method, url)
        content = b"".join(answer) if answer.streaming else answer.content
        text = content.decode(errors="replace")
    said = f"{method} {url} ({route.gate}): {answer.status_code}"
    if answer.status_code >= 500:
        yield f"{said} broke"
    if not fits(answer, route, who):
        yield f"{said} was {received(answer)}, not {expected(route, who)}"
    yield from (f"{said} shows {mark}" for mark in strangers(who, name) if mark in text)
    yield from (f"{said} lacks {lack}" for lack in careless(answer, who))


def strangers(who: Identity, name: str) -> list[str]:
    """Marks this person must never meet."""
    found = [mark for mark in (HERE, OTHER, BETA) if mark not in who.sees]
    if who.kind == "portal":
        found += [f"{mark}NOTE" for mark in (HERE, OTHER)]
    if name == "Dan":
        found.append(f"Admins {HERE}")  # another person's request
    return found


def careless(answer: HttpResponse, who: Identity) -> list[str]:
    """Headers that must be there."""
    lacks = [
        name
        for name in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options")
        if name not in answer
    ]
    policy = answer.get("Content-Security-Policy", "")
    if "'unsafe" in policy or "script-src 'self'" not in policy:
        lacks.append("a strict policy")
    text = b"" if answer.streaming else answer.content
    live = answer.status_code == 200 and b'data-live="' in text  # a page of somebody signed in
    if live and "no-store" not in answer.get("Cache-Control", ""):
        lacks.append("Cache-Control: no-store")
    return lacks


def test_at_beta_the_ids_of_alpha_mean_nothing(filled: World, beta: Tenant) -> None:
    with context.inside(beta):
        owner = person("Ada")
        browser = session("beta.localhost", owner)
        token = key()
    wrong = []
    for route in PAGES:
        url = route.url(filled)
        extra = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if route.gate.startswith("key") else {}
        with undone():
            answer = browser.get(url, **extra)
            text = b"" if answer.streaming else answer.content
        if answer.status_code >= 500:
            wrong.append(f"{url}: {answer.status_code}")
        wrong += [f"{url} shows {m}" for m in (HERE, OTHER) if m.encode() in text]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("name", ["Cleo", "Eve"])
def test_a_client_changes_nothing_of_another(
    filled: World, beta: Tenant, name: str, sign_in: Callable
) -> None:
    """Portal forms sent with the other client's ids."""
    mine, theirs = (filled.here, filled.other) if name == "Cleo" else (filled.other, filled.here)
    browser = sign_in(mine.admin.person)
    number = theirs.of_admin.number
    for path in (
        f"requests/{number}",
        f"devices/{theirs.device.pk}",
        f"invoices/{theirs.invoice.pk}",
    ):
        assert browser.get(f"/portal/{path}").status_code == 404
    for verb in ("say", "close", "reopen"):
        answer = browser.post(f"/portal/requests/{number}/{verb}", {"body": "x", "text": "x"})
        assert answer.status_code == 404
    browser.post(
        "/portal/requests/new",
        {"subject": "S", "body": "B", "device": theirs.device.pk, "client": theirs.client.pk,
         "contact": theirs.admin.pk},
    )  # fmt: skip
    from tickets.models import Ticket

    newest = Ticket.objects.order_by("-pk").first()
    assert newest.subject != "S" or (
        newest.client_id == mine.client.pk and newest.device_id != theirs.device.pk
    )
