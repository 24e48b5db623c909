"""The public host: sign-up, health, and nothing else."""

import os
import re
import subprocess
import sys

import pytest
from celery import Celery
from django.core import signing
from django.core.cache import cache
from django.test import Client as Browser

from tenants import context, pages
from tenants.middleware import forget_hosts
from tenants.models import Domain, Msp
from tests.servers import started

GIVEN = {
    "company": "Harbor IT", "slug": "harbor", "name": "Hal Hart", "email": "hal@harbor.example",
    "zone": "Europe/Berlin", "currency": "EUR",
}  # fmt: skip


@pytest.fixture
def visitor(db: None) -> Browser:
    cache.clear()  # the limits of the test before
    forget_hosts()
    return Browser(HTTP_HOST="localhost:9420")


def msp(slug: str) -> Msp:
    with context.outside():
        return Msp.objects.get(slug=slug)


def follow(visitor: Browser, slug: str) -> str:
    return f"/sign-up/{signing.dumps(msp(slug).pk, salt=pages.SALT)}/"


def test_the_form_asks_and_says_where_the_workspace_will_live(visitor: Browser) -> None:
    answer = visitor.get("/")
    assert answer.status_code == 200
    assert b".localhost:9420" in answer.content
    assert b"no-store" in answer["Cache-Control"].encode()


def test_signing_up_requests_an_msp_and_shows_its_progress(visitor: Browser) -> None:
    answer = visitor.post("/", GIVEN)
    assert answer.status_code == 302
    made = msp("harbor")
    assert (made.name, made.zone, made.currency, made.state) == (
        "Harbor IT", "Europe/Berlin", "EUR", "requested",
    )  # fmt: skip
    assert re.fullmatch(r"t_[a-z0-9]{16}", made.schema_name)
    shown = visitor.get(answer["Location"])
    assert b"every 1s" in shown.content
    part = visitor.get(answer["Location"], headers={"HX-Request": "true"})
    assert b"<html" not in part.content


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("slug", "alpha", "taken"),
        ("slug", "ALPHA", "taken"),
        ("slug", "www", "kept for the installation"),
        ("slug", "ab", "at least 3"),
        ("slug", "-abc", "Start with a letter"),
        ("slug", "a--b", "single hyphens"),
        ("slug", "xn--abc", "single hyphens"),
        ("slug", "a b c", "Start with a letter"),
        ("slug", "a.b.c", "Start with a letter"),
        ("slug", "ünïted", "Start with a letter"),
        ("slug", "a" * 41, "at most 40"),
        ("slug", "abc\x00", "Null characters"),
        ("company", "", "required"),
        ("company", "x" * 121, "at most 120"),
        ("company", "A\x00B", "Null characters"),
        ("name", "", "required"),
        ("email", "nobody", "valid email"),
        ("zone", "Mars/Base", "valid choice"),
        ("currency", "XXX", "valid choice"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(
    visitor: Browser, field: str, value: str, said: str
) -> None:
    before = Msp.objects.count()
    answer = visitor.post("/", GIVEN | {field: value})
    assert answer.status_code == 422
    assert said.encode() in answer.content
    assert f'id="id_{field}_error"'.encode() in answer.content
    assert Msp.objects.count() == before


def test_two_at_once_get_a_field_error_and_not_a_crash(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.forms.taken", lambda slug: False)  # the other came in between
    answer = visitor.post("/", GIVEN | {"slug": "alpha"})
    assert answer.status_code == 422
    assert b"This address is taken" in answer.content


def test_many_sign_ups_from_one_address_are_slowed_down(visitor: Browser) -> None:
    codes = [
        visitor.post("/", GIVEN | {"slug": f"harbor-{word}"}).status_code for word in "abcdefghijkl"
    ]
    assert codes == [302] * 10 + [429] * 2


def test_a_ready_msp_lets_its_owner_in_once(visitor: Browser) -> None:
    page = follow(visitor, "alpha")
    assert b"Open Alpha IT" in visitor.get(page).content
    answer = visitor.post(f"{page}enter")
    found = re.search(rb'href="(http://alpha.localhost:9420/accounts/link/[^"]+)"', answer.content)
    assert found
    link = found[1].decode().removeprefix("http://alpha.localhost:9420")
    owner = Browser(HTTP_HOST="alpha.localhost:9420")
    assert owner.get(link).status_code == 200
    assert owner.post(link)["Location"] == "/accounts/password/set/"
    again = Browser(HTTP_HOST="alpha.localhost:9420")
    assert again.post(link)["Location"] == "/accounts/link/"  # used up
    assert b"signed in here before" in visitor.get(page).content
    assert visitor.post(f"{page}enter").status_code == 302


def test_htmx_is_sent_to_the_other_host_by_a_header(visitor: Browser) -> None:
    answer = visitor.post(f"{follow(visitor, 'alpha')}enter", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("http://alpha.localhost:9420/accounts/link/")


@pytest.mark.parametrize(
    "token",
    ["x", "1:2:3", signing.dumps(1, salt="other"), "a" * 3000],
    ids=["word", "colons", "other salt", "long"],  # a signature differs in each process
)
def test_a_made_up_progress_address_is_not_found(visitor: Browser, token: str) -> None:
    assert visitor.get(f"/sign-up/{token}/").status_code == 404


def test_a_failed_set_up_is_admitted(visitor: Browser) -> None:
    Msp.objects.filter(slug="alpha").update(state="failed", error="boom inside")
    answer = visitor.get(follow(visitor, "alpha"))
    assert b"could not be built" in answer.content
    assert b"boom" not in answer.content
    assert b"every 1s" not in answer.content


@pytest.mark.parametrize(
    "path", ["/clients", "/accounts/login/", "/api/v1/tickets", "/portal/", "/hello"]
)
def test_the_public_host_has_nothing_of_an_msp(visitor: Browser, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_a_stray_session_cookie_changes_nothing(visitor: Browser) -> None:
    visitor.cookies["session"] = "abcdefghijklmnop"
    visitor.cookies["messages"] = "x"
    assert visitor.get("/").status_code == 200
    assert visitor.post("/", GIVEN).status_code == 302


@pytest.mark.parametrize(
    "host", ["gamma.localhost", "localhost.evil.example", "[::1]:80", "x" * 300, "a@b", ""]
)
def test_an_unknown_host_is_a_page_that_says_so(host: str, visitor: Browser) -> None:
    answer = Browser(HTTP_HOST=host).get("/")
    assert answer.status_code == 404
    assert b"Nobody lives here" in answer.content
    assert "script-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["ALPHA.localhost", "alpha.localhost.", "Alpha.LocalHost.:80"])
def test_a_host_is_recognised_however_it_is_written(host: str, visitor: Browser) -> None:
    assert Browser(HTTP_HOST=host).get("/accounts/login/").status_code == 200


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [
        ("suspended", 403, b"is suspended"),
        ("building", 503, b"is being set up"),
        ("requested", 503, b"is being set up"),
        ("failed", 503, b"could not be set up"),
    ],
)
def test_a_host_that_is_not_open_says_why(
    visitor: Browser, state: str, status: int, said: bytes
) -> None:
    Msp.objects.filter(slug="alpha").update(state=state)
    answer = Browser(HTTP_HOST="alpha.localhost").get("/")
    assert answer.status_code == status
    assert said in answer.content
    assert answer.has_header("Retry-After") is (status == 503)


def test_health_and_readiness(visitor: Browser) -> None:
    assert visitor.get("/healthz").json() == {"alive": True}
    said = {"ready": True, "missing": [], "alerting": "ok"}
    assert visitor.get("/readyz").json() == said


@pytest.mark.parametrize("name", ["database", "valkey", "broker"])
def test_readiness_names_what_is_missing(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def away() -> None:
        raise ConnectionRefusedError(name)

    monkeypatch.setitem(pages.NEEDS, name, away)
    answer = visitor.get("/readyz")
    alerting = "unknown" if name == "valkey" else "ok"
    said = {"ready": False, "missing": [name], "alerting": alerting}
    assert (answer.status_code, answer.json()) == (503, said)


def test_a_broker_that_is_away_is_noticed_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    away = Celery("away", set_as_current=False)
    away.conf.broker_url = away.conf.broker_write_url = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(pages, "celery", away)
    assert pages._answers("broker", pages._ask_broker) is False


def test_what_was_asked_for_is_built_by_the_owner_and_opens(committed: None) -> None:
    visitor = Browser(HTTP_HOST="localhost")
    cache.clear()
    location = visitor.post("/", GIVEN)["Location"]
    code = "import django; django.setup(); from tenants import tasks; tasks.build_requested()"
    environment = os.environ | started().environment() | {
        "STEWARD_ROLE": "owner", "DJANGO_SETTINGS_MODULE": "tests.settings",
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=100)
    assert b"Open Harbor IT" in visitor.get(location).content
    address = visitor.post(f"{location}enter", headers={"HX-Request": "true"})["HX-Redirect"]
    owner = Browser(HTTP_HOST="harbor.localhost")
    link = address.removeprefix("http://harbor.localhost")
    forget_hosts()
    assert owner.post(link)["Location"] == "/accounts/password/set/"
    answer = owner.post(
        "/accounts/password/set/",
        {"password1": "correct horse battery", "password2": "correct horse battery"},
    )
    assert answer["Location"] == "/setup"
    assert owner.get("/setup").status_code == owner.get("/").status_code == 200
    assert Domain.objects.filter(domain="harbor.localhost").count() == 1
