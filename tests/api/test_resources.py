"""Each resource: what is shown, what may be written, and that writing goes through the actions."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts import actions as contracts
from contracts.clients.models import Client, Device, UnitVersion
from msp.kit.refs import system
from tenants.journal.models import Entry
from tenants.people.actions import create_team
from tests import make
from tests.api.conftest import Program
from tests.cast import Cast
from tests.make.clients import STARTED_AT
from tickets.models import Message, Ticket


def errors(answer: Any) -> dict[str, str]:
    return {one["field"]: one["reason"] for one in answer.json().get("errors", [])}


def test_a_client_is_added_shown_changed_and_journalled(api: Program) -> None:
    answer = api.post("clients", {"name": "Birch Law", "zone": "Europe/Berlin", "currency": "EUR"})
    assert answer.status_code == 201, answer.content
    row = answer.json()
    assert (row["slug"], row["currency"], row["payment_days"]) == ("birch-law", "EUR", 30)
    assert api.get(f"clients/{row['id']}").json() == row
    changed = api.patch(f"clients/{row['id']}", {"payment_days": 14}).json()
    assert (changed["payment_days"], changed["name"]) == (14, "Birch Law")
    told = Entry.objects.filter(refs__contains=[f"client:{row['id']}"]).order_by("pk")
    assert [one.kind for one in told] == ["clients.added", "clients.changed"]
    assert {(one.actor_kind, one.actor_name) for one in told} == {("key", "Test")}


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"zone": "UTC"}, 400, "name"),
        ({"name": "", "zone": "UTC"}, 400, "name"),
        ({"name": "A", "zone": "Mars/Base"}, 422, "zone"),
        ({"name": "A", "zone": "UTC", "currency": "XXQ"}, 422, "currency"),
        ({"name": "A", "zone": "UTC", "segment": "giant"}, 400, "segment"),
        ({"name": "A", "zone": "UTC", "payment_days": 366}, 400, "payment_days"),
        ({"name": "A", "zone": "UTC", "tax_rate": "NaN"}, 400, "tax_rate"),
        ({"name": "A", "zone": "UTC", "tax_rate": "100"}, 422, "tax_rate"),
        ({"name": "A" * 121, "zone": "UTC"}, 400, "name"),
        ({"name": {"a": 1}, "zone": "UTC"}, 400, "name"),
        ({"name": ["A"], "zone": "UTC"}, 400, "name"),
        ({"name": "A", "zone": "UTC", "slug": "mine"}, 400, "slug"),
        ({"name": "A", "zone": "UTC", "id": 1}, 400, "id"),
        ({"name": "A", "zone": "UTC", "archived_at": None}, 400, "archived_at"),
        ({"name": "harbor dental", "zone": "UTC"}, 422, "name"),
    ],
)
def test_a_wrong_client_is_refused_by_field(
    api: Program, cast: Cast, body: dict, status: int, field: str
) -> None:
    before = Client.objects.count()
    answer = api.post("clients", body)
    assert (answer.status_code, list(errors(answer))) == (status, [field])
    assert answer["Content-Type"] == "application/problem+json"
    assert Client.objects.count() == before


def test_sites_and_contacts(api: Program, cast: Cast) -> None:
    site = api.post("sites", {"client_id": cast.harbor.pk, "name": "Pier 9"})
    assert site.status_code == 201
    contact = api.post(
        "contacts",
        {
            "client_id": cast.harbor.pk, "site_id": site.json()["id"], "name": "Moe",
            "email": "moe@harbor.example", "counts_from_on": "2026-06-01",
        },
    )  # fmt: skip
    assert contact.status_code == 201, contact.content
    assert contact.json()["counts_from_on"] == "2026-06-01"
    assert UnitVersion.objects.filter(unit_type="user", name="Moe").count() == 1
    foreign = api.post(
        "contacts", {"client_id": cast.quill.pk, "site_id": site.json()["id"], "name": "Nat"}
    )
    assert (foreign.status_code, list(errors(foreign))) == (422, ["site"])
    assert api.patch(f"sites/{site.json()['id']}", {"name": "Pier 10"}).json()["name"] == "Pier 10"
    assert api.patch(f"contacts/{contact.json()['id']}", {"title": "Dr"}).json()["title"] == "Dr"
    assert (
        api.patch(f"contacts/{contact.json()['id']}", {"portal_role": "admin"}).status_code == 400
    )


def test_a_device_reaches_the_unit_register(api: Program, cast: Cast) -> None:
    body = {
        "client_id": cast.harbor.pk, "name": "HD-LAP-7", "kind": "laptop",
        "counts_from_on": "2026-06-01",
    }  # fmt: skip
    device = api.post("devices", body)
    assert device.status_code == 201, device.content
    pk = device.json()["id"]
    assert Device.objects.get(pk=pk).counts_from_on == date(2026, 6, 1)
    units = UnitVersion.objects.filter(unit_type="device", unit_id=pk)
    assert [(one.source, one.unit_class) for one in units] == [("api", "laptop")]
    assert api.patch(f"devices/{pk}", {"serial": "C02X"}).json()["serial"] == "C02X"
    retired = api.post(f"devices/{pk}/retire", {"on": "2026-07-01"})
    assert (retired.status_code, retired.json()["retired_on"]) == (200, "2026-07-01")
    twice = api.post(f"devices/{pk}/retire", {"on": "2026-07-01"})
    assert twice.status_code in (409, 422)


def test_agreements_are_read_with_versions_and_begun_as_drafts(api: Program, cast: Cast) -> None:
    agreement = make.agreement(cast.harbor, make.per_device("62.00", classes=["workstation"]))
    row = api.get(f"agreements/{agreement.pk}").json()
    assert (row["state"], row["versions"][0]["number"]) == ("active", 1)
    assert row["versions"][0]["lines"][0]["kind"] == "per_device"
    assert "versions" not in api.get("agreements").json()["data"][0]
    draft = api.post(
        "agreements", {"client_id": cast.quill.pk, "name": "Care", "starts_on": "2026-07-01"}
    )
    assert (draft.status_code, draft.json()["state"]) == (201, "draft")
    wrong = api.post(
        "agreements",
        {
            "client_id": cast.quill.pk, "name": "Care", "starts_on": "2026-07-01",
            "ends_on": "2026-07-01",
        },
    )  # fmt: skip
    assert (wrong.status_code, list(errors(wrong))) == (422, ["ends_on"])


def test_a_ticket_lives_through_the_api(api: Program, cast: Cast) -> None:
    body = {
        "client_id": cast.harbor.pk,
        "subject": "Scanner is down",
        "body": "Since 9.",
        "priority": 2,
    }
    answer = api.post("tickets", body)
    assert answer.status_code == 201, answer.content
    row = answer.json()
    assert (row["channel"], row["status"], row["priority"]) == ("api", "new", 2)
    pk = row["id"]
    reply = api.post(f"tickets/{pk}/messages", {"kind": "reply", "body": "We are on it."})
    note = api.post(f"tickets/{pk}/messages", {"kind": "note", "body": "Fuser again."})
    assert (reply.status_code, note.status_code) == (201, 201)
    assert [one["kind"] for one in api.rows(f"tickets/{pk}/messages")][:2] == ["note", "reply"]
    paused = api.patch(f"tickets/{pk}", {"status": "waiting_client"})
    assert paused.status_code == 422  # a status that stops the clock needs the reason
    paused = api.patch(f"tickets/{pk}", {"status": "waiting_client", "pause_reason": "Parts"})
    assert (paused.json()["status"], paused.json()["pause_reason"]) == ("waiting_client", "Parts")
    ben = Ticket.owner.field.related_model.objects.get(name="Ben")
    changed = api.patch(f"tickets/{pk}", {"owner_id": ben.pk, "priority": 1}).json()
    assert (changed["owner_id"], changed["priority"]) == (ben.pk, 1)
    desk = create_team(name="Desk", members=[ben], by=system("Tests"), at=datetime.now(UTC))
    assert api.patch(f"tickets/{pk}", {"team_id": desk.pk}).json()["team_id"] == desk.pk
    assert [one["id"] for one in api.rows(f"tickets?team_id={desk.pk}")] == [pk]
    assert api.patch(f"tickets/{pk}", {"team_id": 10**9}).status_code == 400
    assert api.patch(f"tickets/{pk}", {"owner_id": None}).json()["owner_id"] is None
    assert api.patch(f"tickets/{pk}", {"status": "resolved"}).json()["resolved_at"] is not None
    wrong = api.patch(f"tickets/{pk}", {"priority": 3})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_status")


def test_a_change_that_is_refused_in_part_changes_nothing(api: Program, cast: Cast) -> None:
    pk = api.post("tickets", {"client_id": cast.harbor.pk, "subject": "S"}).json()["id"]
    answer = api.patch(f"tickets/{pk}", {"priority": 1, "status": "waiting_vendor"})
    assert answer.status_code == 422
    assert api.get(f"tickets/{pk}").json()["priority"] == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"number": 7}, "number"),
        ({"client_id": 1}, "client_id"),
        ({"covered": True}, "covered"),
        ({"due_at": "2030-01-01T00:00:00Z"}, "due_at"),
        ({"resolved_at": "2026-01-01T00:00:00Z"}, "resolved_at"),
        ({"status": "lost"}, "status"),
        ({"owner_id": 10**30}, "owner_id"),
        ({"owner_id": "ben"}, "owner_id"),
        ({"owner_id": True}, "owner_id"),
    ],
)
def test_what_only_the_house_decides_cannot_be_sent(
    api: Program, cast: Cast, body: dict, field: str
) -> None:
    pk = api.post("tickets", {"client_id": cast.harbor.pk, "subject": "S"}).json()["id"]
    before = api.get(f"tickets/{pk}").json()
    answer = api.patch(f"tickets/{pk}", body)
    assert (answer.status_code, list(errors(answer))) == (400, [field])
    assert api.get(f"tickets/{pk}").json() == before


def test_a_clients_person_cannot_own_a_ticket(api: Program, cast: Cast) -> None:
    pk = api.post("tickets", {"client_id": cast.harbor.pk, "subject": "S"}).json()["id"]
    answer = api.patch(f"tickets/{pk}", {"owner_id": cast.dan.person_id})
    assert (answer.status_code, list(errors(answer))) == (400, ["owner_id"])


def test_lists_narrow_by_listed_parameters_only(api: Program, cast: Cast) -> None:
    for client in (cast.harbor, cast.quill):
        api.post("tickets", {"client_id": client.pk, "subject": f"Of {client.name}"})
    found = api.rows(f"tickets?client_id={cast.quill.pk}&open=true")
    assert [one["subject"] for one in found] == ["Of Quill Accounting"]
    assert api.rows("tickets?open=false") == []
    assert api.rows("clients?name=QUILL")[0]["slug"] == "quill-accounting"
    for query, field in (
        ("owner__password=x", "owner__password"), ("ordering=name", "ordering"),
        ("_connector=OR", "_connector"), ("open=yes", "open"), ("client_id=abc", "client_id"),
        ("client_id=1e9999999", "client_id"), ("client_id=9" + "9" * 30, "client_id"),
        ("updated_since=yesterday", "updated_since"), ("status=lost", "status"),
        ("limit=0", "limit"), ("limit=201", "limit"), ("limit=abc", "limit"),
        ("limit=" + "9" * 5000, "limit"), ("cursor=abc", "cursor"), ("cursor=%FF", "cursor"),
        ("cursor=YTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "cursor"), ("format=xml", "format"),
    ):  # fmt: skip
        answer = api.get(f"tickets?{query}")
        assert (answer.status_code, list(errors(answer))) == (400, [field]), query
    assert api.get(f"clients/{cast.harbor.pk}?expand=all").status_code == 400


def test_a_page_stays_put_while_rows_come(api: Program, cast: Cast) -> None:
    for number in range(7):
        api.post("sites", {"client_id": cast.harbor.pk, "name": f"Site {number}"})
    first = api.get("sites?limit=3").json()
    assert [one["name"] for one in first["data"]] == ["Site 6", "Site 5", "Site 4"]
    assert first["previous"] is None
    api.post("sites", {"client_id": cast.harbor.pk, "name": "Site new"})
    after = first["next"].rpartition("/api/v1/")[2]
    second = api.get(after).json()
    assert [one["name"] for one in second["data"]] == ["Site 3", "Site 2", "Site 1"]
    third = api.get(second["next"].rpartition("/api/v1/")[2]).json()
    assert ([one["name"] for one in third["data"]], third["next"]) == (["Site 0"], None)
    back = api.get(third["previous"].rpartition("/api/v1/")[2]).json()
    assert back["data"] == second["data"]
    start = api.get(back["previous"].rpartition("/api/v1/")[2]).json()
    assert start["data"] == first["data"]
    assert start["previous"] is not None  # the new one is before it
    assert len(api.rows("sites?limit=2")) == 8


def test_messages_are_of_the_ticket_only(api: Program, cast: Cast) -> None:
    one, two = (
        api.post("tickets", {"client_id": cast.harbor.pk, "subject": word}).json()["id"]
        for word in ("one", "two")
    )
    api.post(f"tickets/{one}/messages", {"kind": "note", "body": "Only here"})
    assert [row["body"] for row in api.rows(f"tickets/{one}/messages")] == ["Only here"]
    assert api.rows(f"tickets/{two}/messages") == []
    assert api.get("tickets/999999/messages").status_code == 404
    assert Message.objects.filter(ticket_id=two).count() == 0


def test_the_catalogue_is_written_and_read(api: Program) -> None:
    made = api.post("services", {"name": "Backup", "code": "backup", "domain": "backup"}).json()
    assert api.patch(f"services/{made['id']}", {"partner": "Vault Co"}).json()["partner"] == (
        "Vault Co"
    )
    assert [row["code"] for row in api.rows("services?domain=backup&retired=false")] == ["backup"]
    prices = contracts.add_price_list(name="Standard", currency="USD", by=make.BY, at=STARTED_AT)
    assert api.rows("price-lists?currency=USD")[0]["id"] == prices.pk
    body = {
        "price_list_id": prices.pk, "service_id": made["id"], "kind": "flat",
        "facts": {"amount": "100.00"}, "starts_on": "2026-05-01",
    }  # fmt: skip
    assert api.post("prices", body).status_code == 201
    later = api.post("prices", body | {"facts": {"amount": "ten"}, "starts_on": "2026-06-01"})
    assert (later.status_code, list(errors(later))) == (422, ["amount"])
    (price,) = api.rows(f"prices?service_id={made['id']}")
    assert (price["facts"], price["ends_on"]) == ({"amount": "100.00", "prorate": True}, None)
    assert api.rows("offers?kind=tier") == []
