"""Bills in a real browser: sound, never wider than the screen, and worked through by hand."""

import re

from playwright.sync_api import expect

from tests.screens import Open, assert_sound, each_page

STORY = "tests.billing.story"
FAY, CLEO = "fay@alpha.example", "cleo@harbor.example"
RUN = "/billing/runs/2026-06"
PAGES = {
    FAY: (
        "/billing/runs", RUN, f"{RUN}?show=held", "/billing/runs/2026-05", "/invoices",
        "/invoices?q=nothing+like+it", "/invoices/{issued}", "/invoices/{draft}",
        "/invoices/{issued}/lines/{line}", "/invoices/{issued}/lines/{time_line}",
        "/clients/harbor-dental/plans?start=2026-04&months=3",
        "/invoices/{draft}/lines/{draft_line}",
        "/invoices/{draft}/hold", "/invoices/{issued}/proof", "/clients/harbor-dental", "/",
    ),
    CLEO: (
        "/portal/", "/portal/invoices", "/portal/invoices?q=none", "/portal/invoices/{issued}",
        "/portal/invoices/{issued}/lines/{line}", "/portal/invoices/{issued}/lines/{time_line}",
    ),
}  # fmt: skip


@each_page(PAGES)
def test_a_page_is_sound_in_both_themes(enter: Open, who: str, path: str) -> None:
    assert_sound(enter(who, path))


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
