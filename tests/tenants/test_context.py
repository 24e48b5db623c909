"""Entering an MSP, leaving it, and never being in the wrong one."""

import threading

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser

from tenants import context
from tenants.context import NoSuchMsp, Tenant
from tenants.middleware import normalise
from tenants.models import Msp
from tenants.people.models import Person, Team


def test_rows_of_one_msp_do_not_exist_in_the_other(alpha: Tenant, beta: Tenant) -> None:
    Team.objects.create(name="only in alpha")
    with context.inside(beta):
        assert not Team.objects.exists()
        assert not Person.objects.filter(email__endswith="@alpha.example").exists()
    assert Team.objects.count() == 1


def test_blocks_nest_and_restore_after_an_error(alpha: Tenant, beta: Tenant) -> None:
    with pytest.raises(RuntimeError), context.inside(beta):
        assert context.current_schema() == "t_beta"
        raise RuntimeError
    assert context.current() == alpha
    with context.outside(), pytest.raises(NoSuchMsp):
        context.current()


def test_a_new_thread_starts_outside(alpha: Tenant) -> None:
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.append(connection.schema_name))
    thread.start()
    thread.join()
    assert seen == ["public"]


def test_two_threads_do_not_leave_each_other_in_the_wrong_schema(committed: None) -> None:
    one, two = context.ready()
    wrong: list[str] = []
    barrier = threading.Barrier(2)

    def work(tenant: Tenant) -> None:
        for _ in range(200):
            barrier.wait(timeout=20)
            with context.inside(tenant):
                found = Person.objects.values_list("email", flat=True)
                if not all(f"@{tenant.slug}.example" in email for email in found):
                    wrong.append(tenant.slug)
        connection.close()

    threads = [threading.Thread(target=work, args=(tenant,)) for tenant in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.usefixtures("valkey")
def test_cache_keys_are_the_msps_own(alpha: Tenant, beta: Tenant) -> None:
    cache.set("k", "alpha's")
    with context.inside(beta):
        assert cache.get("k") is None
    assert cache.get("k") == "alpha's"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Alpha.LOCALHOST:8000", "alpha.localhost"),
        ("alpha.localhost.", "alpha.localhost"),
        (" alpha.localhost ", "alpha.localhost"),
        ("[::1]:8000", "[::1]"),
    ],
)
def test_hosts_are_normalised(raw: str, clean: str) -> None:
    assert normalise(raw) == clean


@pytest.mark.parametrize(
    "host",
    ["gamma.localhost", "alpha.localhost.evil", "alphalocalhost", "", "a@alpha.localhost",
     "x" * 300, "alpha.localhost\x00", "ａlpha.localhost", "-"],
)  # fmt: skip
def test_a_host_nobody_has_is_not_found(alpha: Tenant, host: str) -> None:
    assert Browser(HTTP_HOST=host).get("/").status_code == 404


def test_an_msp_that_opens_is_there_at_once(alpha: Tenant) -> None:
    """Only what is open and what nobody has is remembered; sign-up must not wait for a clock."""
    browser = Browser(HTTP_HOST="alpha.localhost")
    with context.outside():
        Msp.objects.filter(slug="alpha").update(state=Msp.State.BUILDING)
    assert browser.get("/accounts/login/").status_code == 503
    with context.outside():
        Msp.objects.filter(slug="alpha").update(state=Msp.State.READY)
    assert browser.get("/accounts/login/").status_code == 200


def test_a_port_that_is_no_port_is_refused(alpha: Tenant) -> None:
    """It would else stand in the links we mail."""
    for port in ("evil.example", "80@evil.example", "8000/x"):
        answer = Browser(HTTP_HOST=f"alpha.localhost:{port}").get("/accounts/login/")
        assert answer.status_code in (400, 404)


def test_a_forwarded_host_is_not_believed(alpha: Tenant) -> None:
    answer = Browser(HTTP_HOST="gamma.localhost", HTTP_X_FORWARDED_HOST="alpha.localhost").get("/")
    assert answer.status_code == 404


def test_a_cookie_of_one_msp_is_nothing_at_the_other(ada: Browser, beta: Tenant) -> None:
    assert ada.get("/settings/people").status_code == 200
    answer = ada.get("/settings/people", headers={"host": "beta.localhost"})
    assert answer.status_code == 302
    assert "/accounts/login" in answer["Location"]


def test_the_connection_is_back_in_public_after_a_request(ada: Browser) -> None:
    with context.outside():
        ada.get("/inbox")
        assert connection.schema_name == "public"
