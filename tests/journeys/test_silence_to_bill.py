"""The sentence of the product, on real input, real workers and a real browser.

Beside it, over the same running product: a stranger signs up and works in a schema of their own.
"""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browsing import Product, sign_in, violations
from tests.journeys.setting import PASSWORD


@pytest.fixture(scope="module")
def facts(running: Product) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.setting"],
        env={**running.environment, "STEWARD_ROLE": "web"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def beat(running: Product, key: str) -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{running.port}/hb",
        data=json.dumps(
            {"host": "hdg-srv-01", "period": 5, "grace": 5, "metrics": {"cpu": 12.5}}
        ).encode(),
        headers={
            "Host": f"alpha.localhost:{running.port}",
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return int(answer.status)


def eventually(page: Page, address: str, text: str, seconds: float = 60) -> None:
    """Reload until the text is there, as somebody would who waits for it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(Error):  # a redirect of the click before may still be under way
            page.goto(address)
        if page.get_by_text(text).first.is_visible():
            return
        time.sleep(0.5)
    raise AssertionError(f"{text!r} did not appear on {address}: {page.inner_text('body')[:1500]}")


@pytest.mark.timeout(300)  # it waits for workers several times
def test_a_silent_device_becomes_a_ticket_and_a_line_of_a_bill(
    running: Product, facts: dict[str, str], page: Page, browser: Browser
) -> None:
    home = running.home()
    assert beat(running, facts["key"]) in (200, 202)  # then silence
    ticket = technician_answers(page, home)

    portal = browser.new_context().new_page()
    sign_in(portal, home, "cleo@harbor.example", PASSWORD)
    portal.goto(f"{home}/portal/requests")
    portal.get_by_role("link", name="hdg-srv-01").first.click()
    expect(portal.get_by_text("We are on it, Cleo.").first).to_be_visible()

    assert beat(running, facts["key"]) in (200, 202)
    eventually(page, f"{home}/incidents?state=resolved", "hdg-srv-01")

    finance = browser.new_context(accept_downloads=True).new_page()
    sign_in(finance, home, "fay@alpha.example", PASSWORD)
    month_is_billed(finance, home, facts["month"])
    invoice = invoice_opens(finance, home, facts["days"])
    portal.goto(f"{home}/portal/invoices")
    expect(portal.get_by_text("$154.50").first).to_be_visible()
    others_see_none_of_it(
        browser.new_context().new_page(), running.home("beta"),
        (ticket, invoice, "/incidents/1", f"/devices/{facts['device']}", "/clients/harbor-dental"),
    )  # fmt: skip


def technician_answers(page: Page, home: str) -> str:
    """The ticket's address."""
    sign_in(page, home, "ben@alpha.example", PASSWORD)
    eventually(page, f"{home}/incidents", "hdg-srv-01")
    eventually(page, f"{home}/tickets", "hdg-srv-01")
    page.get_by_role("link", name="hdg-srv-01").first.click()
    expect(page.get_by_role("region", name="Coverage")).to_contain_text("Managed Complete")
    expect(page.locator(".sla:visible").first).to_be_visible()
    page.locator("textarea[name=body]").first.fill("We are on it, Cleo.")
    page.get_by_role("button", name="Send").first.click()
    expect(page.get_by_text("We are on it, Cleo.").first).to_be_visible()
    return page.url.removeprefix(home)


def month_is_billed(page: Page, home: str, month: str) -> None:
    page.goto(f"{home}/billing/runs")
    page.locator("#id_month").select_option(month)
    page.get_by_role("button", name="Count").click()
    run = f"{home}/billing/runs/{month}"
    eventually(page, run, "$154.50")
    page.get_by_role("button", name="Approve").last.click()
    eventually(page, run, "Issue 1")
    page.get_by_role("button", name="Issue").first.click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    eventually(page, f"{home}/invoices", "INV-")


def invoice_opens(page: Page, home: str, days: str) -> str:
    """The invoice's address."""
    page.get_by_role("link", name="INV-").first.click()
    page.wait_for_url(f"{home}/invoices/*")
    address = page.url
    eventually(page, address, ".pdf")
    link = page.get_by_role("link", name=".pdf").first.evaluate("link => link.href")
    kind, head = page.evaluate(
        """async link => {
            const answer = await fetch(link);
            return [answer.headers.get("content-type"), (await answer.text()).slice(0, 5)];
        }""",
        link,
    )
    assert (kind, head) == ("application/pdf", "%PDF-")
    page.locator("table a").first.click()  # a quantity opens what is behind it
    expect(page.get_by_text("hdg-srv-01").first).to_be_visible()
    expect(page.get_by_text(days).first).to_be_visible()
    return address.removeprefix(home)


def others_see_none_of_it(page: Page, home: str, addresses: tuple[str, ...]) -> None:
    """Another MSP on the same workers: nothing in its lists, nothing at the same addresses."""
    sign_in(page, home, "ada@beta.example", PASSWORD)
    lists = ("/", "/inbox", "/tickets", "/incidents", "/devices", "/clients", "/agreements",
             "/invoices", "/billing/runs", "/settings/journal", "/search?q=harbor")  # fmt: skip
    for path in lists:
        answer = page.goto(f"{home}{path}")
        assert answer is not None, path
        assert answer.status == 200, path
        seen = page.content()
        assert not [word for word in ("hdg-srv-01", "Harbor Dental", "INV-") if word in seen], path
    for path in addresses:
        answer = page.goto(f"{home}{path}")
        assert answer is not None, path
        assert answer.status == 404, path


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
