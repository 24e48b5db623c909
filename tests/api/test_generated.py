"""Schemathesis makes up requests from the description; none of them may be a fault of ours."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from django.db import transaction
from django.http import HttpResponse
from hypothesis import HealthCheck, Phase, given, seed, settings

from msp.kit.rest_docs import description
from tests.api.conftest import Program
from tests.isolation.estate import world

SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(description())))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
EXAMPLES = settings(
    max_examples=10, deadline=None, database=None, derandomize=True,
    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip


def send(api: Program, case: Any) -> HttpResponse:
    """One made-up request, undone afterwards."""
    query = urlencode(case.query or {}, doseq=True, errors="replace")
    path = case.formatted_path.removeprefix("/api/v1/")
    body = None if isinstance(case.body, schemathesis.core.NotSet) else case.body
    headers = {
        name.replace("-", "_"): value
        for name, value in (case.headers or {}).items()
        if name.lower() == "idempotency-key" and value.isprintable()
    }
    with transaction.atomic():
        answer = api.send(case.method, f"{path}?{query}" if query else path, body, **headers)
        transaction.set_rollback(True)
    return answer


PARTS = 4


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_made_up_request_is_answered_as_described(api: Program, part: int) -> None:
    world("HERE", "OTHER")
    api.browser.raise_request_exception = False
    every = OPERATIONS[part::PARTS]
    wrong = [said for operation in every for said in _wrong(api, operation)]
    assert wrong == [], "\n".join(wrong)


def _wrong(api: Program, operation: Any) -> list[str]:
    """What is answered otherwise than it is described, the smallest example of it."""
    known = set(operation.definition.raw["responses"]) | {"404", "405"}

    @seed(1)
    @EXAMPLES
    @given(case=operation.as_strategy())
    def try_it(case: Any) -> None:
        answer = send(api, case)
        assert answer.status_code < 500, answer.content[:400]
        assert str(answer.status_code) in known, answer.content[:400]
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"

    try:
        try_it()
    except AssertionError as error:
        return [f"{operation.method.upper()} {operation.path}: {error}"]
    return []
