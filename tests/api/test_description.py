"""The description of the API is valid, whole, and readable without a script."""

import re

from django.core.management import call_command
from django.test import Client as Browser
from django.urls import get_resolver

from msp.kit.rest_docs import description, operations
from tests.api.conftest import Program


def test_it_is_valid_openapi_without_a_warning(api: Program, tmp_path: object) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", file=f"{tmp_path}/openapi.yml")


def test_programs_get_it_without_a_key(nobody: Browser) -> None:
    answer = nobody.get("/api/v1/openapi.json")
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_every_address_of_the_api_is_described(nobody: Browser) -> None:
    described = {re.sub(r"{\w+}", "{}", path) for path in description()["paths"]}
    routes = []

    def walk(patterns: list, prefix: str) -> None:
        for one in patterns:
            route = prefix + str(one.pattern)
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, route)
            elif route.startswith("api/v1/"):
                routes.append("/" + re.sub(r"<[^>]+>", "{}", route))

    walk(get_resolver("msp.urls").url_patterns, "")
    own = {"/api/v1/openapi.json", "/api/v1/docs"}
    assert set(routes) - own == described
    assert len(described) >= 15


def test_every_operation_has_words_a_scope_and_its_problems(nobody: Browser) -> None:
    for _tag, one in operations(description()):
        assert one.summary[0].isupper(), one
        assert re.search(r"Needs the scope `\w+:(read|write)`\.", one.words), one.path
        codes = {code for code, _words in one.answers}
        assert {"400", "401", "403"} <= codes
        assert ("{" not in one.path) or "404" in codes
        if one.method == "POST":
            assert "Idempotency-Key" in [field.name for field in one.parameters]


def test_people_read_it_without_script_or_foreign_host(nobody: Browser) -> None:
    answer = nobody.get("/api/v1/docs")
    text = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Open a ticket", "Idempotency-Key", "acknowledge", "/api/v1/invoices/{id}"):
        assert words in text, words
    assert not re.search(r"""(src|href)=["']https?://(?!alpha\.localhost)""", text)
    assert not re.search(r"<script(?![^>]*src=)", text)
    assert " style=" not in text
