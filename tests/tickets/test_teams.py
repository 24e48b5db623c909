"""A ticket in a team's queue: handed, found, and refused where it should be."""

from datetime import UTC, datetime

import pytest
from django.test import Client as Browser

from msp.kit.refs import system
from msp.kit.refusals import Refused
from tenants import context
from tenants.journal.queries import about
from tenants.people import actions as people
from tenants.people.models import Team
from tests.conftest import NOW, person
from tests.tickets.conftest import Scene
from tickets import actions
from tickets.models import Ticket


def team(name: str, *names: str) -> Team:
    members = [person(one) for one in names]
    return people.create_team(name=name, members=members, by=system("Tests"), at=NOW)


@pytest.fixture
def ticket(scene: Scene) -> Ticket:
    return scene.open(at=datetime.now(UTC))


def test_it_is_handed_from_the_page_and_told(ben: Browser, ticket: Ticket) -> None:
    desk = team("Service desk", "Ben")
    url = f"/tickets/{ticket.number}"
    assert "No team" in ben.get(url).content.decode()
    for headers in ({}, {"HX-Request": "true"}):
        answer = ben.post(f"{url}/team", {"team": desk.pk}, headers=headers)
        assert answer.status_code in (200, 303)
    ticket.refresh_from_db()
    assert ticket.team == desk
    lines = [one.sentence for one in about("ticket", ticket.pk)]
    assert lines.count(f"handed #{ticket.number} to Service desk") == 1
    ben.post(f"{url}/team", {"team": ""})
    ticket.refresh_from_db()
    assert ticket.team is None


def test_the_queue_is_narrowed_to_a_team(ben: Browser, scene: Scene, ticket: Ticket) -> None:
    ours, others = team("Desk", "Ben"), team("Projects", "Guy")
    theirs = scene.open(at=datetime.now(UTC), subject="Move the rack")
    actions.hand(ticket=ticket, team=ours, by=scene.by, at=datetime.now(UTC))
    actions.hand(ticket=theirs, team=others, by=scene.by, at=datetime.now(UTC))
    for asked, here in ((ours.pk, ticket), ("mine", ticket), (others.pk, theirs)):
        html = ben.get(f"/tickets?team={asked}").content.decode()
        assert f'id="ticket-{here.pk}"' in html
        assert html.count('<tr id="ticket-') == 1
    assert '<tr id="ticket-' not in ben.get("/tickets?team=none").content.decode()
    assert html.count("Projects") >= 2  # the filter and the row nobody owns
    assert ben.get(f"/tickets?team={'9' * 30}").status_code == 200


def test_who_may_only_look_hands_nothing(guy: Browser, ticket: Ticket) -> None:
    desk = team("Desk")
    assert guy.post(f"/tickets/{ticket.number}/team", {"team": desk.pk}).status_code == 403
    ticket.refresh_from_db()
    assert ticket.team is None


def test_a_closed_ticket_stays_where_it_is(scene: Scene, ticket: Ticket) -> None:
    now = datetime.now(UTC)
    actions.resolve(ticket=ticket, text="New cable", by=scene.by, at=now)
    actions.close(ticket=ticket, by=scene.by, at=now)
    with pytest.raises(Refused):
        actions.hand(ticket=ticket, team=team("Desk"), by=scene.by, at=now)


def test_a_team_of_the_other_msp_gets_nothing(
    ben: Browser, ticket: Ticket, beta: context.Tenant
) -> None:
    with context.inside(beta):
        foreign = [team("One"), team("Two"), team("Three")][-1]
    assert not Team.objects.filter(pk=foreign.pk).exists()
    for sent in (foreign.pk, "x", "-1"):
        answer = ben.post(f"/tickets/{ticket.number}/team", {"team": sent})
        assert answer.status_code == 404
    ticket.refresh_from_db()
    assert ticket.team is None
