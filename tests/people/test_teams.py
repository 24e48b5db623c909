"""Teams: made, changed and removed by those who may, and never another MSP's."""

import pytest
from django.test import Client as Browser

from msp.kit.refs import system
from msp.kit.refusals import Refused
from tenants import context
from tenants.context import Tenant
from tenants.journal.queries import about
from tenants.people import actions
from tenants.people.models import Team
from tests.cast import Cast
from tests.conftest import NOW, person
from tickets import actions as tickets

BY = system("Tests")


def team(name: str = "Service desk", *names: str) -> Team:
    return actions.create_team(
        name=name, members=[person(one) for one in names], by=BY, at=NOW
    )  # fmt: skip


def told(of: int) -> list[str]:
    return [line.sentence for line in about("team", of)]


def test_the_owner_makes_a_team_and_changes_it(ada: Browser, alpha: Tenant) -> None:
    sent = {"name": "  Service   desk ", "members": [person("Ben").pk]}
    assert ada.post("/settings/people/teams/new", sent).status_code == 303
    made = Team.objects.get()
    assert (made.name, list(made.members.all())) == ("Service desk", [person("Ben")])
    assert "Service desk" in ada.get("/settings/people").content.decode()
    url = f"/settings/people/teams/{made.pk}"
    sent = {"name": "Desk", "members": [person("Ben").pk, person("Guy").pk]}
    assert ada.post(url, sent).status_code == 303
    assert ada.post(url, sent).status_code == 303  # the same again tells nothing
    assert told(made.pk) == [
        "created the team Service desk",
        "renamed the team Service desk to Desk",
        "changed who is in the team Desk (members: 2)",
    ]


@pytest.mark.parametrize(("name", "why"), [("", "required"), ("Desk", "called Desk already")])
def test_a_wrong_name_is_said(ada: Browser, alpha: Tenant, name: str, why: str) -> None:
    team("Desk")
    answer = ada.post("/settings/people/teams/new", {"name": name})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert Team.objects.count() == 1


def test_only_staff_with_access_share_a_queue(ada: Browser, cast: Cast) -> None:
    actions.deactivate(person=person("Guy"), by=BY, at=NOW)
    for outside in (cast.cleo.person, person("Guy")):
        sent = {"name": "Desk", "members": [outside.pk]}
        assert ada.post("/settings/people/teams/new", sent).status_code == 422
        with pytest.raises(Refused):
            actions.create_team(name="Desk", members=[outside], by=BY, at=NOW)


def test_a_team_is_removed_while_it_has_no_work(ada: Browser, cast: Cast) -> None:
    idle, busy = team("Idle", "Ben"), team("Busy")
    ticket = tickets.open_ticket(
        client=cast.harbor, subject="Printer", channel="phone", by=BY, at=NOW
    )
    tickets.hand(ticket=ticket, team=busy, by=BY, at=NOW)
    for one in (idle, busy):
        ada.post(f"/settings/people/teams/{one.pk}/remove")
    assert list(Team.objects.all()) == [busy]
    assert "Hand them to another" in ada.get(f"/settings/people/teams/{busy.pk}").content.decode()
    assert told(idle.pk)[-1] == "removed the team Idle"


def test_a_technician_changes_no_team(ben: Browser, alpha: Tenant) -> None:
    made = team("Desk", "Ben")
    url = f"/settings/people/teams/{made.pk}"
    for path in ("/settings/people/teams/new", url, f"{url}/remove"):
        assert ben.post(path, {"name": "Mine"}).status_code == 403
    made.refresh_from_db()
    assert made.name == "Desk"


def test_a_team_of_the_other_msp_is_not_there(ada: Browser, beta: Tenant) -> None:
    team("One")
    with context.inside(beta):
        team("One")
        foreign = team("Two")
    assert not Team.objects.filter(pk=foreign.pk).exists()
    url = f"/settings/people/teams/{foreign.pk}"
    assert ada.get(url).status_code == 404
    assert ada.post(f"{url}/remove").status_code == 404
    with context.inside(beta):
        assert Team.objects.filter(pk=foreign.pk).exists()
