"""A stranger signs up, and some seconds later works in a schema of their own."""

from playwright.sync_api import Browser, expect

from tests.browsing import Product, violations


def test_a_new_msp_signs_up_and_its_owner_gets_in(running: Product, browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.goto(f"http://localhost:{running.port}/")
    assert violations(page) == []
    page.get_by_label("Company").fill("Gamma Managed")
    page.get_by_label("Address").fill("gamma")
    page.get_by_label("Your name").fill("Gil Tarn")
    page.get_by_label("mail").fill("gil@gamma.example")
    page.get_by_role("button", name="Create the workspace").click()
    page.get_by_role("button", name="Open Gamma Managed").click(timeout=60_000)
    page.wait_for_url(lambda url: "//gamma.localhost" in url)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Password", exact=True).fill("four plain words here")
    page.get_by_label("The same again").fill("four plain words here")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="Invite your team")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Leave the rest for later").press("Enter")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    assert violations(page) == []

    stranger = browser.new_context().new_page()
    stranger.goto(f"http://localhost:{running.port}/")
    stranger.get_by_label("Company").fill("Another Gamma")
    stranger.get_by_label("Address").fill("gamma")
    stranger.get_by_label("Your name").fill("Eve")
    stranger.get_by_label("mail").fill("eve@gamma.example")
    stranger.get_by_role("button", name="Create the workspace").click()
    expect(stranger.get_by_text("taken").first).to_be_visible()
