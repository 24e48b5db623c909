"""Every address has a gate, and no form can be sent by another site."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter

from tenants.people.gates import GATE
from tests.each import each

PUBLIC = "msp.public_urls"
LIBRARY = ("allauth.",)  # sign-in and second factor; each asks for what it needs by itself

Address = tuple[str, URLPattern]


def addresses(resolver: URLResolver, before: str = "") -> Iterator[Address]:
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, here)
        else:
            yield here, entry


def gate_of(entry: URLPattern) -> str:
    return str(getattr(entry.callback, GATE, ""))


def ours(urlconf: str = "msp.urls") -> list[Address]:
    found = addresses(get_resolver(urlconf))
    return [one for one in found if not one[1].callback.__module__.startswith(LIBRARY)]


def path_to(entry_path: str, entry: URLPattern) -> str:
    """An address as somebody would type it: 1 for a number, x for a word."""
    path = "/" + entry_path
    for name, converter in entry.pattern.converters.items():
        kind = next(k for k in ("int", "str", "slug", "path", "uuid") if f"<{k}:{name}>" in path)
        value = "1" if isinstance(converter, IntConverter) else "x"
        path = path.replace(f"<{kind}:{name}>", value)
    return path


@each(ours())
def test_every_view_has_a_gate(path: str, entry: URLPattern) -> None:
    kind = gate_of(entry).partition(":")[0]
    assert kind in ("staff", "client_user", "signed_in", "anyone", "key"), path
    assert (kind == "key") <= path.startswith("api/v1/")


@each([*ours(), *ours(PUBLIC)])
def test_only_the_api_takes_posts_without_a_form_of_ours(path: str, entry: URLPattern) -> None:
    exempt = getattr(entry.callback, "csrf_exempt", False)
    assert not exempt or gate_of(entry).startswith("key:")


def gated(*kinds: str) -> list[str]:
    return [path_to(*one) for one in ours() if gate_of(one[1]).partition(":")[0] in kinds]


def wrongly_let_in(browser: Browser, paths: list[str], allowed: Callable[[Any], bool]) -> list[str]:
    assert len(paths) > 5
    answers = [(path, send(path)) for path in paths for send in (browser.get, browser.post)]
    return [f"{path}: {answer.status_code}" for path, answer in answers if not allowed(answer)]


def test_a_stranger_is_let_in_nowhere(nobody: Browser) -> None:
    """Neither to see nor to change: sent to sign in, or told to bring a key."""

    def kept_out(answer: Any) -> bool:
        sent = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
        return sent or answer.status_code in (401, 405)

    paths = gated("staff", "client_user", "signed_in", "key")
    assert wrongly_let_in(nobody, paths, kept_out) == []


def test_a_client_is_let_into_no_page_of_the_msp(cleo: Browser) -> None:
    def kept_out(answer: Any) -> bool:
        sent_home = answer.status_code == 302 and answer["Location"] == "/portal/"
        return sent_home or answer.status_code in (403, 405)

    assert wrongly_let_in(cleo, gated("staff"), kept_out) == []


@pytest.mark.usefixtures("cast")
def test_the_portal_is_for_clients(ada: Browser) -> None:
    paths = gated("client_user")
    assert wrongly_let_in(ada, paths, lambda answer: answer.status_code in (403, 405)) == []
