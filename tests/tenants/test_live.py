"""What open pages learn has changed: everybody only what is theirs to know."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from msp.kit import live
from msp.kit.slots import news
from tenants import context
from tenants.notices import actions as notices
from tests.cast import Cast
from tests.conftest import NOW, person

Names = Callable[[Browser], set[str]]


@pytest.fixture
def names(valkey: redis.Redis) -> Names:
    """What one browser hears from the beginning of the stream."""

    def hear(browser: Browser) -> set[str]:
        answer = browser.get("/live?since=0-0")
        return set(answer.json()["e"]) if answer.status_code == 200 else set()

    return hear


def tell(client_id: int | None, *nouns: str, schema: str = "t_alpha") -> None:
    """As announcing does: the references of one event, its room's list, and the counts."""
    whose = [f"client-{client_id}"] if client_id else []
    live.publish(schema, [*nouns, *whose, "counts"])


def test_a_client_hears_of_itself_alone(
    names: Names, cast: Cast, cleo: Browser, eve: Browser
) -> None:
    harbor, quill = cast.harbor.pk, cast.quill.pk
    tell(harbor, "ticket-7", "message-9", "tickets")
    tell(quill, "ticket-8", "tickets")
    tell(harbor, "invoice-3", "billing")
    tell(None, "person-1", "people")
    assert names(cleo) == {"ticket-7", "tickets", f"client-{harbor}", "counts"}
    assert names(eve) == {"ticket-8", "tickets", f"client-{quill}", "counts"}


def test_one_happening_of_two_clients_tells_neither_of_the_other(
    names: Names, cast: Cast, cleo: Browser, eve: Browser
) -> None:
    harbor, quill = cast.harbor.pk, cast.quill.pk
    live.publish("t_alpha", [f"client-{harbor}", f"client-{quill}", f"before_client-{quill}"])
    assert names(cleo) == {f"client-{harbor}"}
    assert names(eve) == {f"client-{quill}"}


def test_staff_hear_what_they_may_see(
    names: Names, cast: Cast, ada: Browser, ben: Browser, fay: Browser
) -> None:
    tell(cast.harbor.pk, "ticket-7", "tickets", "invoice-3", "billing", "run-2", "message-9")
    for_all = {"ticket-7", "tickets", f"client-{cast.harbor.pk}", "counts"}
    assert names(ben) == for_all
    assert names(ada) == names(fay) == {*for_all, "invoice-3", "billing"}


def test_the_other_msp_hears_nothing(
    names: Names, ben: Browser, beta: context.Tenant, sign_in: Callable
) -> None:
    tell(5, "ticket-7", "tickets")
    with context.inside(beta):
        other = sign_in(person("Ben"), host="beta.localhost")
    tell(6, "ticket-9", schema="t_beta")
    assert names(other) == {"ticket-9", "client-6", "counts"}
    assert "ticket-9" not in names(ben)


def test_an_inbox_is_told_to_its_owner(
    names: Names, ben: Browser, fay: Browser, django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        notices.tell(person_id=person("Ben").pk, key="k", reason="assigned", text="Hi", at=NOW)
    assert names(ben) == {"inbox", "counts"}
    assert names(fay) == set()


def test_somebody_no_client_knows_any_more_hears_nothing(
    names: Names, cast: Cast, cleo: Browser
) -> None:
    tell(cast.harbor.pk, "ticket-7")
    cast.cleo.archived_at = NOW
    cast.cleo.save()
    assert names(cleo) == set()


def test_the_cursor_moves_past_what_is_not_ours(
    names: Names, cast: Cast, cleo: Browser, valkey: redis.Redis
) -> None:
    tell(cast.quill.pk, "ticket-8", "tickets")
    first = cleo.get("/live?since=0-0").json()
    assert first["e"] == []
    assert cleo.get(f"/live?since={first['cur']}").status_code == 204


def test_too_many_names_are_one(names: Names, cast: Cast, cleo: Browser, ben: Browser) -> None:
    tell(cast.quill.pk, *(f"ticket-{number}" for number in range(300)))
    assert names(ben) == {"*"}
    assert names(cleo) == set()


def test_filtering_asks_as_much_for_many_names_as_for_one(
    names: Names, cast: Cast, cleo: Browser
) -> None:
    asked: list[int] = []
    names(cleo)  # the host is known from here on
    for many in (1, 100):
        for number in range(many):
            tell(cast.harbor.pk, f"ticket-{number}", "tickets")
        with CaptureQueriesContext(connection) as questions:
            assert len(names(cleo)) == many + 3
        asked.append(len(questions))
    assert asked[0] == asked[1]


def test_what_pages_listen_to_is_declared() -> None:
    """An undeclared name is heard by nobody: the page would never refresh."""
    heard: set[str] = set()
    for page in Path("templates").rglob("*.html"):
        heard |= set(re.findall(r"live:([a-z_]+)[^\"]*? from:body", page.read_text()))
    assert heard - {"all"} <= set(news())
