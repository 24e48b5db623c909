"""A browser that looks at pages the test client answered: no server, static files from finders.

Set `SHOTS` to a folder to keep what the browser saw.
"""

import mimetypes
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, Page, Route

from tests.browsing import chromium, overflow, violations

# What is asked at each: a theme changes colours only, and 320 pixels only the width.
LOOKS = (("light", 1440, "all"), ("dark", 390, "colours"), ("light", 320, "width"))


@contextmanager
def watching() -> Iterator[Browser]:
    """Chromium beside the database: its driver keeps an event loop here, and tests use none."""
    with chromium() as browser, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        connections.close_all()  # none that began before the loop
        yield browser


@dataclass
class Eyes:
    """What the browser gets by path; everything else that is not a static file is empty."""

    browser: Browser
    answers: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def know(self, path: str, response: HttpResponse) -> None:
        headers = {
            name: value
            for name, value in response.headers.items()
            if name in ("Content-Type", "Content-Security-Policy")
        }
        self.answers[path] = (response.content, headers)

    def open(self) -> Page:
        frame = self.browser.new_context(
            viewport={"width": 1440, "height": 900}, reduced_motion="reduce", has_touch=True
        )
        page = frame.new_page()
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route("**/*", self._answer)
        return page

    def visit(self, page: Page, client: Client, asked: str | HttpResponse) -> None:
        """The page, once it stands still."""
        if isinstance(asked, str):
            address, answer = asked, client.get(asked)
            assert answer.status_code == 200, asked
        else:
            address, answer = asked.request["PATH_INFO"], asked
        self.know(address.partition("?")[0], answer)
        for chart in re.findall(r'data-chart="([^"]+)"', answer.content.decode()):
            self.know(chart.partition("?")[0], client.get(chart))
        page.set_viewport_size({"width": 1440, "height": 844})
        page.goto(f"http://alpha.localhost{address}")
        page.evaluate("document.fonts.ready")

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith(settings.STATIC_URL):
            found = finders.find(path.removeprefix(settings.STATIC_URL))
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            route.fulfill(path=found, content_type=kind) if found else route.fulfill(status=404)
        elif path in self.answers:
            body, headers = self.answers[path]
            route.fulfill(body=body, headers=headers)
        else:
            route.fulfill(status=204)


def named(*paths: str) -> dict[str, str]:
    """Pages by a name that a file can have too."""
    return {re.sub(r"\W+", "-", path).strip("-") or "start": path for path in paths}


def seen(
    browser: Browser, client: Client, pages: dict[str, str] | dict[str, HttpResponse]
) -> dict[str, list[str]]:
    """Look at each page in both themes, wide and narrow; what is wrong by page.

    A page is an address to get, or an answer that is here already (a form that came back).
    """
    eyes, wrong = Eyes(browser), {}
    page = eyes.open()
    for name, asked in pages.items():
        eyes.complaints.clear()
        eyes.visit(page, client, asked)
        found = [line for look in LOOKS for line in _wrong(page, name, *look)]
        if found + eyes.complaints:
            wrong[name] = found + eyes.complaints
    page.context.close()
    return wrong


def _wrong(page: Page, name: str, theme: str, width: int, asked: str) -> list[str]:
    """What is wrong at one width: of everything, of its colours, or only of its width."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 844})
    page.wait_for_timeout(100 if page.locator("[data-chart]").count() else 20)
    said = violations(page, colours=asked == "colours") if asked != "width" else []
    found = [f"{theme} {width} {line}" for line in said]
    if overflow(page):
        found.append(f"{width}: {overflow(page)} px too wide")
    _keep(page, f"{name}.{theme}.{width}")
    return found


def _keep(page: Page, name: str) -> None:
    folder = os.environ.get("SHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
