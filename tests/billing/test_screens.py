"""Bills in a real browser: sound, never wider than the screen, and worked through by hand."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.billing.story import PASSWORD
from tests.browsing import SIZES, Product, chromium, overflow, product, sign_in, violations

FAY, CLEO = "fay@alpha.example", "cleo@harbor.example"
RUN = "/billing/runs/2026-06"
PAGES = {
    FAY: (
        "/billing/runs", RUN, f"{RUN}?show=held", "/billing/runs/2026-05", "/invoices",
        "/invoices?q=nothing+like+it", "/invoices/{issued}", "/invoices/{draft}",
        "/invoices/{issued}/lines/{line}", "/invoices/{draft}/lines/{draft_line}",
        "/invoices/{draft}/hold", "/invoices/{issued}/proof", "/clients/harbor-dental", "/",
    ),
    CLEO: (
        "/portal/", "/portal/invoices", "/portal/invoices?q=none", "/portal/invoices/{issued}",
        "/portal/invoices/{issued}/lines/{line}",
    ),
}  # fmt: skip
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def running(
    second_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Product, dict[str, int]]]:
    """The web part over a database of its own, with three months of bills in it."""
    folder: Path = tmp_path_factory.mktemp("billing")
    with product(second_database, folder, "web") as made:
        told = subprocess.run(
            [sys.executable, "-m", "tests.billing.story"], env=made.environment,
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


def test_a_month_is_reviewed_by_hand_and_by_key(enter: Open) -> None:
    page = enter(FAY, RUN)
    rail = page.locator("#rail")
    expect(rail).to_contain_text("The client has no billing e-mail.")
    page.locator("#rows").get_by_role("link", name="Harbor Dental").first.click()
    expect(rail.locator("h2").first).to_have_text("Harbor Dental")
    expect(page.locator("tr[data-cursor]")).to_contain_text("Harbor Dental")
    expect(rail.get_by_role("row", name="Workstations")).to_contain_text("+2")
    rail.get_by_role("link", name="Workstations, what is behind the quantity").click()
    expect(page.get_by_text("14 devices make 386 device-days.")).to_be_visible(timeout=15_000)
    expect(page.locator("svg.days")).to_have_count(15)
    page.go_back()
    page.wait_for_load_state()
    page.keyboard.press("h")
    dialog = page.locator("#dlg")
    dialog.get_by_label("Why is it held?").fill("until matter 2291 closes")
    dialog.get_by_role("button", name="Hold").click()
    expect(page.locator("#rows")).to_contain_text("On hold: until matter 2291 closes")


def test_what_is_ready_is_approved_and_what_is_ticked(enter: Open) -> None:
    page = enter(FAY, RUN)
    page.get_by_role("button", name=re.compile("Approve . ready")).click()
    issue = page.get_by_role("button", name=re.compile("^Issue"))
    expect(issue).to_be_visible(timeout=15_000)
    ready = int(issue.inner_text().split()[-1])
    page.wait_for_load_state()
    page.locator("tr", has_text="Fulton Freight").get_by_role("checkbox").check()
    page.locator("[data-bulk]").get_by_role("button", name="Approve").click()
    expect(issue).to_have_text(f"Issue {ready + 1}", timeout=15_000)
    issue.click()
    confirm = page.locator("#confirm")
    expect(confirm).to_contain_text("An issued invoice cannot change.")
    confirm.get_by_role("button", name=re.compile("^Issue")).click()
    expect(page.locator("#progress")).to_contain_text("Issuing invoices", timeout=15_000)


def test_the_client_opens_an_invoice_down_to_its_days(enter: Open) -> None:
    page = enter(CLEO, "/portal/")
    page.get_by_role("link", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("May 2026")
    page.get_by_role("link", name="12, what is behind Workstations").click()
    expect(page.get_by_text("12 devices make 372 device-days.")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("hdg-ws-12")).to_be_visible(timeout=15_000)
