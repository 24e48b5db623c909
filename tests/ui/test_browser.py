"""The gallery in a real browser: accessible, within its width, within its policy, and alive."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browsing import overflow, violations
from tests.ui.conftest import ROOT
from tests.ui.gallery import context

Draw = Callable[..., str]
Show = Callable[..., Page]


@pytest.fixture
def html(draw: Draw) -> str:
    return draw("ui/gallery.html", **context(timezone.now()))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(html: str, look_at: Show, theme: str, width: int) -> None:
    page = look_at(html, theme=theme, width=width)
    assert violations(page) == []
    assert page.complaints == []


@pytest.mark.parametrize("template", ["auth.html", "portal.html"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_other_shells(
    draw: Draw, look_at: Show, template: str, theme: str
) -> None:
    sample = {"auth.html": "ui/signin.html", "portal.html": "ui/portal.html"}
    page = look_at(draw(sample[template]), theme=theme, width=390)
    assert violations(page) == []
    assert page.complaints == []


def test_every_page_of_an_error_is_sound(draw: Draw, look_at: Show) -> None:
    """Each stands by itself, so each is looked at: in both themes, and as narrow as it gets."""
    names = sorted(file.name for file in (ROOT / "templates/errors").glob("*.html"))
    assert {"403.html", "404.html", "500.html"} <= set(names)
    says = {"roles": ["Owner", "Finance"], "request_id": "f" * 32, "state": "building"}
    pages = {f"/{name}": draw(f"errors/{name}") for name in names}
    pages |= {f"/says/{name}": draw(f"errors/{name}", **says) for name in names}
    page = look_at("", **pages)
    for path in pages:
        page.goto(f"http://alpha.test{path}")
        for theme, width in (("light", 1440), ("dark", 320)):
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 640})
            assert violations(page, colours=theme == "dark") == [], (path, theme)
            assert overflow(page) == 0, (path, width)
    assert page.complaints == []


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440])
def test_nothing_scrolls_sideways(html: str, look_at: Show, draw: Draw, width: int) -> None:
    for text in (html, draw("ui/portal.html"), draw("ui/signin.html")):
        page = look_at(text, width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_walks_a_list_and_selects(html: str, look_at: Show) -> None:
    page = look_at(html)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-cursor]")).to_have_id("t4821")
    expect(page.locator("#t4821 a")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("Shift+j")
    expect(page.locator("[aria-selected=true]")).to_have_count(2)
    expect(page.locator("[data-bulk]")).to_be_visible()
    expect(page.locator("[data-count]")).to_have_text("2")
    page.keyboard.press("Escape")
    expect(page.locator("[data-bulk]")).to_be_hidden()


def test_letters_do_nothing_while_typing(html: str, look_at: Show) -> None:
    page = look_at(html)
    field = page.locator("[name=email]")
    field.fill("")
    field.type("jxr?")
    expect(field).to_have_value("jxr?")
    expect(page.locator("[data-cursor]")).to_have_count(0)
    expect(page.locator("#keys")).to_be_hidden()


def test_r_and_i_choose_what_is_written(html: str, look_at: Show) -> None:
    page = look_at(html)
    page.keyboard.press("i")
    expect(page.locator("[name=kind][value=note]")).to_be_checked()
    expect(page.locator("#composer-x")).to_be_focused()


def test_a_draft_survives_a_reload(html: str, look_at: Show) -> None:
    page = look_at(html)
    page.locator("#composer-x").fill("Looking at it now")
    page.reload()
    expect(page.locator("#composer-x")).to_have_value("Looking at it now")


def test_a_dangerous_button_asks_first(html: str, look_at: Show) -> None:
    page = look_at(html)
    page.get_by_role("button", name="Void", exact=True).click()
    expect(page.locator("#confirm-h")).to_have_text("Void invoice 1104?")
    page.get_by_role("button", name="Cancel").last.click()
    expect(page.locator("#confirm")).to_be_hidden()


def test_the_palette_searches_and_moves(html: str, look_at: Show) -> None:
    found = (
        '<div role="option" data-href="/one">One</div><div role="option" data-href="/two">Two</div>'
    )
    page = look_at(html, **{"/palette": found})
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette [aria-selected=true]")).to_have_text("Two")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_the_theme_changes_at_once(html: str, look_at: Show) -> None:
    page = look_at(html)
    page.locator(".me").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_toast_says_what_happened(html: str, look_at: Show) -> None:
    page = look_at(html)
    told = "{detail: {text: '3 assigned', undo: '/undo/1'}}"
    page.evaluate(f"document.body.dispatchEvent(new CustomEvent('toast', {told}))")
    expect(page.locator(".toast")).to_contain_text("3 assigned")
    expect(page.locator(".toast button").first).to_have_text("Undo")


def test_a_live_name_refreshes_its_row_and_keeps_tick_and_focus(html: str, look_at: Show) -> None:
    row = html[html.index('<tr id="t4818"') :]
    row = row[: row.index("</tr>") + 5]
    live = ' hx-get="/row" hx-trigger="live:t4818 from:body" hx-target="this" hx-swap="outerHTML"'
    wired = row.replace('<tr id="t4818"', f'<tr id="t4818"{live}')
    changed = wired.replace("Two users", "Three users")
    page = look_at(html.replace(row, wired), **{"/row": changed})
    page.locator("#t4818 .check").check()
    page.locator("#t4818 a").focus()
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:t4818'))")
    expect(page.locator("#t4818")).to_contain_text("Three users")
    expect(page.locator("#t4818 .check")).to_be_checked()
    expect(page.locator("#t4818 a")).to_be_focused()
    expect(page.locator("#t4818")).to_have_attribute("aria-selected", "true")


def test_a_page_that_cannot_ask_says_it_is_old(html: str, look_at: Show) -> None:
    page = look_at(html)
    page.route("**/live?*", lambda route: route.abort())
    for _ in range(2):  # it asks at once where the line is back; else in some seconds
        with page.expect_event("requestfailed"):
            page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("body")).to_have_attribute("data-stale", "")
    expect(page.locator(".fresh[data-live]")).to_contain_text("Last updated")


def test_a_chart_is_read_by_arrow_keys(html: str, look_at: Show) -> None:
    page = look_at(html)
    expect(page.locator("#chart canvas")).to_be_visible()
    page.locator("#chart [data-plot]").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#chart [data-read]")).to_contain_text("Used 71.5%")
