"""A room's pages in a real browser, over the running product and a story told into its database.

A file of screens names its `STORY` (a module that tells it and prints the numbers of what it made,
as JSON, with the `PASSWORD` of its people) and its `PAGES` (whose e-mail opens which addresses).
"""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browsing import (
    SIZES,
    Product,
    chromium,
    overflow,
    product,
    sign_in,
    violations,
)

Open = Callable[..., Page]
Running = tuple[Product, dict[str, int]]


@pytest.fixture(scope="module")
def running(
    request: pytest.FixtureRequest,
    second_database: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Running]:
    """The web part over a database of its own, with the story in it."""
    folder: Path = tmp_path_factory.mktemp("screens")
    with product(second_database, folder, "web") as made:
        told = subprocess.run(
            [sys.executable, "-m", request.module.STORY], env=made.environment,
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        yield made, json.loads(told[told.index("{") :])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def sessions(request: pytest.FixtureRequest, browser: Browser, running: Running) -> dict[str, Any]:
    """Each person signs in once; every page after that starts with their cookies."""
    password = importlib.import_module(request.module.STORY).PASSWORD
    kept = {}
    for who in request.module.PAGES:
        frame = browser.new_context()
        sign_in(frame.new_page(), running[0].home(), who, password)
        kept[who] = frame.storage_state()
        frame.close()
    return kept


@pytest.fixture(scope="module")
def frames(browser: Browser, sessions: dict[str, Any]) -> Iterator[dict[str, BrowserContext]]:
    """One for each person: what a page has fetched, the next one need not fetch again."""
    width, height = SIZES["desktop"]
    made = {
        who: browser.new_context(
            viewport={"width": width, "height": height}, storage_state=state,
            reduced_motion="reduce",
        )
        for who, state in sessions.items()
    }  # fmt: skip
    yield made
    for frame in made.values():
        frame.close()


@pytest.fixture(scope="module")
def kept(frames: dict[str, BrowserContext]) -> dict[str, Page]:
    """A page for each person that every test starts with: opening one costs more than going on."""
    return {who: _heard(frame.new_page()) for who, frame in frames.items()}


def _heard(page: Page) -> Page:
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


@pytest.fixture
def enter(
    kept: dict[str, Page], frames: dict[str, BrowserContext], running: Running
) -> Iterator[Open]:
    """A page as one of them, at an address with the story's numbers; a second one is another."""
    opened, free = [], set(kept)
    width, height = SIZES["desktop"]

    def show(who: str, path: str) -> Page:
        if who in free:
            free.remove(who)
            page = kept[who]
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme="light")
            page.goto("about:blank")
            page.complaints.clear()
        else:
            page = _heard(frames[who].new_page())
            opened.append(page)
        page.goto(running[0].home() + path.format(**running[1]))
        return page

    yield show
    for page in opened:
        page.close()


def each_page(pages: dict[str, tuple[str, ...]]) -> pytest.MarkDecorator:
    """One test for each address and who opens it."""
    every = [(who, path) for who, paths in pages.items() for path in paths]
    return pytest.mark.parametrize(("who", "path"), every)


def assert_sound(page: Page) -> None:
    """Accessible in both themes, never wider than the screen, and nothing to complain of."""
    page.emulate_media(color_scheme="light")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, colours=True) == []
    assert overflow(page) == 0
    for size in ("phone", "narrow"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        assert overflow(page) == 0, size
    assert page.complaints == []
