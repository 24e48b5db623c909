"""The catalogue and agreements in a real browser: sound, never wider than the screen, worked by
hand and by key."""

from playwright.sync_api import expect

from tests.screens import Open, assert_sound, each_page

STORY = "tests.contracts.story"
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


@each_page(PAGES)
def test_a_page_is_sound_in_both_themes(enter: Open, who: str, path: str) -> None:
    assert_sound(enter(who, path))


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


def test_lines_are_put_into_order_by_key_and_by_dragging(enter: Open) -> None:
    page = enter(FAY, "/agreements/{plan}/edit")
    lines = page.locator(".ln")
    first = lines.nth(0).get_by_label("Line", exact=True)
    expect(first).to_have_value("Workstations")
    first.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(first).to_have_value("Servers", timeout=15_000)
    assert page.evaluate("document.activeElement.id") == "line-1-up"
    page.keyboard.press("Enter")
    expect(first).to_have_value("Workstations", timeout=15_000)
    expect(page.locator("#line-0-now")).to_contain_text("$744.00")
    lines.nth(1).locator(".ln__grip").drag_to(lines.nth(0).locator(".ln__grip"))
    expect(first).to_have_value("Servers", timeout=15_000)


def test_an_agreement_lives_its_life_by_keyboard_alone(enter: Open) -> None:
    """Begun, built, priced, published, amended and renewed; the pointer is never touched."""
    page = enter(FAY, "/agreements")
    press, write = page.keyboard.press, page.keyboard.type
    active = "document.activeElement.name || document.activeElement.id"

    def to(name: str) -> None:
        """Tab on until the control of this name has the cursor, as a person would."""
        for _ in range(120):
            if str(page.evaluate(active) or "") == name:
                return
            press("Tab")
        raise AssertionError(f"{name} cannot be reached by the tabulator")

    def settled() -> None:
        page.wait_for_load_state("networkidle")

    press("n")
    page.wait_for_url("**/agreements/new")
    to("client")
    write("Harbor")
    press("Control+Enter")
    page.wait_for_url("**/agreements/new?client=*")
    to("name")
    press("Control+a")
    write("By key")
    to("last_on")
    write("12312031")
    press("Control+Enter")
    page.wait_for_url("**/edit")
    at = page.url.removesuffix("/edit")
    to("line-0-description")
    write("Phones")
    to("line-0-kind")
    write("Flat")
    to("line-0-price")
    write("75")
    expect(page.locator("#coming")).to_contain_text("$75.00", timeout=15_000)
    settled()
    press("Escape")
    press("p")
    expect(page.locator("#confirm")).to_be_visible()
    to("confirm-yes")
    press("Enter")
    page.wait_for_url(at)
    expect(page.locator("body")).to_contain_text("Published")
    press("m")
    assert page.evaluate("document.activeElement.id") == "id_effective_on"
    press("Enter")
    page.wait_for_url("**/edit")
    to("line-0-price")
    press("Control+a")
    write("80")
    expect(page.locator("#coming")).to_contain_text("+$5.00", timeout=15_000)
    settled()
    press("Escape")
    press("p")
    expect(page.locator("#confirm")).to_be_visible()
    to("confirm-yes")
    press("Enter")
    page.wait_for_url(at)
    press("r")
    assert page.evaluate("document.activeElement.id") == "id_months"
    press("Enter")
    expect(page.locator("body")).to_contain_text("2032", timeout=15_000)


def test_why_something_is_covered_is_asked_by_hand(enter: Open) -> None:
    page = enter(FAY, "/agreements/{plan}/coverage")
    page.get_by_label("Work type").select_option(label="project work")
    answer = page.locator("#answer")
    expect(answer).to_contain_text('The row "Projects" decides', timeout=15_000)
    expect(answer).to_contain_text("billable")
