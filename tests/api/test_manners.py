"""Keys, scopes, bodies, idempotency, problem details: the same on every address."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from contracts.clients.models import Client, Site
from tenants import context
from tenants.context import Tenant
from tenants.people import actions, tasks
from tenants.people.models import ApiKey, Replay
from tests.api.conftest import Program, key
from tests.cast import Cast
from tests.conftest import person
from tests.make import BY

NEW = {"name": "Birch Law", "zone": "UTC"}


def is_problem(answer: Any, status: int, code: str = "") -> bool:
    body = answer.json()
    return (
        answer.status_code == status == body["status"]
        and answer["Content-Type"] == "application/problem+json"
        and bool(body["title"])
        and (not code or body["code"] == code)
    )


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", "Bearer ", "Bearer x", "Bearer a b", "Basic YTpi", "Token x", "Bearer \u00e9",
        "Bearer " + "x" * 5000, "bearer stw_000000000000000000000000000000000000000000000000",
    ],
)  # fmt: skip
def test_without_a_known_key_nothing_is_said(alpha: Tenant, header: str) -> None:
    extra = {"HTTP_AUTHORIZATION": header} if header else {}
    answer = Browser(HTTP_HOST="alpha.localhost").get("/api/v1/clients", **extra)
    assert is_problem(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_key(ada: Browser) -> None:
    assert ada.get("/api/v1/clients").status_code == 401


def test_a_key_of_beta_is_unknown_at_alpha(api: Program, beta: Tenant) -> None:
    with context.inside(beta):
        stranger = Program(key())
    assert stranger.get("clients").status_code == 401
    stranger.host = "beta.localhost"
    assert stranger.get("clients").status_code == 200
    api.host = "beta.localhost"
    assert api.get("clients").status_code == 401


def test_scopes_open_what_they_name(program: Callable[..., Program], cast: Cast) -> None:
    reader = program("clients:read")
    assert reader.get("clients").status_code == 200
    refused = reader.post("clients", NEW)
    assert is_problem(refused, 403)
    assert "clients:write" in refused.json()["title"]
    assert is_problem(reader.get("tickets"), 403)
    assert is_problem(program("clients:write").get("clients"), 403)
    assert not Client.objects.filter(name="Birch Law").exists()


def test_a_key_can_do_no_more_than_its_person(program: Callable[..., Program], cast: Cast) -> None:
    with pytest.raises(Exception, match="may not do"):
        program("invoices:read", who="Ben")
    writer = program("clients:write", who="Ben")
    assert writer.post("clients", NEW).status_code == 201
    actions.change_role(person=person("Ben"), role="viewer", by=BY, at=datetime.now(UTC))
    refused = writer.post("clients", NEW | {"name": "Other"})
    assert is_problem(refused, 403)


def test_revoked_expired_and_ended_keys_are_refused_at_once(
    program: Callable[..., Program], cast: Cast
) -> None:
    now = datetime.now(UTC)
    one = program("clients:read")
    actions.revoke_key(key=ApiKey.objects.get(prefix=one.token[:12]), by=BY, at=now)
    assert "revoked" in one.get("clients").json()["title"]
    old = program("clients:read", expires_at=now - timedelta(seconds=1))
    assert "expired" in old.get("clients").json()["title"]
    assert ApiKey.objects.filter(prefix=old.token[:12]).exists()  # still on the owner's list
    of_ben = program("clients:read", who="Ben")
    assert of_ben.get("clients").status_code == 200
    actions.deactivate(person=person("Ben"), by=BY, at=now)
    assert of_ben.get("clients").status_code == 401


def test_a_key_bound_to_addresses_works_from_there_only(program: Callable[..., Program]) -> None:
    assert program("clients:read", addresses=["127.0.0.1"]).get("clients").status_code == 200
    assert program("clients:read", addresses=["10.1.1.1"]).get("clients").status_code == 401


def test_use_is_noted(api: Program) -> None:
    api.get("clients")
    assert ApiKey.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing", 404), ("GET", "clients/999999", 404), ("GET", "clients/abc", 404),
        ("GET", "clients/99999999999999999999999999", 404), ("DELETE", "clients", 405),
        ("PUT", "clients", 405), ("OPTIONS", "clients", 405), ("TRACE", "clients", 405),
        ("BREW", "clients", 405), ("POST", "openapi.json", 405), ("GET", "", 404),
    ],
)  # fmt: skip
def test_every_miss_is_a_problem(api: Program, method: str, path: str, status: int) -> None:
    assert is_problem(api.send(method, path), status)


def test_outside_of_version_1_it_is_a_problem_too(alpha: Tenant) -> None:
    browser = Browser(HTTP_HOST="alpha.localhost")
    for path in ("/api/", "/api/v2/clients", "/api/v1", "/api/v1/clients/"):
        assert is_problem(browser.get(path), 404), path


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"text"', "application/json", 400),
        (b"null", "application/json", 400),
        (b"17", "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b'{"name": 1e999999999999}', "application/json", 400),
        (b'{"name": ' + b"9" * 6000 + b"}", "application/json", 400),
        (b"[" * 100_000 + b"]" * 100_000, "application/json", 400),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "application/json", 400),
        (b'{"name": "A\\u0000B", "zone": "UTC"}', "application/json", 400),
        (b'{"name": "\\ud800", "zone": "UTC"}', "application/json", 400),
        (b'{"\\ud800": 1}', "application/json", 400),
        (b'{"name": "\xff", "zone": "UTC"}', "application/json", 400),
        (b"\x00" * 100, "application/json", 400),
        ('{"name": "Ü"}'.encode("utf-16"), "application/json", 400),
        (b"name=A&zone=UTC", "application/x-www-form-urlencoded", 415),
        (b"<a/>", "application/xml", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),
        (b"{}", "text/plain", 415),
        (b"{}", "nonsense", 415),
        (b'{"name": "' + b"x" * 5_000_000 + b'"}', "application/json", 413),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_body_that_makes_no_sense_is_said_so(
    api: Program, body: bytes, kind: str, status: int
) -> None:
    answer = api.post("clients", body, Content_Type=kind)
    assert is_problem(answer, status), answer.content[:300]
    assert Client.objects.count() == 0


def test_only_json_is_answered(api: Program) -> None:
    assert is_problem(api.get("clients", Accept="application/xml"), 406)


def test_head_is_get_without_a_body(api: Program) -> None:
    assert api.send("HEAD", "clients").status_code == 200


def test_the_same_key_does_it_once_and_answers_the_same(api: Program) -> None:
    first = api.post("clients", NEW, Idempotency_Key="order-1")
    again = api.post("clients", NEW, Idempotency_Key="order-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert Client.objects.count() == 1


def test_the_same_key_for_something_else_is_a_mistake(api: Program, cast: Cast) -> None:
    api.post("clients", NEW, Idempotency_Key="k")
    other_body = api.post("clients", NEW | {"name": "Oak"}, Idempotency_Key="k")
    assert is_problem(other_body, 422, "key_reused")
    body = {"client_id": cast.harbor.pk, "name": "S"}
    assert is_problem(api.post("sites", body, Idempotency_Key="k"), 422, "key_reused")
    assert Site.objects.count() == 0


def test_keys_of_different_programs_do_not_meet(
    api: Program, program: Callable[..., Program]
) -> None:
    assert api.post("clients", NEW, Idempotency_Key="k").status_code == 201
    other = program("clients:write")
    answer = other.post("clients", NEW | {"name": "Oak"}, Idempotency_Key="k")
    assert answer.status_code == 201


def test_a_refusal_may_be_corrected_under_the_same_key(api: Program) -> None:
    assert api.post("clients", {"zone": "UTC"}, Idempotency_Key="k").status_code == 400
    assert api.post("clients", NEW | {"zone": "X"}, Idempotency_Key="k").status_code == 422
    assert api.post("clients", NEW, Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("word", ["x" * 256, "tab\there", "\u00e9"])
def test_a_key_that_is_no_key_is_refused(api: Program, word: str) -> None:
    assert is_problem(api.post("clients", NEW, Idempotency_Key=word), 422, "bad_key")


def test_what_is_kept_is_forgotten_after_two_days(api: Program) -> None:
    api.post("clients", NEW, Idempotency_Key="k")
    tasks.forget_replays()
    assert Replay.objects.count() == 1
    Replay.objects.update(at=datetime.now(UTC) - timedelta(hours=49))
    tasks.forget_replays()
    assert Replay.objects.count() == 0


def test_two_at_once_are_one_and_a_conflict(committed: None, databases: object) -> None:
    """The second meets the lock of the first, which is still under way."""
    tenant = context.ready()[0]
    with context.inside(tenant):
        program = Program(key())
    inside, go_on = threading.Event(), threading.Event()
    answers: dict[str, Any] = {}

    def slow(*args: Any, **kwargs: Any) -> Any:
        inside.set()
        go_on.wait(20)
        return original(*args, **kwargs)

    from contracts.clients import actions as clients

    original = clients.add_client

    def first() -> None:
        answers["first"] = Program(program.token).post("clients", NEW, Idempotency_Key="k")
        connection.close()

    clients.add_client = slow
    try:
        thread = threading.Thread(target=first)
        thread.start()
        assert inside.wait(20)
        second = program.post("clients", NEW, Idempotency_Key="k")
        go_on.set()
        thread.join(20)
    finally:
        clients.add_client = original
    assert is_problem(second, 409, "in_flight")
    assert answers["first"].status_code == 201
    third = program.post("clients", NEW, Idempotency_Key="k")
    assert third["Idempotent-Replayed"] == "true"
    with context.inside(tenant):
        assert Client.objects.count() == 1
