"""Every way in: password, link, authenticator app, recovery code, reset; and every way out."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client as Browser

from msp.kit.refs import system
from tenants import context
from tenants.context import Tenant
from tenants.journal.models import Entry
from tenants.notices.models import Mail
from tenants.people import actions
from tenants.people.models import Person, SignInLink
from tests.conftest import NOW, person

WORD = "correct horse battery"
BY = system("Tests")


@pytest.fixture
def ben_with_password(alpha: Tenant) -> Person:
    cache.clear()
    ben = person("Ben")
    actions.set_password(person=ben, password=WORD, by=BY, at=NOW)
    return ben


def enter(browser: Browser, email: str, word: str, **extra: str):  # type: ignore[no-untyped-def]
    return browser.post("/accounts/login/", {"login": email, "password": word, **extra})


def test_a_password_signs_in_and_the_journal_knows(
    ben_with_password: Person, nobody: Browser
) -> None:
    answer = enter(nobody, "BEN@alpha.example", WORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert nobody.get("/").status_code == 200
    last = Entry.objects.order_by("-pk").first()
    assert (last.kind, last.actor_name) == ("people.signed_in", "Ben")


def test_it_goes_on_to_where_one_wanted_to_be_and_nowhere_else(
    ben_with_password: Person, nobody: Browser
) -> None:
    assert enter(nobody, "ben@alpha.example", WORD, next="/me")["Location"] == "/me"
    other = Browser(HTTP_HOST="alpha.localhost")
    assert enter(other, "ben@alpha.example", WORD, next="https://evil.example/")["Location"] == "/"


def confirm(browser: Browser) -> None:
    """Say the password once more, as changing how one signs in demands."""
    answer = browser.post("/accounts/reauthenticate/", {"password": WORD})
    assert answer.status_code == 302


@pytest.mark.parametrize("email", ["ben@alpha.example", "nobody@alpha.example"])
def test_a_wrong_password_says_the_same_for_known_and_unknown(
    ben_with_password: Person, nobody: Browser, email: str
) -> None:
    answer = enter(nobody, email, "not the password")
    assert answer.status_code == 200
    assert b"not correct" in answer.content
    assert nobody.get("/").status_code == 302


def test_guessing_is_slowed_down(ben_with_password: Person, nobody: Browser) -> None:
    said = [enter(nobody, "ben@alpha.example", f"guess {n}").content for n in range(7)]
    assert all(b"not correct" in text for text in said[:5])
    assert all(b"Too many failed" in text for text in said[5:])
    answer = enter(nobody, "ben@alpha.example", WORD)  # not even the right one, for a while
    assert b"Too many failed" in answer.content


def test_an_address_that_tries_much_gets_a_page_that_says_so(
    ben_with_password: Person, nobody: Browser
) -> None:
    codes = [enter(nobody, f"x{n}@alpha.example", "guess").status_code for n in range(32)]
    assert codes[-1] == 429
    assert b"Too many tries" in enter(nobody, "x@alpha.example", "guess").content


def test_a_password_of_alpha_is_worthless_at_beta(ben_with_password: Person, beta: Tenant) -> None:
    answer = enter(Browser(HTTP_HOST="beta.localhost"), "ben@alpha.example", WORD)
    assert b"not correct" in answer.content


def test_whose_access_ended_stays_out(ben_with_password: Person, nobody: Browser) -> None:
    enter(nobody, "ben@alpha.example", WORD)
    actions.deactivate(person=ben_with_password, by=BY, at=datetime.now(UTC))
    assert nobody.get("/").status_code == 302  # the session is gone with it
    assert nobody.get("/me").status_code == 302
    again = enter(Browser(HTTP_HOST="alpha.localhost"), "ben@alpha.example", WORD)
    assert again.status_code in (200, 302)
    assert again.get("Location", "/accounts/inactive/") == "/accounts/inactive/"


def test_the_session_is_new_after_signing_in(ben_with_password: Person, nobody: Browser) -> None:
    nobody.get("/accounts/login/")
    before = nobody.cookies.get("session")
    enter(nobody, "ben@alpha.example", WORD)
    first = nobody.cookies["session"].value
    assert before is None or before.value != first
    cookie = nobody.cookies["session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")
    nobody.post("/sign-out")
    assert nobody.get("/").status_code == 302


def test_a_link_is_mailed_and_works_once(alpha: Tenant, nobody: Browser) -> None:
    cache.clear()
    answer = nobody.post("/accounts/link/", {"email": "Ben@alpha.example"})
    assert b"a link is on its way" in answer.content
    mail = Mail.objects.get()
    assert mail.to == "ben@alpha.example"
    found = re.search(r"http://alpha\.localhost(/accounts/link/\S+)", mail.text)
    assert found
    assert nobody.get(found[1]).status_code == 200  # a mail scanner looks
    assert nobody.post(found[1])["Location"] == "/"
    other = Browser(HTTP_HOST="alpha.localhost")
    assert other.post(found[1])["Location"] == "/accounts/link/"
    assert b"used already or has expired" in other.get("/accounts/link/").content


def test_asking_for_an_unknown_address_looks_the_same_and_mails_nothing(
    alpha: Tenant, nobody: Browser
) -> None:
    cache.clear()
    known = nobody.post("/accounts/link/", {"email": "ben@alpha.example"}).content
    unknown = nobody.post("/accounts/link/", {"email": "who@alpha.example"}).content
    assert unknown.replace(b"who@", b"ben@") == known or len(unknown) == len(known)
    assert Mail.objects.count() == 1


def test_asking_often_is_slowed_down(alpha: Tenant, nobody: Browser) -> None:
    cache.clear()
    codes = [
        nobody.post("/accounts/link/", {"email": "ben@alpha.example"}).status_code for _ in range(7)
    ]
    assert codes == [200] * 5 + [429] * 2
    assert Mail.objects.count() == 5


def test_a_link_ends_with_its_hour_and_at_another_msp(
    alpha: Tenant, beta: Tenant, nobody: Browser
) -> None:
    ben = person("Ben")
    old = actions.send_link(person=ben, by=BY, at=datetime.now(UTC) - timedelta(minutes=61))
    fresh = actions.send_link(person=ben, by=BY, at=datetime.now(UTC))
    assert nobody.post(f"/accounts/link/{old}/")["Location"] == "/accounts/link/"
    at_beta = Browser(HTTP_HOST="beta.localhost")
    assert at_beta.post(f"/accounts/link/{fresh}/")["Location"] == "/accounts/link/"
    assert SignInLink.objects.filter(used_at__isnull=False).count() == 0


def test_somebody_invited_chooses_a_password_and_is_in(alpha: Tenant, nobody: Browser) -> None:
    who = actions.invite(
        email="new@alpha.example", name="Nia New", role="technician", by=BY, at=datetime.now(UTC)
    )
    token = actions.new_invitation(person=who, by=BY, at=datetime.now(UTC))
    assert nobody.post(f"/accounts/link/{token}/")["Location"] == "/accounts/password/set/"
    page = nobody.get("/accounts/password/set/")
    assert b"Welcome, Nia" in page.content
    short = {"password1": "short", "password2": "short"}
    assert b"at least 12" in nobody.post("/accounts/password/set/", short).content
    given = {"password1": WORD, "password2": WORD}
    assert nobody.post("/accounts/password/set/", given)["Location"] == "/"
    other = Browser(HTTP_HOST="alpha.localhost")
    assert enter(other, "new@alpha.example", WORD)["Location"] == "/"
    assert Entry.objects.filter(kind="people.changed", facts__what="the password").exists()


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def ben_with_app(
    ben_with_password: Person, nobody: Browser, django_capture_on_commit_callbacks: Callable
) -> tuple[Person, str]:
    """Ben has set up an authenticator app through the pages."""
    enter(nobody, "ben@alpha.example", WORD)
    assert "/accounts/reauthenticate/" in nobody.get("/accounts/2fa/totp/activate/")["Location"]
    confirm(nobody)
    page = nobody.get("/accounts/2fa/totp/activate/")
    assert b"data:image/svg+xml" in page.content
    secret = re.search(rb'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page.content)
    assert secret
    with django_capture_on_commit_callbacks(execute=True):
        answer = nobody.post("/accounts/2fa/totp/activate/", {"code": code_for(secret[1].decode())})
    assert answer.status_code == 302
    cache.clear()  # a code works once in its half minute, also in tests
    return ben_with_password, secret[1].decode()


def test_with_an_app_the_password_is_not_enough(
    ben_with_app: tuple[Person, str],
) -> None:
    _ben, secret = ben_with_app
    browser = Browser(HTTP_HOST="alpha.localhost")
    assert enter(browser, "ben@alpha.example", WORD)["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/").status_code == 302
    wrong = browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert b"Incorrect code" in wrong.content
    right = browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert right["Location"] == "/"
    assert browser.get("/").status_code == 200


def test_with_an_app_a_mailed_link_is_not_enough_either(ben_with_app: tuple[Person, str]) -> None:
    ben, _secret = ben_with_app
    token = actions.send_link(person=ben, by=BY, at=datetime.now(UTC))
    browser = Browser(HTTP_HOST="alpha.localhost")
    assert browser.post(f"/accounts/link/{token}/")["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/").status_code == 302


def test_a_recovery_code_lets_in_once(ben_with_app: tuple[Person, str], nobody: Browser) -> None:
    page = nobody.get("/accounts/2fa/recovery-codes/")
    codes = re.search(rb"<textarea[^>]*>([^<]+)<", page.content)
    assert codes
    code = codes[1].split()[0].decode()
    browser = Browser(HTTP_HOST="alpha.localhost")
    enter(browser, "ben@alpha.example", WORD)
    assert browser.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/"
    other = Browser(HTTP_HOST="alpha.localhost")
    enter(other, "ben@alpha.example", WORD)
    assert other.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200


def test_seeds_are_not_readable_in_the_database_nor_by_another_msp(
    ben_with_app: tuple[Person, str], beta: Tenant
) -> None:
    from cryptography.fernet import InvalidToken

    from tenants.people.signin import SecondFactor

    ben, secret = ben_with_app
    stored = Authenticator.objects.get(user=ben, type="totp").data["secret"]
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))
    assert SecondFactor().decrypt(stored) == secret
    with context.inside(beta), pytest.raises(InvalidToken):
        SecondFactor().decrypt(stored)


def test_what_changes_about_signing_in_is_journalled_and_mailed(
    ben_with_app: tuple[Person, str],
) -> None:
    said = list(Entry.objects.filter(kind="people.changed").values_list("facts__what", flat=True))
    assert "the authenticator app (added)" in said
    assert Mail.objects.filter(to="ben@alpha.example", subject__icontains="Authenticator").exists()


def test_a_forgotten_password_is_replaced_by_mail(
    ben_with_password: Person, nobody: Browser
) -> None:
    answer = nobody.post("/accounts/password/reset/", {"email": "ben@alpha.example"})
    assert answer["Location"] == "/accounts/password/reset/done/"
    assert nobody.get(answer["Location"]).status_code == 200
    mail = Mail.objects.get()
    assert mail.subject == "Choose a new password"
    found = re.search(r"http://alpha\.localhost(/accounts/password/reset/key/\S+)", mail.text)
    assert found
    step = nobody.get(found[1])
    form = nobody.get(step["Location"])
    assert form.status_code == 200
    fresh = {"password1": "another long word 7", "password2": "another long word 7"}
    assert nobody.post(step["Location"], fresh).status_code == 302
    assert nobody.get("/accounts/password/reset/key/done/").status_code == 200
    other = Browser(HTTP_HOST="alpha.localhost")
    assert enter(other, "ben@alpha.example", "another long word 7")["Location"] == "/"


def test_resetting_an_unknown_address_mails_nobody(alpha: Tenant, nobody: Browser) -> None:
    cache.clear()
    answer = nobody.post("/accounts/password/reset/", {"email": "who@alpha.example"})
    assert answer["Location"] == "/accounts/password/reset/done/"
    assert Mail.objects.count() == 0


def test_changing_the_password_ends_the_other_sessions(ben_with_password: Person) -> None:
    here, there = (Browser(HTTP_HOST="alpha.localhost") for _ in range(2))
    enter(here, "ben@alpha.example", WORD)
    enter(there, "ben@alpha.example", WORD)
    given = {
        "oldpassword": WORD,
        "password1": "a new one entirely",
        "password2": "a new one entirely",
    }
    assert here.post("/accounts/password/change/", given)["Location"] == "/"
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 302


def test_nobody_signs_themselves_up(nobody: Browser) -> None:
    given = {"email": "evil@alpha.example", "password1": WORD}
    answer = nobody.post("/accounts/signup/", given)
    assert b"By invitation only" in answer.content
    assert not Person.objects.filter(email="evil@alpha.example").exists()


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/", "/accounts/link/", "/accounts/signup/", "/accounts/password/reset/",
        "/accounts/password/reset/done/", "/accounts/password/reset/key/done/",
        "/accounts/password/reset/key/1-abc/", "/accounts/inactive/", "/accounts/link/x/",
    ],
)  # fmt: skip
def test_entrances_stand_in_our_shell_and_keep_the_policy(nobody: Browser, path: str) -> None:
    answer = nobody.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    if answer["Content-Type"].startswith("text/html"):
        text = answer.content.decode()
        assert 'class="au"' in text
        assert not re.search(r"<script(?![^>]*(src=|application/json))", text)
        assert not re.search(r"\s(style|onclick|onload|onsubmit)=", text)


@pytest.mark.parametrize(
    "path",
    [
        "/me", "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/", "/accounts/2fa/webauthn/add/", "/accounts/logout/",
        "/accounts/reauthenticate/",
    ],
)  # fmt: skip
def test_pages_about_oneself_open_for_whoever_is_signed_in(
    ben_with_password: Person, nobody: Browser, path: str
) -> None:
    assert nobody.get(path).status_code == 302
    enter(nobody, "ben@alpha.example", WORD)
    confirm(nobody)
    answer = nobody.get(path)
    assert answer.status_code == 200, answer
    text = answer.content.decode()
    assert not re.search(r"<script(?![^>]*(src=|application/json))", text)
    assert not re.search(r"\s(style|onclick|onload|onsubmit)=", text)


def test_valkey_away_closes_the_entrance_with_a_clear_page(
    ben_with_password: Person, nobody: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    import redis

    def away(*_: object, **__: object) -> None:
        raise redis.ConnectionError("away")

    monkeypatch.setattr("allauth.core.internal.ratelimit.cache.add", away)
    answer = enter(nobody, "ben@alpha.example", WORD)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert b"Back in a moment" in answer.content


def test_behind_a_proxy_one_guesser_does_not_lock_everybody_out(
    ben_with_password: Person, settings: Any
) -> None:
    """Every request then comes from the proxy's address; what it says in front of it counts."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    guesser = Browser(HTTP_HOST="alpha.localhost", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.7")
    for number in range(12):
        last = enter(guesser, f"nobody{number}@alpha.example", "wrong")
    assert b"Too many" in last.content
    ben = Browser(HTTP_HOST="alpha.localhost", HTTP_X_FORWARDED_FOR="6.6.6.6, 198.51.100.4")
    assert enter(ben, "ben@alpha.example", WORD).status_code == 302
