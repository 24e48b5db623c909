"""The same pages in Chromium: passkeys, the policy kept, accessible, no sideways scroll."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browsing import SIZES, Product, chromium, overflow, product, sign_in, violations
from tests.screens import assert_sound

WORD = "correct horse battery"
PREPARE = """
import django; django.setup()
from datetime import UTC, datetime
from msp.kit.refs import system
from tenants import context
from tenants.notices import actions as notices
from tenants.people import actions
from tenants.people.models import Person
now, by = datetime.now(UTC), system("Tests")
with context.inside(context.ready()[0]):
    for person in Person.objects.all():
        actions.set_password(person=person, password=WORD, by=by, at=now)
        notices.tell(person_id=person.pk, key="k", reason="assigned", text="Ticket 1001 is yours",
                     url="/tickets", at=now)
    actions.create_key(person=Person.objects.get(name="Ada"), name="Export",
                       scopes=["tickets:read"], by=by, at=now)
"""
STAFF_PAGES = (
    "/me",
    "/inbox",
    "/setup",
    "/setup?step=2",
    "/settings/people",
    "/settings/people/teams/new",
    "/settings/keys",
    "/settings/journal",
)
ENTRANCES = ("/accounts/login/", "/accounts/link/", "/accounts/password/reset/", "/api/v1/docs")


@pytest.fixture(scope="module")
def running(
    second_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    with product(second_database, tmp_path_factory.mktemp("web"), "web") as started:
        subprocess.run(
            [sys.executable, "-c", PREPARE.replace("WORD", repr(WORD))],
            env=started.environment, check=True, timeout=60,
        )  # fmt: skip
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def is_fault(said: ConsoleMessage) -> bool:
    """A form that came back (422) is no fault of the page."""
    return said.type == "error" and "status of 422" not in said.text


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh visitor; anything the console calls an error fails the test."""
    visitor = browser.new_context(reduced_motion="reduce")
    opened = visitor.new_page()
    wrong: list[str] = []
    opened.complaints = wrong
    opened.on("console", lambda said: wrong.append(said.text) if is_fault(said) else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    visitor.close()
    assert wrong == []


def test_a_passkey_is_added_and_signs_in_alone(page: Page, running: Product) -> None:
    home = running.home()
    authenticator = page.context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    authenticator.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    sign_in(page, home, "ben@alpha.example", WORD)
    page.goto(f"{home}/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(WORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_label(re.compile("passwordless|passkey", re.I)).check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile("recovery-codes|webauthn/$|2fa/$"))
    page.goto(f"{home}/me")
    assert "Manage" in page.content()
    page.context.clear_cookies()
    page.goto(f"{home}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{home}/")
    assert page.locator("h1").count() == 1


def test_a_passkey_that_is_not_there_is_explained(page: Page, running: Product) -> None:
    page.goto(f"{running.home()}/accounts/login/")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no')); }"
    )
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("The passkey did not work").wait_for()


def test_an_authenticator_app_is_set_up_by_its_picture(page: Page, running: Product) -> None:
    home = running.home()
    sign_in(page, home, "fay@alpha.example", WORD)
    page.goto(f"{home}/accounts/2fa/totp/activate/")
    page.get_by_label("Password").fill(WORD)
    page.get_by_role("button", name="Confirm").click()
    picture = page.locator("img.au__qr")
    picture.wait_for()
    assert picture.evaluate("image => image.naturalWidth") > 0
    assert violations(page) == []


@pytest.mark.parametrize("path", ENTRANCES)
def test_entrances_are_sound(page: Page, running: Product, path: str) -> None:
    page.goto(f"{running.home()}{path}")
    assert_sound(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_up_is_accessible_and_guesses_what_it_can(
    page: Page, running: Product, theme: str
) -> None:
    page.emulate_media(color_scheme=theme)
    page.goto(f"http://localhost:{running.port}/")
    page.get_by_label("Company").fill("Ünïted IT & Sons, Inc.")
    assert page.get_by_label("Address").input_value() == "united-it-sons-inc"
    assert violations(page) == []
    page.get_by_role("button", name="Create the workspace").click()
    assert page.get_by_label("Your name").get_attribute("aria-invalid") == "true"
    assert violations(page) == []
    page.set_viewport_size(dict(zip(("width", "height"), SIZES["narrow"], strict=True)))
    assert overflow(page) == 0


def test_settings_are_sound(page: Page, running: Product) -> None:
    sign_in(page, running.home(), "ada@alpha.example", WORD)
    for path in STAFF_PAGES:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"{running.home()}{path}")
        assert_sound(page)
