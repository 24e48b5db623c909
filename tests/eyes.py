"""A browser that looks at pages the test client answered: no server, static files from finders."""

import mimetypes
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from playwright.sync_api import Browser, Page, Route


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

    def look(self, path: str) -> Page:
        """The page, once it stands still."""
        frame = self.browser.new_context(
            viewport={"width": 1440, "height": 900}, reduced_motion="reduce", has_touch=True
        )
        page = frame.new_page()
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route("**/*", self._answer)
        page.goto(f"http://alpha.localhost{path}")
        page.evaluate("document.fonts.ready")
        return page

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


def violations(page: Page) -> list[str]:
    """What axe finds wrong, a line each."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"][:3]]


def overflow(page: Page) -> int:
    """How many pixels the page can be scrolled sideways."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
