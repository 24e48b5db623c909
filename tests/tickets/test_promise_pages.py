"""Weighing, merging, moving and another promise, as a technician does it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from contracts import actions as contracts
from tests.tickets.conftest import Scene
from tickets import actions
from tickets.models import Ticket

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket(scene: Scene) -> Ticket:
    return scene.open(at=datetime.now(UTC) - timedelta(minutes=5), body="It fell silent.")


def url(name: str, ticket: Ticket) -> str:
    return reverse(f"ticket-{name}", args=[ticket.number])


def test_each_is_asked_in_a_dialog_and_on_a_page(ben: Any, ticket: Ticket) -> None:
    for name in ("assess", "merge", "move", "wait"):
        assert "dialog__h" in ben.get(url(name, ticket), headers=HTMX).content.decode()
        assert "<html" in ben.get(url(name, ticket)).content.decode()


def test_a_weighed_ticket_has_the_priority_of_the_matrix(ben: Any, ticket: Ticket) -> None:
    assert ben.post(url("assess", ticket), {"impact": "1", "urgency": "1"}).status_code == 303
    ticket.refresh_from_db()
    assert (ticket.impact, ticket.urgency, ticket.priority) == (1, 1, 1)
    assert ben.post(url("assess", ticket), {"impact": "4", "urgency": "1"}).status_code == 422


def test_merging_leads_to_the_one_that_goes_on(ben: Any, scene: Scene, ticket: Ticket) -> None:
    into = scene.open(at=datetime.now(UTC), subject="The same")
    answer = ben.post(url("merge", ticket), {"into": "99999"})
    assert "There is no ticket #99999." in answer.content.decode()
    answer = ben.post(url("merge", ticket), {"into": into.number})
    assert answer["Location"] == url("assess", into).removesuffix("/assess")
    page = ben.get(reverse("ticket", args=[ticket.number])).content.decode()
    assert f"#{into.number} The same" in page
    assert f"#{ticket.number}" in ben.get(answer["Location"]).content.decode()


def test_moving_offers_the_people_and_devices_of_the_client_chosen(
    ben: Any, scene: Scene, ticket: Ticket
) -> None:
    chosen = ben.get(url("move", ticket), {"client": scene.quill.slug}, headers=HTMX)
    assert "Eve Quill" in chosen.content.decode()
    wrong = {"client": scene.quill.slug, "device": scene.server.pk}
    assert ben.post(url("move", ticket), wrong).status_code == 422
    sent = {"client": scene.quill.slug, "contact": scene.eve.pk}
    assert ben.post(url("move", ticket), sent).status_code == 303
    ticket.refresh_from_db()
    assert (ticket.client_id, ticket.contact_id) == (scene.quill.pk, scene.eve.pk)


def test_only_some_choose_a_promise_or_declare_a_major_incident(
    ben: Any, ada: Any, scene: Scene, ticket: Ticket
) -> None:
    assert ben.get(url("hold-to", ticket)).status_code == 403
    sent = {"level_version": scene.always.pk, "because": "A clinic"}
    assert ada.post(url("hold-to", ticket), sent).status_code == 303
    assert ben.post(url("priority", ticket), {"priority": "0"}, headers=HTMX).status_code == 422
    assert ben.post(url("priority", ticket), {"priority": ""}, headers=HTMX).status_code == 422
    assert ada.post(url("priority", ticket), {"priority": "0"}, headers=HTMX).status_code == 200
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.level_version_id) == (0, scene.always.pk)
    page = ada.get(reverse("ticket", args=[ticket.number])).content.decode()
    assert "Major incident" in page
    assert "Ada: A clinic" in page


def test_a_wait_may_end_by_itself_and_a_client_may_object(
    ben: Any, portal: Any, scene: Scene, ticket: Ticket
) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    sent = {"status": "waiting_vendor", "pause_reason": "A part", "resumes_at": ahead}
    assert (
        ben.post(url("wait", ticket), sent | {"resumes_at": "2020-01-01T10:00"}).status_code == 422
    )
    assert ben.post(url("wait", ticket), sent).status_code == 303
    ticket.refresh_from_db()
    assert ticket.resume_cause == "date"
    dana = portal(scene.dana)
    here = reverse("portal-request", args=[ticket.number])
    assert "This should not wait" in dana.get(here).content.decode()
    assert dana.post(f"{here}/contest").status_code == 303
    assert (
        "does not agree that it waits"
        in ben.get(reverse("ticket", args=[ticket.number])).content.decode()
    )
    said = {"kind": "vendor", "body": "It ships today."}
    assert ben.post(url("say", ticket), said, headers=HTMX).status_code == 200
    ticket.refresh_from_db()
    assert ticket.status == "open"


@pytest.mark.parametrize("who", ["ben", "ada"])
def test_only_some_say_when_it_began(request: Any, scene: Scene, who: str) -> None:
    browser = request.getfixturevalue(who)
    began = datetime.now(UTC) - timedelta(days=2)
    sent = {
        "client": scene.harbor.slug, "subject": f"Late news of {who}", "channel": "phone",
        "impact": "2", "urgency": "2", "begins": "done",
        "opened_at": began.strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    assert browser.post("/tickets/new", sent).status_code == 303
    made = Ticket.objects.get(subject=f"Late news of {who}")
    assert (made.status, made.priority) == ("closed", 3)
    assert (made.resolved_at - made.opened_at > timedelta(days=1)) is (who == "ada")


def test_long_after_its_end_reopening_begins_the_next_one(ben: Any, scene: Scene) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=30)
    old = scene.open(at=long_ago)
    actions.resolve(ticket=old, by=scene.by, at=long_ago + timedelta(hours=1))
    answer = ben.post(url("reopen", old))
    follower = Ticket.objects.get(follows=old)
    assert answer["Location"] == reverse("ticket", args=[follower.number])


def test_a_revised_level_shows_what_it_would_change_and_changes_what_is_chosen(
    ada: Any, ben: Any, scene: Scene
) -> None:
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    one, other = (scene.open(at=at, device=scene.server, subject=f"No {n}") for n in (1, 2))
    level = scene.always.level
    quick = {str(p): {"response": 600, "resolution": 1200} for p in (1, 2, 3, 4)}
    contracts.revise_level(level=level, targets=quick, by=scene.by, at=at)
    here = f"/levels/{level.pk}"
    assert "2 open tickets keep an older version." in ben.get(here).content.decode()
    assert ben.get(f"{here}/restamp").status_code == 403
    rows = ada.get(f"{here}/restamp").context["rows"]
    fix = {label: (before, after) for label, before, after in rows[0].changes}["Fix"]
    assert fix == (at + timedelta(hours=8), at + timedelta(minutes=20))
    one.refresh_from_db()
    assert one.level_version_id == scene.always.pk  # looking changed nothing
    assert ada.post(f"{here}/restamp", {"id": [one.number, "x"]}).status_code == 303
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.level_version.number, other.level_version.number) == (2, 1)
    assert "One open ticket keeps an older version." in ada.get(here).content.decode()
    assert ada.post(f"{here}/restamp", {"id": other.number}).status_code == 303
    assert "newest version" in ada.get(f"{here}/restamp").content.decode()
