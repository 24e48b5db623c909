"""The catalogue and agreements in a real browser: sound, never wider than the screen, worked by
hand and by key."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import SIZES, Product, chromium, overflow, product, sign_in, violations
from tests.contracts.story import PASSWORD

FAY, CLEO = "fay@alpha.example", "cleo@harbor.example"
PAGES = {
    FAY: (
        "/services", "/services?q=nothing+like+it", "/services/{service}", "/services/new",
        "/offers", "/offers/{bundle}", "/offers/{bundle}/edit", "/price-lists",
        "/price-lists/{list}", "/price-lists/{list}/price?sold=service-{service}",
        "/agreements/renewals", "/agreements/{plan}", "/agreements/{plan}/versions/2",
        "/agreements/{plan}/edit", "/agreements/{plan}/rows",
        "/agreements/{plan}/coverage?device={server}&work_type=remote",
    ),
    CLEO: ("/portal/catalogue", "/portal/agreement"),
}  # fmt: skip
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def running(
    second_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Product, dict[str, int]]]:
    """The web part over a database of its own, with a catalogue and an agreement in it."""
    folder: Path = tmp_path_factory.mktemp("contracts")
    with product(second_database, folder, "web") as made:
        told = subprocess.run(
            [sys.executable, "-m", "tests.contracts.story"], env=made.environment,
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        yield made, json.loads(told[told.index("{") :])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def sessions(browser: Browser, running: tuple[Product, dict[str, int]]) -> dict[str, Any]:
    """Each person signs in once; every page after that starts with their cookies."""
    kept = {}
    for who in (FAY, CLEO):
        frame = browser.new_context()
        sign_in(frame.new_page(), running[0].home(), who, PASSWORD)
        kept[who] = frame.storage_state()
        frame.close()
    return kept


@pytest.fixture
def enter(
    browser: Browser, sessions: dict[str, Any], running: tuple[Product, dict[str, int]]
) -> Iterator[Open]:
    """A page as one of the two, at an address with the story's numbers."""
    opened = []

    def show(who: str, path: str) -> Page:
        width, height = SIZES["desktop"]
        frame = browser.new_context(
            viewport={"width": width, "height": height}, storage_state=sessions[who],
            reduced_motion="reduce",
        )  # fmt: skip
        opened.append(frame)
        page = frame.new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(running[0].home() + path.format(**running[1]))
        return page

    yield show
    for frame in opened:
        frame.close()


@pytest.mark.parametrize(
    ("who", "path"), [(who, path) for who, paths in PAGES.items() for path in paths]
)
def test_a_page_is_sound_in_both_themes(enter: Open, who: str, path: str) -> None:
    page = enter(who, path)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert violations(page) == [], theme
    assert overflow(page) == 0
    for size in ("phone", "narrow"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        assert overflow(page) == 0, size
    assert page.complaints == []


def test_a_line_is_taken_from_the_catalogue_and_the_bill_follows(enter: Open) -> None:
    page = enter(FAY, "/agreements/{plan}/edit")
    page.get_by_label("From the catalogue").select_option(label="Quarterly review")
    page.get_by_role("button", name="Add a line").click()
    added = page.locator(".ln").nth(3)
    expect(added.get_by_label("Line", exact=True)).to_have_value("Quarterly review", timeout=15_000)
    expect(added.get_by_label("Rate", exact=True)).to_have_value("150.00")
    expect(page.locator("#coming")).to_contain_text("$150.00", timeout=15_000)
    added.get_by_label("Rate", exact=True).fill("175")
    expect(page.locator("#coming")).to_contain_text("$175.00", timeout=15_000)


def test_a_past_date_leads_to_its_field(enter: Open) -> None:
    page = enter(FAY, "/agreements/{plan}/edit")
    page.get_by_label("In effect from").fill("2026-02-01")
    page.get_by_label("In effect from").blur()
    jump = page.locator("#coming").get_by_role("link", name="Go to the field").first
    expect(jump).to_be_visible(timeout=15_000)
    jump.click()
    assert page.evaluate("document.activeElement.name || location.hash") in (
        "effective_on", "#id_effective_on",
    )  # fmt: skip


def test_why_something_is_covered_is_asked_by_hand(enter: Open) -> None:
    page = enter(FAY, "/agreements/{plan}/coverage")
    page.get_by_label("Work type").select_option(label="project work")
    answer = page.locator("#answer")
    expect(answer).to_contain_text('The row "Projects" decides', timeout=15_000)
    expect(answer).to_contain_text("billable")
