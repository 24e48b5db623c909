"""An agreement written by a program from draft to end, the coverage question, the unit register."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from contracts.clients import actions as clients
from tests import make
from tests.api.conftest import Program
from tests.cast import Cast

LINE = {"description": "Workstations", "kind": "per_device", "facts": {"unit_price": "62.00"}}


def named(answer: Any) -> list[str]:
    return [one["field"] for one in answer.json().get("errors", [])]


def test_an_agreement_is_written_published_amended_and_ended(api: Program, cast: Cast) -> None:
    starts_on = date.today() + timedelta(days=40)  # noqa: DTZ011
    made = api.post("agreements", {
        "client_id": cast.harbor.pk, "name": "Plan", "starts_on": starts_on.isoformat(),
    }).json()  # fmt: skip
    here = f"agreements/{made['id']}"
    assert named(api.post(f"{here}/publish", {})) == ["lines"]
    level = make.level("Gold")
    said = {"lines": [LINE], "note": "By a program", "level_version_id": level.pk}
    draft = api.send("PUT", f"{here}/draft", said).json()["versions"][0]
    assert (draft["note"], draft["lines"][0]["facts"]["unit_price"]) == ("By a program", "62.00")
    assert draft["service_level"] == "Gold v1"
    wrong = api.send("PUT", f"{here}/draft", {"lines": [LINE | {"facts": {"price": "1"}}]})
    assert (wrong.status_code, named(wrong)) == (422, ["lines[0].unit_price"])
    assert api.send("PUT", f"{here}/draft", {"line": []}).status_code == 400
    published = api.post(f"{here}/publish", {})
    assert (published.status_code, published.json()["state"]) == (200, "active")
    later = (starts_on + timedelta(days=30)).isoformat()
    amended = api.post(f"{here}/amend", {"effective_on": later})
    assert (amended.status_code, len(amended.json()["versions"])) == (201, 2)
    key = amended.json()["versions"][1]["lines"][0]["line_key"]
    assert key == draft["lines"][0]["line_key"]
    assert api.post(f"{here}/amend", {"effective_on": later}).status_code == 409
    api.send("PUT", f"{here}/draft", {"name": "Plan two"})
    assert api.post(f"{here}/publish", {}).json()["name"] == "Plan two"
    assert api.send("PUT", f"{here}/draft", {"name": "x"}).status_code == 409
    ended = api.post(f"{here}/end", {"ends_on": later})
    assert ended.json()["ends_on"] == later
    assert api.post("agreements/999/publish", {}).status_code == 404


def test_coverage_is_one_question(api: Program, cast: Cast) -> None:
    server = make.device(cast.harbor, "srv")
    agreement = make.agreement(cast.harbor, make.per_device("10.00", ["server"]))
    asked = f"coverage?client_id={cast.harbor.pk}"
    answer = api.get(f"{asked}&device_id={server.pk}&at=2026-06-01T14:00:00Z").json()
    assert (answer["covered"], answer["verdict"]) == (True, "included")
    assert answer["agreement_id"] == agreement.pk
    laptop = make.device(cast.harbor, "lap", "laptop")
    refused = api.get(f"{asked}&device_id={laptop.pk}").json()
    assert refused["covered"] is False
    assert refused["failed"]
    for wrong in ("coverage", f"{asked}&colour=red", f"{asked}&at=soon", "coverage?client_id=x"):
        assert api.get(wrong).status_code == 400, wrong
    theirs = make.device(cast.quill, "theirs")
    assert api.get(f"{asked}&device_id={theirs.pk}").status_code == 404
    assert api.get("coverage?client_id=999").status_code == 404


def test_units_are_answered_as_known(api: Program, cast: Cast) -> None:
    device = make.device(cast.harbor, "srv")
    learned = datetime(2026, 6, 20, tzinfo=UTC)
    clients.retire_device(device=device, on=date(2026, 6, 1), by=make.BY, at=learned)
    clients.add_licence(
        client=cast.harbor, product="Suite", seats=40, counts_from_on=date(2026, 1, 1),
        by=make.BY, at=learned,
    )  # fmt: skip
    day = f"units?client_id={cast.harbor.pk}&on=2026-06-10"
    assert [row["name"] for row in api.rows(f"{day}&known_at=2026-06-19T00:00:00Z")] == ["srv"]
    [row] = api.rows(f"{day}&limit=1")
    assert (row["unit_type"], row["quantity"], row["ends_on"]) == ("licence", 40, None)
    assert api.rows(f"{day}&unit_type=device") == []
    for wrong in ("on=soon", "known_at=soon", "unit_type=override", "colour=red", "client_id=x"):
        assert api.get(f"units?{wrong}").status_code == 400, wrong
    assert api.rows(f"units?client_id={cast.quill.pk}") == []
