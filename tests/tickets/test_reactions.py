"""Who hears of what, once."""

from collections.abc import Callable
from datetime import timedelta

from msp.kit.refs import system
from tenants.journal.models import Delivery
from tenants.notices.models import Mail, Notice
from tests.conftest import person
from tests.tickets.conftest import Scene, actor, ny
from tickets import actions

AT = ny(2026, 6, 1, 10)
Drain = Callable[[], int]


def told(name: str) -> list[str]:
    notices = Notice.objects.filter(person__name=name).order_by("pk")
    return [notice.reason for notice in notices]


def test_who_is_given_work_hears_of_it(scene: Scene, drain: Drain) -> None:
    ticket = scene.open(at=AT, owner=scene.ben, by=actor(person("Ada")))
    drain()
    assert told("Ben") == ["Assigned to you"]
    notice = Notice.objects.get()
    assert notice.url == f"/tickets/{ticket.number}"
    actions.assign(ticket=ticket, owner=person("Ada"), by=actor(person("Ada")), at=AT)
    drain()
    assert told("Ada") == []  # who takes work knows


def test_the_client_gets_each_reply_once(scene: Scene, drain: Drain) -> None:
    ticket = scene.open(at=AT)
    actions.reply(ticket=ticket, body="Hello Dana", by=scene.by, at=AT, key="k")
    actions.reply(ticket=ticket, body="Hello Dana", by=scene.by, at=AT, key="k")
    drain()
    Delivery.objects.update(done_at=None)
    drain()
    mail = Mail.objects.get(key__startswith="ticket:")
    assert mail.to == scene.dana.email
    assert mail.subject == f"[#{ticket.number}] {ticket.subject}"
    assert "Hello Dana" in mail.text


def test_a_missed_promise_is_heard_by_its_owner_or_by_those_who_hand_out_work(
    scene: Scene, drain: Drain
) -> None:
    scene.open(at=AT, priority=1)
    actions.breach_due(at=AT + timedelta(hours=1))
    drain()
    assert told("Ada") == ["Promise missed: first reply"]
    scene.open(at=AT, priority=1, owner=scene.ben, by=system())
    actions.breach_due(at=AT + timedelta(hours=1))
    drain()
    assert told("Ben") == ["Assigned to you", "Promise missed: first reply"]
    assert len(told("Ada")) == 1


def test_nobody_is_mailed_who_cannot_be(scene: Scene, drain: Drain) -> None:
    ticket = scene.open(at=AT, contact=None)
    actions.reply(ticket=ticket, body="Hello", by=scene.by, at=AT)
    actions.resolve(ticket=ticket, by=scene.by, at=AT)
    drain()
    assert not Mail.objects.filter(key__startswith="ticket:").exists()
