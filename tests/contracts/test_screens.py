"""The catalogue and agreements in a real browser: sound, never wider than the screen, worked by
hand and by key."""

from playwright.sync_api import Page, expect

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


class Keys:
    """Somebody who works a page by keyboard alone; the pointer is never touched."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.press, self.write = page.keyboard.press, page.keyboard.type

    def to(self, name: str) -> None:
        """Tab on until the control of this name has the cursor, as a person would."""
        here = "document.activeElement.name || document.activeElement.id"
        for _ in range(120):
            if self.page.evaluate(here) == name:
                return
            self.press("Tab")
        raise AssertionError(f"{name} cannot be reached by the tabulator")

    def at(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))

    def price(self, amount: str, shown: str) -> None:
        self.to("line-0-price")
        self.press("Control+a")
        self.write(amount)
        expect(self.page.locator("#coming")).to_contain_text(shown, timeout=15_000)
        self.page.wait_for_load_state("networkidle")

    def publish(self, address: str) -> None:
        self.press("Escape")
        self.press("p")
        expect(self.page.locator("#confirm")).to_be_visible()
        self.to("confirm-yes")
        self.press("Enter")
        self.page.wait_for_url(address)


def test_an_agreement_lives_its_life_by_keyboard_alone(enter: Open) -> None:
    """Begun, built, priced, published, amended and renewed."""
    page = enter(FAY, "/agreements")
    keys = Keys(page)
    keys.press("n")
    page.wait_for_url("**/agreements/new")
    keys.to("client")
    keys.write("Harbor")
    keys.press("Control+Enter")
    page.wait_for_url("**/agreements/new?client=*")
    keys.to("name")
    keys.press("Control+a")
    keys.write("By key")
    keys.to("last_on")
    keys.write("12312031")
    keys.press("Control+Enter")
    page.wait_for_url("**/edit")
    here = page.url.removesuffix("/edit")
    keys.to("line-0-description")
    keys.write("Phones")
    keys.to("line-0-kind")
    keys.write("Flat")
    keys.price("75", "$75.00")
    keys.publish(here)
    expect(page.locator("body")).to_contain_text("Published")
    keys.press("m")
    assert keys.at() == "id_effective_on"
    keys.press("Enter")
    page.wait_for_url("**/edit")
    keys.price("80", "+$5.00")
    keys.publish(here)
    keys.press("r")
    assert keys.at() == "id_months"
    keys.press("Enter")
    expect(page.locator("body")).to_contain_text("2032", timeout=15_000)


def test_why_something_is_covered_is_asked_by_hand(enter: Open) -> None:
    page = enter(FAY, "/agreements/{plan}/coverage")
    page.get_by_label("Work type").select_option(label="project work")
    answer = page.locator("#answer")
    expect(answer).to_contain_text('The row "Projects" decides', timeout=15_000)
    expect(answer).to_contain_text("billable")
