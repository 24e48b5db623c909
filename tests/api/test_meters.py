"""Programs read meters: what is sent twice is one reading, and what cannot be is refused."""

from datetime import date

import pytest

from contracts.clients import actions
from contracts.clients.models import MeterReading
from tests import make
from tests.api.conftest import Program


@pytest.fixture
def meter(alpha):
    return actions.add_meter(
        client=make.client(), name="Pages", measure="pages", counts_from_on=date(2026, 1, 1),
        by=make.BY, at=make.STARTED_AT,
    )  # fmt: skip


def test_a_program_reads_a_meter_once(api: Program, meter) -> None:
    body = {"value": "120.5", "taken_at": "2026-05-01T10:00:00Z", "source_key": "k-1"}
    first = api.post(f"meters/{meter.pk}/readings", body)
    assert first.status_code == 201, first.content
    assert api.post(f"meters/{meter.pk}/readings", body).json()["id"] == first.json()["id"]
    assert MeterReading.objects.count() == 1
    [row] = api.get(f"meters/{meter.pk}/readings").json()["data"]
    assert (row["value"], row["source"], row["drop"]) == ("120.500000", "api", "")
    assert api.post(f"meters/{meter.pk + 1}/readings", body).status_code == 404
    assert api.get(f"meters/{meter.pk}").json()["dial"] == {"shows": "counter"}
    assert [one["name"] for one in api.get("meters?measure=PAGES").json()["data"]] == ["Pages"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"value": "-1", "taken_at": "2026-05-01T10:00:00Z"}, 400, "value"),
        ({"value": "1"}, 400, "taken_at"),
        ({"value": "1", "taken_at": "2199-05-01T10:00:00Z"}, 422, "taken_at"),
        ({"value": "1", "taken_at": "2026-05-01T10:00:00Z", "drop": "reset"}, 400, "drop"),
    ],
)
def test_a_wrong_reading_is_refused_by_its_field(api: Program, meter, body, status, field) -> None:
    answer = api.post(f"meters/{meter.pk}/readings", body)
    assert answer.status_code == status
    assert field in {one["field"] for one in answer.json()["errors"]}
