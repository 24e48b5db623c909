"""The client's side. Whatever we say among ourselves must not be found in a single byte of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from contracts.clients import actions as clients
from contracts.clients.models import Contact
from msp.kit.refs import system
from tenants import context
from tenants.notices.models import Mail, Notice
from tests.tickets.conftest import Scene, build_scene
from tickets import actions
from tickets.models import Ticket

CANARY = "xq7-canary"
HTMX = {"HX-Request": "true"}
Enter = Callable[[Contact], Browser]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def ticket(scene: Scene) -> Ticket:
    """Dana's request, full of things that are none of her business."""
    found = scene.open(at=now(), subject="Scanner drops off", body="It drops every hour")
    actions.note(ticket=found, body=f"{CANARY} the client never pays", by=scene.by, at=now())
    actions.assign(ticket=found, owner=scene.ben, by=system(CANARY), at=now())
    actions.reply(ticket=found, body="We look at it", by=scene.by, at=now(), status="in_progress")
    actions.note(ticket=found, body=f"**{CANARY}** again", by=scene.by, at=now())
    return found


@pytest.fixture
def erins(scene: Scene) -> Ticket:
    return scene.open(at=now(), subject="The keyboard of Erin", contact=scene.erin, device=None)


PAGES = ("portal-request-list", "portal-request", "portal-request-new")


def addresses(ticket: Ticket) -> list[str]:
    return [
        reverse(name, args=[ticket.number] if name == "portal-request" else []) for name in PAGES
    ]


def test_no_internal_word_ever_leaves(portal: Enter, scene: Scene, ticket: Ticket) -> None:
    dana = portal(scene.dana)
    for url in addresses(ticket):
        for headers in ({}, HTMX):
            html = dana.get(url, headers=headers).content.decode()
            assert CANARY not in html, url
            assert "internal" not in html, url
    html = dana.get(reverse("portal-request", args=[ticket.number])).content.decode()
    assert "It drops every hour" in html
    assert "We look at it" in html
    assert "Ben is working on it" in html


def test_no_internal_word_is_mailed(scene: Scene, ticket: Ticket, drain: Callable[[], int]) -> None:
    actions.resolve(ticket=ticket, by=scene.by, at=now(), text="New cable")
    drain()
    mails = list(Mail.objects.filter(key__startswith="ticket:"))
    assert {mail.to for mail in mails} == {scene.dana.email}
    assert "We look at it" in mails[0].text
    assert "New cable" in mails[1].text
    assert all(CANARY not in mail.text + mail.subject for mail in mails)
    link = reverse("portal-request", args=[ticket.number])
    assert all(f"http://alpha.localhost:8000{link}" in mail.text for mail in mails)


def test_who_sees_whose_requests(
    portal: Enter, scene: Scene, ticket: Ticket, erins: Ticket
) -> None:
    dana, erin, eve = portal(scene.dana), portal(scene.erin), portal(scene.eve)
    url = reverse("portal-request-list")
    assert erins.subject not in dana.get(url, {"who": "mine"}).content.decode()
    assert erins.subject in dana.get(url).content.decode()
    assert ticket.subject not in erin.get(url, {"who": "everyone"}).content.decode()
    hers = reverse("portal-request", args=[ticket.number])
    assert [who.get(hers).status_code for who in (dana, erin, eve)] == [200, 404, 404]


@pytest.mark.parametrize("name", ["say", "close", "reopen"])
def test_nobody_acts_on_a_strangers_request(
    portal: Enter, scene: Scene, ticket: Ticket, name: str
) -> None:
    url = reverse(f"portal-request-{name}", args=[ticket.number])
    for stranger in (scene.erin, scene.eve):
        assert portal(stranger).post(url, {"body": "Hello"}).status_code == 404
    assert not ticket.messages.filter(kind="client").exists()


def test_the_other_half_stays_shut(
    portal: Enter, scene: Scene, ticket: Ticket, ben: Browser
) -> None:
    dana = portal(scene.dana)
    for name in ("ticket", "ticket-row", "ticket-parts"):
        assert dana.get(reverse(name, args=[ticket.number])).status_code == 403
    assert dana.post(reverse("ticket-say", args=[ticket.number]), {"body": "x"}).status_code == 403
    assert dana.post(reverse("ticket-bulk"), {"id": ticket.number}).status_code == 403
    assert ben.get(reverse("portal-request", args=[ticket.number])).status_code == 403


def test_a_request_of_the_other_msp_is_not_there(
    portal: Enter, scene: Scene, beta: context.Tenant
) -> None:
    with context.inside(beta):
        other = build_scene()
        foreign = [other.open(at=now()) for _ in range(3)][-1]
    url = reverse("portal-request", args=[foreign.number])
    assert portal(scene.dana).get(url).status_code == 404


def test_a_request_is_sent_once_and_held_to_the_promise(
    portal: Enter, scene: Scene, drain: Callable[[], int]
) -> None:
    dana = portal(scene.dana)
    form = dana.get(reverse("portal-request-new"), {"subject": "Outlook asks", "impact": "stopped"})
    html = form.content.decode()
    assert 'value="Outlook asks"' in html
    assert "reply by" in html
    sent = {
        "subject": "Outlook asks for a password", "impact": "stopped", "body": "Since this morning",
        "device": scene.laptop.pk, "key": form.context["key"],
    }  # fmt: skip
    first, again = (dana.post(reverse("portal-request-new"), sent) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert first["Location"] == again["Location"]
    ticket = Ticket.objects.get()
    assert (ticket.contact, ticket.channel, ticket.priority) == (scene.dana, "portal", 1)
    assert ticket.level_version == scene.office
    assert ticket.messages.get().kind == "client"
    drain()
    assert "we have your request" in Mail.objects.get(key__endswith=":received").text
    assert ticket.responded_at is None  # a machine's word is no answer


def test_what_is_wrong_keeps_what_was_typed(portal: Enter, scene: Scene) -> None:
    erin = portal(scene.erin)
    sent = {"subject": "", "impact": "no", "body": "Kept words"}
    answer = erin.post(reverse("portal-request-new"), sent)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"subject", "impact"}
    assert "Kept words" in answer.content.decode()
    assert not Ticket.objects.exists()


def test_a_person_asks_only_for_their_own_device(portal: Enter, scene: Scene) -> None:
    clients.change_device(device=scene.laptop, owner=scene.erin, by=system(), at=now())
    erin = portal(scene.erin)
    html = erin.get(reverse("portal-request-new")).content.decode()
    assert "HDG-LAP-07" in html
    assert "HDG-SRV-01" not in html
    sent = {"subject": "Help", "impact": "slow", "device": scene.server.pk}
    assert erin.post(reverse("portal-request-new"), sent).status_code == 422


def test_a_conversation(
    portal: Enter, scene: Scene, ticket: Ticket, drain: Callable[[], int]
) -> None:
    dana = portal(scene.dana)
    actions.reply(ticket=ticket, body="Which port?", by=scene.by, at=now(), status="waiting_client")
    url = reverse("portal-request", args=[ticket.number])
    assert "Waiting for you" in dana.get(url).content.decode()
    sent = {"body": "Port 7", "key": "one"}
    for _ in range(2):
        answer = dana.post(f"{url}/say", sent, headers=HTMX)
        assert "Port 7" in answer.content.decode()
    assert ticket.messages.filter(kind="client").count() == 1
    ticket.refresh_from_db()
    assert ticket.status == "open"
    drain()
    assert Notice.objects.filter(person=scene.ben, reason="The client wrote").count() == 1
    assert dana.post(f"{url}/close").status_code == 303
    ticket.refresh_from_db()
    assert ticket.status == "closed"
    assert dana.post(f"{url}/reopen").status_code == 303
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopens) == ("open", 1)


def test_an_old_request_goes_on_as_a_new_one(portal: Enter, scene: Scene) -> None:
    long_ago = now() - timedelta(days=30)
    ticket = scene.open(at=long_ago)
    actions.resolve(ticket=ticket, by=scene.by, at=long_ago + timedelta(hours=1))
    dana = portal(scene.dana)
    url = reverse("portal-request", args=[ticket.number])
    answer = dana.post(f"{url}/say", {"body": "It is back", "key": "k"})
    follower = Ticket.objects.get(follows=ticket)
    assert answer["Location"] == reverse("portal-request", args=[follower.number])
    answer = dana.post(f"{url}/reopen", headers=HTMX)
    assert answer["HX-Redirect"] == reverse("portal-request", args=[follower.number])


def test_a_device_shows_what_is_open_about_it(portal: Enter, scene: Scene, ticket: Ticket) -> None:
    html = portal(scene.dana).get(reverse("portal-device", args=[scene.laptop.pk])).content.decode()
    assert ticket.subject in html
    assert f"?device={scene.laptop.pk}" in html
    assert CANARY not in html


def test_the_first_page_shows_the_gravest_problem(portal: Enter, scene: Scene) -> None:
    from tickets import portal as ours

    scene.open(at=now(), subject="A small thing", priority=4)
    grave = scene.open(at=now(), subject="Server is down", device=scene.server, priority=1)
    request: Any = portal(scene.dana).get(reverse("portal-request-list")).wsgi_request
    live = ours.on_portal_live(request, scene.harbor)
    state = ours.on_portal_state(request, scene.harbor)
    home = ours.on_portal_home(request, scene.harbor)
    assert live is not None
    assert state is not None
    assert live["asked"].ticket == grave
    assert state["sentence"] == "We are fixing one problem"
    assert home["count"] == 2
    request = portal(scene.eve).get(reverse("portal-request-list")).wsgi_request
    assert ours.on_portal_live(request, scene.quill) is None
    assert ours.on_portal_state(request, scene.quill) is None
