"""This room's pages in a real browser: sound, never wider than the screen, and live."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.browsing import Product
from tests.screens import Open, assert_sound, each_page

STORY = "tests.tickets.story"
ADA, BEN, DANA = "ada@alpha.example", "ben@alpha.example", "dana@harbor.example"
PAGES = {
    BEN: (
        "/tickets", "/tickets?q=nothing+like+it", "/tickets/{grave}", "/tickets/{plain}",
        "/tickets/new?client=harbor-dental-group", "/tickets/{grave}/wait",
        "/tickets/{grave}/move", "/tickets/{grave}/time", "/", "/oncall/{rota}", "/oncall/calls",
    ),
    ADA: (
        "/oncall", "/oncall/{rota}/layers/0", "/oncall/escalations/{policy}",
        "/settings/channels", "/account/alerts", "/projects", "/projects/{project}",
        "/projects/{project}/plan", "/projects/{project}/edit", "/roadmaps/questions",
    ),
    DANA: (
        "/portal/", "/portal/requests?who=everyone", "/portal/requests/{grave}",
        "/portal/requests/new?subject=Outlook", "/portal/projects/{project}",
    ),
}  # fmt: skip


@each_page(PAGES)
def test_a_page_is_sound_in_both_themes(enter: Open, who: str, path: str) -> None:
    assert_sound(enter(who, path))


def test_a_reply_appears_and_the_clients_page_follows(enter: Open) -> None:
    ours, theirs = enter(BEN, "/tickets/{plain}"), enter(DANA, "/portal/requests/{plain}")
    ours.get_by_label("Message").fill("Six of the **blue** ones?")
    ours.locator("#composer").get_by_role("button", name="Send").click()
    said = ours.locator("#tl strong", has_text="blue")
    expect(said).to_have_count(1)
    expect(ours.get_by_label("Message")).to_have_value("")
    expect(theirs.locator("#request strong", has_text="blue")).to_have_count(1, timeout=15_000)
    ours.locator("#composer").get_by_text("Internal note").click()
    ours.get_by_label("Message").fill("They never pay")
    ours.get_by_label("Message").press("Control+Enter")
    expect(ours.locator("#tl [data-kind=note]", has_text="never pay")).to_have_count(1)
    theirs.reload()
    expect(theirs.get_by_text("never pay")).to_have_count(0)


def test_status_priority_and_owner_change_in_place(enter: Open) -> None:
    page = enter(BEN, "/tickets?q=locked+out")
    page.get_by_role("link", name="Two people locked out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Two people locked out")
    page.wait_for_load_state()
    page.keyboard.press("p")
    page.locator("#priority-menu").get_by_role("button", name="Critical").click()
    expect(page.locator(":popover-open")).to_have_count(0)
    expect(page.locator("#tk-head .badge").nth(1)).to_contain_text("Critical")
    page.keyboard.press("a")
    page.get_by_role("button", name="Take it").click()
    expect(page.locator("#rail .kv .edit")).to_contain_text("Ben")
    menu = page.locator("#status-menu")
    with page.expect_response("**/parts*"):  # news that is on its way while a menu opens waits
        page.evaluate("document.body.dispatchEvent(new CustomEvent('live:all'))")
        page.keyboard.press("s")
    page.wait_for_timeout(100)
    menu.get_by_role("link", name="Waiting on vendor").click()
    dialog = page.locator("#dlg")
    dialog.get_by_label("Why").fill("A switch is ordered")
    dialog.get_by_role("button", name="Stop the clock").click()
    expect(page.locator("#tk-head")).to_contain_text("A switch is ordered")
    expect(page.locator("#rail")).to_contain_text("Paused")
    page.keyboard.press("e")
    dialog.get_by_role("button", name="Resolve").click()
    expect(page.locator("#tk-head")).to_contain_text("Resolved")
    assert page.complaints == []


def test_many_are_assigned_from_the_queue(enter: Open) -> None:
    page = enter(BEN, "/tickets?view=unassigned")
    before = page.locator("#queue tbody input.check").count()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_role("button", name="Assign").click()
    page.locator("#bulk-owner").get_by_role("button", name="Me").click()
    expect(page.locator("#toasts")).to_contain_text("1 ticket changed")
    expect(page.locator("#queue tbody input.check")).to_have_count(before - 1)
    expect(page.locator("#views [aria-current]")).to_contain_text(str(before - 1))


def test_an_open_queue_shows_a_new_request(enter: Open) -> None:
    queue, portal = enter(BEN, "/tickets"), enter(DANA, "/portal/")
    portal.get_by_label("What do you need help with?").fill("The scanner hums")
    portal.get_by_role("button", name="Get help").click()
    expect(portal.get_by_label("In a few words")).to_have_value("The scanner hums")
    portal.get_by_text("I cannot work").click()
    portal.get_by_role("button", name="Send request").click()
    expect(portal.get_by_role("heading", level=1)).to_have_text("The scanner hums")
    expect(queue.get_by_role("link", name="The scanner hums")).to_be_visible(timeout=20_000)


def test_dragging_over_a_week_fills_in_who_takes_over(enter: Open) -> None:
    page = enter(BEN, "/oncall/{rota}")
    week = page.locator(".rota svg").nth(1)
    box = week.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 2 / 7, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 3 / 7, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    expect(page.locator("#id_starts")).to_have_value(re.compile(r"T00:00"))
    expect(page.locator("#id_ends")).to_have_value(re.compile(r"T00:00"))
    page.locator("#id_person").select_option(label="Ben")
    page.get_by_role("button", name="Take over", exact=True).last.click()
    expect(page.locator("#toasts")).to_contain_text("in the schedule")
    assert page.complaints == []


def test_a_new_ticket_asks_for_what_the_client_has(enter: Open) -> None:
    page = enter(BEN, "/tickets/new")
    page.get_by_label("Client").select_option("harbor-dental-group")
    page.get_by_label("Contact").select_option(label="Dana Whitcomb")
    page.get_by_label("Device").select_option(label="HDG-SRV-01")
    page.get_by_label("What is it about?").fill("Tape drive clicks")
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tape drive clicks")
    expect(page.locator("#rail")).to_contain_text("HDG-SRV-01")


def test_the_forms_work_without_script(
    browser: Browser, sessions: dict[str, Any], running: tuple[Product, dict[str, int]]
) -> None:
    frame = browser.new_context(java_script_enabled=False, storage_state=sessions[DANA])
    page = frame.new_page()
    page.goto(f"{running[0].home()}/portal/requests/new")
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_text("This field is required.")).to_have_count(1)
    page.get_by_label("In a few words").fill("No script here")
    page.get_by_role("button", name="Send request").click()
    page.get_by_label("Your message").fill("And more words")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("And more words")).to_have_count(1)
    frame.close()
