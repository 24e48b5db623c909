"""Whatever a stranger, a client or a technician sends, the answer is never a fault of ours."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client as Browser

from tenants.context import Tenant
from tests.conftest import person
from tests.isolation.estate import World, world
from tests.isolation.routes import ALLAUTH, Route, routes
from tests.isolation.test_walk import undone

ODD = (
    "\x00", "'; DROP TABLE people_person; --", "9" * 40, "-1", "1e309", "\ud7ff\U0001f980",
    "<script>alert(1)</script>" * 400, "0001-01-01", "9999-12-31", "true", "",
)  # fmt: skip
NAMES = (
    "q", "page", "sort", "view", "tab", "state", "status", "kind", "client", "client_id", "site",
    "device", "owner", "priority", "month", "since", "until", "before", "after", "range", "id",
    "ids", "on", "who", "room", "known_at", "next", "as", "verdict", "level", "agreement", "format",
    "name", "subject", "body", "text", "email", "role", "title", "zone", "currency", "note",
    "starts_on", "ends_on", "effective_on", "counts_from_on", "pause_reason", "scopes", "lines",
    "facts", "definition", "targets", "calendar", "windows", "tax_rate", "payment_days", "key",
    "cap", "period", "grace", "slug", "address", "contact", "channel", "theme", "token", "password",
)  # fmt: skip
BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b"{"),
    ("application/json", b"[" * 100_000 + b"]" * 100_000),
    ("application/x-www-form-urlencoded", b"=&=&%zz=%zz&&&a[b][c]=1"),
    ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(1500))),
    ("application/x-www-form-urlencoded; charset=no-such", b"name=x"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="name"'),
    ("multipart/form-data", b"no boundary"),
    ("text/plain", b"\xff\xfe\x00"),
    ("", b"\x00" * 64),
)
STAFF = [r for r in routes() if r.gate.startswith(("staff", "signed_in", "anyone"))]
PORTAL = [r for r in routes() if r.gate.startswith("client_user")]
ENTRANCES = [r for r in routes() if r.name in ALLAUTH]


@pytest.fixture
def filled(alpha: Tenant) -> World:
    cache.clear()
    return world("HERE", "OTHER")


TURNS = 3


def oddly(place: int) -> list[dict[str, str]]:
    """Every parameter with something odd, mixed so that no single refusal hides all the others.

    A parameter has another three of the odd values at the next address, so that within a few
    addresses each has had each of them.
    """
    return [
        {name: ODD[(n + place * TURNS + turn) % len(ODD)] for n, name in enumerate(NAMES)}
        for turn in range(TURNS)
    ]


def bodies(place: int) -> list[tuple[str, bytes]]:
    return [BODIES[(place * 3 + turn) % len(BODIES)] for turn in range(3)]


def faults(browser: Browser, found: list[Route], filled: World) -> list[str]:
    """What answered with a 5xx, to odd parameters, odd forms and odd bodies."""
    wrong: list[str] = []

    def note(answer: HttpResponse, said: str) -> None:
        if answer.status_code >= 500 and answer.status_code != 503:
            wrong.append(f"{answer.status_code}: {said}")

    for place, route in enumerate(found):
        url = route.url(filled)
        with undone():
            knows_get = browser.get(url).status_code != 405
        with undone():
            knows_post = browser.post(url).status_code != 405
        for turn, odd in enumerate(oddly(place) if knows_get else ()):
            with undone():
                query = "&".join(f"{n}={quote(v[:300], safe='')}" for n, v in odd.items())
                note(browser.get(f"{url}?{query}"), f"GET {url}, place {place} turn {turn}")
        for turn, odd in enumerate(oddly(place) if knows_post else ()):
            with undone():
                note(browser.post(url, odd), f"POST {url}, place {place} turn {turn}")
        for kind, body in bodies(place) if knows_post else ():
            with undone():
                note(
                    browser.generic("POST", url, body, content_type=kind),
                    f"POST {url} {kind} {body[:20]!r}",
                )
    return wrong


@pytest.fixture
def quiet(sign_in: Callable) -> Callable[..., Browser]:
    """A browser that hands a fault back as an answer instead of raising it."""

    def enter(*args: object) -> Browser:
        browser = sign_in(*args) if args else Browser(HTTP_HOST="alpha.localhost")
        browser.raise_request_exception = False
        return browser

    return enter


@pytest.mark.timeout(400)
@pytest.mark.parametrize("part", range(3))
def test_staff_pages_take_anything(filled: World, quiet: Callable, part: int) -> None:
    wrong = faults(quiet(person("Ada")), STAFF[part::3], filled)
    assert wrong == [], "\n".join(wrong[:40])


@pytest.mark.timeout(400)
def test_portal_pages_take_anything(filled: World, quiet: Callable) -> None:
    wrong = faults(quiet(filled.here.admin.person), PORTAL, filled)
    assert wrong == [], "\n".join(wrong[:40])


@pytest.mark.timeout(400)
def test_entrances_take_anything(filled: World, quiet: Callable) -> None:
    wrong = faults(quiet(), ENTRANCES, filled)
    assert wrong == [], "\n".join(wrong[:40])


ADDRESSES = (
    "//", "/clients//", "/clients/%2e%2e/settings/people", "/%00", "/clients/%ff",
    "/settings/people/", "/Settings/People", "/tickets/00001", "/tickets/-1", "/devices/1.0",
    "/tickets/" + "9" * 400, "/portal/requests/" + "9" * 400, "/" + "a" * 20_000,
    "/accounts/../settings/keys", "/static/../msp/settings.py",
    "/static/%2e%2e/msp/settings.py",
    "/;/settings/keys", "/settings/keys;.css", "/accounts/link/%0d%0aSet-Cookie:x=1/",

)  # fmt: skip


def test_odd_addresses_open_nothing(filled: World, quiet: Callable) -> None:
    opened = []
    for path in ADDRESSES:
        answer = quiet().get(path)
        button = path.startswith("/accounts/link/")  # any link shows its button; pressing it tells
        if answer.status_code not in (301, 302, 400, 404) and not button:
            opened.append(f"{path}: {answer.status_code}")
        said = b"" if answer.streaming else answer.content
        if "x=1" in answer.headers.get("Set-Cookie", "") or b"SECRET_KEY" in said:
            opened.append(f"{path} gives something away")
    assert opened == []
