"""The set-up of a new MSP: led there, resumed, skipped, and not for everybody."""

import pytest
from django.test import Client as Browser

from msp.kit.refs import system
from tenants.context import Tenant
from tenants.people import actions, queries
from tests import make
from tests.conftest import NOW, person

WORD = "correct horse battery"


def enter(browser: Browser, name: str) -> str:
    actions.set_password(person=person(name), password=WORD, by=system("Tests"), at=NOW)
    sent = {"login": f"{name.lower()}@alpha.example", "password": WORD}
    return browser.post("/accounts/login/", sent)["Location"]


def test_a_new_owner_is_led_to_the_set_up_until_it_is_skipped(
    nobody: Browser, alpha: Tenant
) -> None:
    assert enter(nobody, "Ada") == "/setup"
    assert nobody.post("/setup/skip").status_code == 303
    assert "Continue the set-up" in nobody.get("/").content.decode()
    assert nobody.get("/setup").status_code == 200  # the way back
    assert enter(Browser(HTTP_HOST="alpha.localhost"), "Ada") == "/"


@pytest.mark.parametrize("name", ["Ben", "Fay", "Guy"])
def test_others_begin_with_today(nobody: Browser, alpha: Tenant, name: str) -> None:
    assert enter(nobody, name) == "/"
    assert nobody.get("/setup").status_code == 403
    assert nobody.post("/setup/skip").status_code == 403


def test_it_resumes_at_the_first_step_that_is_not_done(ada: Browser, alpha: Tenant) -> None:
    steps = queries.setup_standing()
    first = next(one for one in steps if not one.done)
    html = ada.get("/setup").content.decode()
    assert f"<h1>{first.step.title}</h1>" in html
    assert html.count('aria-current="step"') == 1
    make.client("Harbor Dental")
    now = queries.setup_standing()
    assert sum(one.done for one in now) == sum(one.done for one in steps) + 1
    done = next(one for one in now if one.done)
    assert "This is done." in ada.get(f"/setup?step={done.number}").content.decode()


@pytest.mark.parametrize("step", ["0", "99", "x", "-1", "9" * 30, "²"])
def test_an_unknown_step_is_the_next_one(ada: Browser, step: str) -> None:
    assert ada.get("/setup", {"step": step}).status_code == 200
