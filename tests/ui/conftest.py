"""Rendering without a server: templates by Django, pages by a browser fed from memory."""

import copy
import mimetypes
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.backends.django import DjangoTemplates
from django.test import RequestFactory
from django.utils import timezone
from playwright.sync_api import Browser, Page, Playwright, Route, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
)
CHART = {
    "t": [1_790_000_000 + hour * 3600 for hour in range(48)],
    "series": [{"name": "Used", "unit": "%", "v": [60 + hour / 4 for hour in range(48)]}],
    "limits": [{"at": 90, "name": "Alert at 90%"}],
}


class Somebody:
    """As much of a viewer as the shells read."""

    name, theme, is_staff = "Ada Marsh", "", True
    permissions = frozenset({"ticket.edit"})


NAV = [
    {"title": "", "items": [{"key": "today", "label": "Today", "icon": "sun-medium", "url": "/"}]},
    {
        "title": "Work",
        "items": [
            {"key": "ticket", "label": "Tickets", "icon": "inbox", "url": "/t", "count": 38},
            {
                "key": "incident",
                "label": "Incidents",
                "icon": "siren",
                "url": "/i",
                "count": 3,
                "tone": "danger",
            },
            {"key": "client", "label": "Clients", "icon": "building-2", "url": "/c"},
        ],
    },
]


@pytest.fixture(scope="session")
def engine() -> DjangoTemplates:
    """The product's template engine, which also finds the pages of tests/ui/templates."""
    params = copy.deepcopy(settings.TEMPLATES[0]) | {"NAME": "ui", "APP_DIRS": False}
    params["DIRS"] = [*params["DIRS"], HERE / "templates"]
    return DjangoTemplates({key: value for key, value in params.items() if key != "BACKEND"})


@pytest.fixture
def draw(engine: DjangoTemplates) -> Iterator[Callable[..., str]]:
    """Render a template of the product, or one of tests/ui/templates, as a signed-in person."""

    def render(template: str, viewer: Any = Somebody, **context: Any) -> str:
        request = RequestFactory().get("/")
        shell = {"msp_name": "Northlight IT", "nav": NAV, "active": "ticket", "viewer": viewer}
        return engine.get_template(template).render(shell | context, request)

    with timezone.override(UTC):
        yield render


@pytest.fixture(scope="module")  # its event loop runs while it is open; another cannot begin
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium where it is installed, otherwise the one Playwright brought."""
    path = shutil.which("chromium")
    browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
    yield browser
    browser.close()


@pytest.fixture
def look_at(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open HTML in the browser, under the real policy, with static files from the finders.

    What the page complains about (console, policy, scripts) is collected in `page.complaints`.
    """
    opened = []

    def show(
        html: str, *, width: int = 1440, height: int = 900, theme: str = "light", **extra: str
    ) -> Page:
        frame = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            reduced_motion="reduce",
            has_touch=width < 500,
            is_mobile=width < 500,
        )
        page = frame.new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        answers = {"/": html, "/chart.json": CHART} | extra
        page.route("**/*", lambda route: _answer(route, answers))
        page.goto("http://alpha.test/")
        page.evaluate("document.fonts.ready")
        opened.append(frame)
        return page

    yield show
    for frame in opened:
        frame.close()


def _answer(route: Route, answers: dict[str, Any]) -> None:
    path = urlsplit(route.request.url).path
    if path.startswith(settings.STATIC_URL):
        found = finders.find(path.removeprefix(settings.STATIC_URL))
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        route.fulfill(path=found, content_type=kind) if found else route.fulfill(status=404)
    elif path in answers and isinstance(answers[path], dict):
        route.fulfill(json=answers[path])
    elif path in answers:
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        route.fulfill(body=answers[path], headers=headers)
    else:
        route.fulfill(status=204, headers={"Date": _now()})


def _now() -> str:
    return datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
