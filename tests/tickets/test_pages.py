"""The technician's pages, by whoever opens them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from tenants import context
from tests.conftest import person
from tests.tickets.conftest import Scene, actor, build_scene, by_contact
from tickets import actions
from tickets.forms import sign_scope
from tickets.models import Ticket
from tickets.queries import Wanted

HTMX = {"HX-Request": "true"}


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def ticket(scene: Scene) -> Ticket:
    found = scene.open(at=now(), body="It **drops** every hour", priority=2)
    actions.note(ticket=found, body="Switch port 7 flaps", by=scene.by, at=now())
    return found


GETS = ("ticket", "ticket-row", "ticket-parts")
WRITES: dict[str, dict[str, str]] = {
    "ticket-say": {"kind": "reply", "body": "On it"},
    "ticket-status": {"status": "in_progress"},
    "ticket-priority": {"priority": "1"},
    "ticket-assign": {"owner": "me"},
    "ticket-hand": {"team": ""},
    "ticket-wait": {"status": "waiting_vendor", "pause_reason": "Part ordered"},
    "ticket-resolve": {"text": "New cable"},
}


@pytest.mark.parametrize("name", GETS)
def test_staff_see_a_ticket(ben: Browser, guy: Browser, ticket: Ticket, name: str) -> None:
    for browser in (ben, guy):
        answer = browser.get(reverse(name, args=[ticket.number]))
        assert answer.status_code == 200
        assert "Scanner drops off the network" in answer.content.decode()


@pytest.mark.parametrize("name", WRITES)
def test_a_technician_changes_a_ticket(ben: Browser, ticket: Ticket, name: str) -> None:
    url = reverse(name, args=[ticket.number])
    for headers in ({}, HTMX):
        answer = ben.post(url, WRITES[name], headers=headers)
        assert answer.status_code in (200, 204, 303, 422), answer.content
    ticket.refresh_from_db()
    assert ticket.touched_at is not None


@pytest.mark.parametrize("name", WRITES)
def test_who_may_only_look_changes_nothing(guy: Browser, ticket: Ticket, name: str) -> None:
    before = Ticket.objects.values().get(pk=ticket.pk)
    assert guy.post(reverse(name, args=[ticket.number]), WRITES[name]).status_code == 403
    assert Ticket.objects.values().get(pk=ticket.pk) == before
    assert guy.post(reverse("ticket-bulk"), {"id": ticket.number}).status_code == 403
    assert guy.get(reverse("ticket-new")).status_code == 403
    assert reverse("ticket-new") not in guy.get(reverse("ticket-queue")).content.decode()


@pytest.mark.parametrize("name", [*GETS, *WRITES])
def test_nobody_is_sent_to_sign_in(nobody: Browser, ticket: Ticket, name: str) -> None:
    call = nobody.post if name in WRITES else nobody.get
    assert call(reverse(name, args=[ticket.number])).status_code == 302


def test_a_ticket_of_the_other_msp_is_not_there(
    ben: Browser, scene: Scene, beta: context.Tenant
) -> None:
    with context.inside(beta):
        other = build_scene()
        for _ in range(3):
            foreign = other.open(at=now(), subject="Beta's own secret")
    mine = scene.open(at=now())
    assert foreign.number != mine.number
    for name in GETS:
        assert ben.get(reverse(name, args=[foreign.number])).status_code == 404
    for name, sent in WRITES.items():
        assert ben.post(reverse(name, args=[foreign.number]), sent).status_code == 404
    assert "secret" not in ben.get(reverse("ticket-queue") + "?view=all").content.decode()


def test_the_page_says_what_is_promised_and_why(ben: Browser, ticket: Ticket) -> None:
    html = ben.get(reverse("ticket", args=[ticket.number])).content.decode()
    assert "<strong>drops</strong>" in html
    assert "internal note" in html
    assert "Standard" in html
    assert "Office hours" in html
    assert "Laptops" in html  # the line that covers it
    assert "Managed Complete" in html
    assert f"live:ticket-{ticket.pk} from:body" in html


def test_the_timeline_shows_one_kind_at_a_time(ben: Browser, ticket: Ticket) -> None:
    url = reverse("ticket", args=[ticket.number])
    notes = ben.get(f"{url}?part=notes", headers=HTMX).content.decode()
    talk = ben.get(f"{url}?part=conversation", headers=HTMX).content.decode()
    changes = ben.get(f"{url}?part=changes", headers=HTMX).content.decode()
    assert "Switch port" in notes
    assert "drops" not in notes
    assert "drops" in talk
    assert "Switch port" not in talk
    assert "opened this ticket" in changes
    assert "Switch port" not in changes


def test_a_reply_sent_twice_is_said_once(ben: Browser, ticket: Ticket) -> None:
    sent = {"kind": "reply", "body": "Hello Dana", "key": "abc", "status": "waiting_client"}
    url = reverse("ticket-say", args=[ticket.number])
    first = ben.post(url, sent, headers=HTMX)
    assert first.status_code == 200
    html = first.content.decode()
    assert "<h1>" in html
    assert 'id="tl"' in html
    assert 'id="rail"' in html
    assert 'hx-swap-oob="true"' in html
    ben.post(url, sent, headers=HTMX)
    assert ticket.messages.filter(kind="reply").count() == 1
    ticket.refresh_from_db()
    assert ticket.status == "waiting_client"


def test_an_empty_reply_is_refused_in_words(ben: Browser, ticket: Ticket) -> None:
    answer = ben.post(
        reverse("ticket-say", args=[ticket.number]), {"kind": "reply", "body": " "}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "Write something first" in answer.content.decode()


def test_waiting_needs_a_reason(ben: Browser, ticket: Ticket) -> None:
    url = reverse("ticket-wait", args=[ticket.number])
    assert "Why does it wait" in ben.get(url, headers=HTMX).content.decode()
    answer = ben.post(url, {"status": "scheduled", "pause_reason": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#dlg"


def test_only_staff_can_own_work(ben: Browser, scene: Scene, ticket: Ticket) -> None:
    url = reverse("ticket-assign", args=[ticket.number])
    assert ben.post(url, {"owner": scene.dana.person_id}).status_code == 404
    assert ben.post(url, {"owner": "me"}).status_code == 303
    ticket.refresh_from_db()
    assert ticket.owner == person("Ben")


# -- the queue -----------------------------------------------------------------------------------


def queue(browser: Browser, **asked: Any) -> str:
    return browser.get(reverse("ticket-queue"), asked).content.decode()


def test_the_views_hold_what_they_say(ben: Browser, scene: Scene) -> None:
    at = now()
    mine = scene.open(at=at, subject="Mine to do", owner=scene.ben)
    late = scene.open(
        at=at, subject="Server is late", device=scene.server, priority=1,
        opened_at=at - timedelta(hours=2),
    )  # fmt: skip
    waits = scene.open(at=at, subject="Waits for a part")
    actions.set_status(
        ticket=waits, status="waiting_vendor", pause_reason="Part", by=scene.by, at=at
    )
    done = scene.open(at=at, subject="Was done")
    actions.resolve(ticket=done, by=scene.by, at=at)
    holds = {
        "open": (mine, late, waits),
        "mine": (mine,),
        "unassigned": (late, waits),
        "risk": (late,),
        "waiting": (waits,),
        "resolved": (done,),
        "all": (mine, late, waits, done),
    }
    every = (mine, late, waits, done)
    for view, tickets in holds.items():
        html = queue(ben, view=view)
        shown = {one.subject for one in every if one.subject in html}
        assert shown == {one.subject for one in tickets}, view
    assert "Missed, or due within 30 min" in queue(ben)
    assert "1h 45m over" in queue(ben)


def test_filters_narrow_and_nonsense_is_ignored(ben: Browser, scene: Scene) -> None:
    ours = scene.open(at=now(), subject="Printer prints blank pages")
    quill = scene.open(
        at=now(), subject="Teams calls drop", client=scene.quill, contact=scene.eve, device=None,
        priority=1,
    )  # fmt: skip
    for asked in (
        {"q": "BLANK printer"}, {"q": f"#{ours.number}"}, {"client": "harbor-dental-group"},
        {"priority": "3"}, {"device": scene.laptop.pk},
    ):  # fmt: skip
        html = queue(ben, **asked)
        assert ours.subject in html, asked
        assert quill.subject not in html, asked
    for asked in (
        {"priority": "x"}, {"status": "gone"}, {"owner": "?"}, {"view": "none"}, {"sort": "x"},
        {"after": "rubbish"}, {"before": "~"}, {"device": "9" * 40},
    ):  # fmt: skip
        assert ben.get(reverse("ticket-queue"), asked).status_code == 200, asked
    assert "No tickets match" in queue(ben, q="nothing like it")


def test_pages_neither_lose_nor_repeat_a_ticket(ben: Browser, scene: Scene) -> None:
    """With a ticket opened between two pages, every older one is seen exactly once."""
    numbers = [scene.open(at=now(), subject=f"Ticket {n}").number for n in range(120)]
    seen: list[int] = []
    url = reverse("ticket-queue") + "?sort=number"
    while url:
        answer = ben.get(url)
        seen += [row.ticket.number for row in answer.context["found"].rows]
        if len(seen) == 50:
            actions.resolve(ticket=Ticket.objects.get(number=numbers[3]), by=scene.by, at=now())
        mark = answer.context["found"].page.next
        url = reverse("ticket-queue") + f"?sort=number&after={mark}" if mark else ""
    assert seen == numbers
    before = answer.context["found"].page.previous
    back = ben.get(reverse("ticket-queue"), {"sort": "number", "before": before})
    assert [row.ticket.number for row in back.context["found"].rows] == numbers[50:100]


def test_rows_cost_no_query_each(
    ben: Browser, scene: Scene, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        scene.open(at=now(), subject=f"Ticket {number}", owner=scene.ben)
    queue(ben)
    with django_assert_max_num_queries(16):
        queue(ben)
    for number in range(40):
        scene.open(at=now(), subject=f"More {number}", priority=1 + number % 4)
    with django_assert_max_num_queries(16):
        queue(ben)


def test_a_ticket_costs_the_same_however_long(
    ben: Browser, ticket: Ticket, scene: Scene, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        actions.note(ticket=ticket, body=f"Note {number}", by=scene.by, at=now())
        actions.reply(ticket=ticket, body=f"Reply {number}", by=scene.by, at=now())
    with django_assert_max_num_queries(23):
        assert ben.get(reverse("ticket", args=[ticket.number])).status_code == 200


# -- many at once --------------------------------------------------------------------------------


def bulk(browser: Browser, scope: str, **sent: Any) -> Any:
    return browser.post(reverse("ticket-bulk"), {"scope": scope, **sent}, headers=HTMX)


@pytest.fixture
def three(scene: Scene) -> list[Ticket]:
    return [scene.open(at=now(), subject=f"Ticket {n}") for n in range(3)]


def test_many_are_changed_at_once(ben: Browser, three: list[Ticket]) -> None:
    scope = sign_scope(Wanted(), 3)
    chosen = [one.number for one in three[:2]]
    for sent in (
        {"owner": "me"}, {"priority": "1"}, {"status": "in_progress"},
        {"wait": "1", "wait_status": "scheduled", "reason": "Visit on Friday"},
    ):  # fmt: skip
        answer = bulk(ben, scope, id=chosen, **sent)
        assert answer.status_code == 200
        assert "2 tickets changed" in answer["HX-Trigger"]
    states = Ticket.objects.order_by("number").values_list("status", "priority", "owner__name")
    assert list(states) == [("scheduled", 1, "Ben")] * 2 + [("new", 3, None)]
    assert bulk(ben, scope, all="1", status="open").status_code == 200
    assert set(Ticket.objects.values_list("status", flat=True)) == {"open"}


def test_a_list_that_moved_is_not_changed(ben: Browser, scene: Scene, three: list[Ticket]) -> None:
    scope = sign_scope(Wanted(view="unassigned"), 3)
    actions.assign(ticket=three[0], owner=person("Ada"), by=actor(person("Ada")), at=now())
    answer = bulk(ben, scope, all="1", owner="me")
    assert answer.status_code == 409
    assert "3 then, 2 now" in answer.content.decode()
    answer = bulk(ben, scope, id=[one.number for one in three], owner="me")
    assert answer.status_code == 409
    assert Ticket.objects.filter(owner=person("Ben")).count() == 0


def test_one_that_refuses_stops_them_all(ben: Browser, scene: Scene, three: list[Ticket]) -> None:
    actions.resolve(ticket=three[1], by=scene.by, at=now())
    scope = sign_scope(Wanted(view="all"), 3)
    answer = bulk(ben, scope, all="1", priority="1")
    assert answer.status_code == 422
    assert f"#{three[1].number}" in answer.content.decode()
    assert set(Ticket.objects.values_list("priority", flat=True)) == {3}


@pytest.mark.parametrize("scope", ["", "x", sign_scope.__name__])
def test_a_scope_somebody_made_up_is_refused(ben: Browser, three: list[Ticket], scope: str) -> None:
    assert bulk(ben, scope, all="1", owner="me").status_code == 409


# -- opening -------------------------------------------------------------------------------------


def test_a_technician_takes_a_ticket_down(ben: Browser, scene: Scene) -> None:
    sent = {
        "client": scene.harbor.slug, "contact": scene.dana.pk, "device": scene.server.pk,
        "subject": "Disk is full", "body": "C: has 0 bytes", "priority": "1", "channel": "phone",
        "owner": person("Ben").pk,
    }  # fmt: skip
    answer = ben.post(reverse("ticket-new"), sent)
    assert answer.status_code == 303
    ticket = Ticket.objects.get(subject="Disk is full")
    assert answer["Location"] == reverse("ticket", args=[ticket.number])
    assert (ticket.level_version, ticket.owner) == (scene.always, person("Ben"))


def test_what_is_wrong_is_said_at_its_field(ben: Browser, scene: Scene) -> None:
    sent = {"client": scene.harbor.slug, "contact": scene.eve.pk, "subject": " ", "priority": "9"}
    answer = ben.post(reverse("ticket-new"), sent)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"contact", "subject", "priority", "channel"}
    assert not Ticket.objects.exists()


def test_the_choices_follow_the_client(ben: Browser, scene: Scene) -> None:
    html = ben.get(reverse("ticket-choices"), {"client": scene.harbor.slug}).content.decode()
    assert "Dana Whitcomb" in html
    assert "HDG-SRV-01" in html
    assert "Eve Quill" not in html
    assert "first reply by" in html
    html = ben.get(reverse("ticket-choices"), {"client": scene.quill.slug}).content.decode()
    assert "No agreement is in force" in html


# -- what stands on other pages ------------------------------------------------------------------


def test_today_says_what_to_do_next(ben: Browser, scene: Scene) -> None:
    at = now()
    scene.open(at=at, subject="Plain one", owner=scene.ben)
    wrote = scene.open(at=at, subject="The client waits", owner=scene.ben, client=scene.quill,
                       contact=scene.eve, device=None)  # fmt: skip
    actions.client_message(
        ticket=wrote, body="Hello?", contact=scene.eve, by=by_contact(scene.eve), at=at
    )
    scene.open(at=at, subject="Missed one", device=scene.server, priority=1,
               opened_at=at - timedelta(hours=6))  # fmt: skip
    scene.open(at=at, subject="Somebody else's", owner=person("Ada"))
    html = ben.get("/").content.decode()
    places = [html.index(words) for words in ("Missed one", "The client waits", "Plain one")]
    assert places == sorted(places)
    assert "Somebody else" not in html
    assert "Promise missed" in html


def test_the_palette_finds_by_number_and_words(
    ben: Browser, sign_in: Callable, scene: Scene
) -> None:
    from tickets.pages import on_palette

    ticket = scene.open(at=now(), subject="Scanner drops off")
    request = ben.get(reverse("ticket-queue")).wsgi_request
    for q in (f"#{ticket.number}", str(ticket.number), "scanner"):
        panel = on_palette(request, q=q)
        assert panel is not None
        assert panel["groups"][0]["items"][0]["label"].startswith(f"#{ticket.number}"), q
    assert on_palette(request, q="@scanner") is None
