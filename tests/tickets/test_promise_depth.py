"""Updates, warnings, waits that end, other promises and merged tickets, through the actions."""

from datetime import datetime
from typing import Any

import pytest

from contracts.models import ServiceLevelVersion
from msp.kit.refs import system
from msp.kit.refusals import Refused
from tenants.journal.queries import about
from tenants.notices.models import Notice
from tests.tickets.conftest import Scene, clock_of, ny, revised
from tickets import actions, queries
from tickets.models import Clock, Ticket
from tickets.queries import clocks_of

HOUR = 3600
MONDAY = (2026, 6, 1)
NINE = ny(*MONDAY, 9)


def held(scene: Scene, at: datetime, version: ServiceLevelVersion, **facts: Any) -> Ticket:
    ticket = scene.open(at=at, **facts)
    return actions.hold_to(
        ticket=ticket, level_version=version, because="a test", by=scene.by, at=at
    )


def kinds(ticket: Ticket) -> list[str]:
    return [line.kind for line in about("ticket", ticket.pk)]


def updates(ticket: Ticket) -> list[Clock]:
    return list(Clock.objects.filter(ticket=ticket, target="update").order_by("cycle"))


# -- the next word -------------------------------------------------------------------------------


def test_each_question_is_owed_a_word(scene: Scene) -> None:
    ticket = held(scene, NINE, revised(scene, update=2 * HOUR))
    told = {"ticket": ticket, "contact": scene.dana, "by": scene.dana_by()}
    actions.client_message(body="And?", at=ny(*MONDAY, 9, 5), **told)
    assert updates(ticket) == []
    actions.reply(ticket=ticket, body="Looking.", by=scene.by, at=ny(*MONDAY, 9, 30))
    actions.client_message(body="It is slower now.", at=ny(*MONDAY, 15, 30), **told)
    actions.client_message(body="Hello?", at=ny(*MONDAY, 16, 30), **told)
    first = updates(ticket)
    assert [one.due_at for one in first] == [ny(2026, 6, 2, 9, 30)]  # SLA-11
    assert ticket.due_at == ny(*MONDAY, 17)  # the fix is due before
    assert [one.target for one in clocks_of(ticket, ny(*MONDAY, 16, 40))] == [
        "response", "update", "resolution",
    ]  # fmt: skip
    actions.reply(ticket=ticket, body="Nearly.", by=system(), at=ny(*MONDAY, 16, 35))
    assert updates(ticket)[0].met_at is None  # a machine answers nobody
    actions.reply(ticket=ticket, body="Still on it.", by=scene.by, at=ny(*MONDAY, 16, 40))
    actions.client_message(body="Thank you.", at=ny(*MONDAY, 16, 50), **told)
    assert [one.met_at for one in updates(ticket)] == [ny(*MONDAY, 16, 40), None]
    actions.resolve(ticket=ticket, by=scene.by, at=ny(*MONDAY, 16, 55))
    assert [bool(one.met_at) for one in updates(ticket)] == [True, True]


def test_at_an_interval_we_speak_whoever_wrote(scene: Scene) -> None:
    version = revised(scene, update=2 * HOUR, updates="interval")
    ticket = held(scene, NINE, version)
    actions.reply(ticket=ticket, body="Looking.", by=scene.by, at=ny(*MONDAY, 10))
    assert updates(ticket)[0].due_at == ny(*MONDAY, 12)
    assert actions.breach_due(at=ny(*MONDAY, 12, 0, 1)) == 1
    actions.reply(ticket=ticket, body="Still.", by=scene.by, at=ny(*MONDAY, 12, 30))
    assert [one.missed_at for one in updates(ticket)] == [ny(*MONDAY, 12), None]
    assert updates(ticket)[1].due_at == ny(*MONDAY, 14, 30)


# -- warnings (S15) ------------------------------------------------------------------------------


def test_shares_of_a_target_are_told_when_they_are_used_and_once(scene: Scene) -> None:
    """SLA-09: 70, 90 and 110 % of eight hours from nine."""
    ticket = held(scene, NINE, revised(scene, warn_at=[70, 90, 110]), owner=scene.ben)
    actions.reply(ticket=ticket, body="Hello", by=scene.by, at=ny(*MONDAY, 9, 1))
    fix = clock_of(ticket, "resolution")
    assert fix.warn_at == ny(*MONDAY, 14, 36)
    assert actions.warn_due(at=ny(*MONDAY, 14, 35)) == 0
    assert actions.warn_due(at=ny(*MONDAY, 14, 36)) == 1
    assert actions.warn_due(at=ny(*MONDAY, 14, 36)) == 0
    fix.refresh_from_db()
    assert (fix.warn_at, fix.warned) == (ny(*MONDAY, 16, 12), {"70": 8 * HOUR})
    actions.breach_due(at=ny(2026, 6, 2, 9, 48))
    assert actions.warn_due(at=ny(2026, 6, 2, 9, 48)) == 2  # a late sweep tells each it missed
    fix.refresh_from_db()
    assert fix.warn_at is None
    assert kinds(ticket).count("tickets.clock_warned") == 3


def test_a_warning_reaches_the_owner(scene: Scene, drain: Any) -> None:
    ticket = scene.open(at=NINE, owner=scene.ben)
    actions.warn_due(at=ny(*MONDAY, 10, 24))  # 70 % of two hours
    drain()
    told = Notice.objects.filter(person=scene.ben, text__contains=str(ticket.number))
    assert told.filter(reason="70 % of the time is used: first reply").count() == 1


def test_a_share_is_told_again_only_for_a_longer_target(scene: Scene) -> None:
    ticket = scene.open(at=NINE, priority=2)  # an hour to the first reply
    actions.warn_due(at=ny(*MONDAY, 9, 42))
    actions.set_priority(ticket=ticket, priority=1, by=scene.by, at=ny(*MONDAY, 9, 43))
    assert clock_of(ticket, "response").warn_at != ny(*MONDAY, 9, 42)
    actions.set_priority(ticket=ticket, priority=4, by=scene.by, at=ny(*MONDAY, 9, 44))
    assert clock_of(ticket, "response").warn_at == ny(*MONDAY, 11, 48)  # 70 % of four hours
    actions.reply(ticket=ticket, body="Here", by=scene.by, at=ny(*MONDAY, 10))
    assert clock_of(ticket, "response").warn_at is None


# -- waits (S13) ---------------------------------------------------------------------------------


def test_a_wait_ends_at_the_agreed_time_however_late_the_sweep(scene: Scene) -> None:
    ticket = scene.open(at=NINE)
    wait = {"ticket": ticket, "status": "scheduled", "pause_reason": "Visit", "by": scene.by}
    with pytest.raises(Refused) as refused:
        actions.set_status(**wait, resumes_at=NINE, at=ny(*MONDAY, 10))
    assert refused.value.field == "resumes_at"
    actions.set_status(**wait, resumes_at=ny(2026, 6, 3, 9), at=ny(*MONDAY, 10))
    assert clock_of(ticket, "resolution").due_at is None
    assert actions.resume_due(at=ny(2026, 6, 3, 8, 59)) == 0
    assert queries.is_anything_due(ny(2026, 6, 3, 9))
    assert actions.resume_due(at=ny(2026, 6, 3, 11)) == 1
    ticket.refresh_from_db()
    assert (ticket.status, ticket.resumes_at, ticket.pause_reason) == ("open", None, "")
    assert clock_of(ticket, "resolution").due_at == ny(2026, 6, 3, 16)  # seven hours from nine
    assert ticket.touched_at == ny(*MONDAY, 10)
    assert actions.resume_due(at=ny(2026, 6, 3, 11)) == 0


def test_whoever_comes_before_the_sweep_finds_the_wait_over(scene: Scene) -> None:
    ticket = scene.open(at=NINE)
    actions.set_status(
        ticket=ticket, status="scheduled", pause_reason="Visit", resumes_at=ny(2026, 6, 3, 9),
        by=scene.by, at=ny(*MONDAY, 10),
    )  # fmt: skip
    actions.note(ticket=ticket, body="On my way", by=scene.by, at=ny(2026, 6, 3, 10))
    assert ticket.status == "open"
    assert clock_of(ticket, "resolution").due_at == ny(2026, 6, 3, 16)


def test_the_longest_wait_ends_whatever_was_agreed_and_hopping_does_not_stretch_it(
    scene: Scene,
) -> None:
    ticket = held(scene, NINE, revised(scene, longest_pause_days=5))
    facts = {"ticket": ticket, "by": scene.by}
    actions.set_status(
        status="waiting_vendor", pause_reason="Part ordered", resumes_at=ny(2026, 7, 1, 9),
        at=ny(*MONDAY, 10), **facts,
    )  # fmt: skip
    assert (ticket.resumes_at, ticket.resume_cause) == (ny(2026, 6, 6, 10), "limit")
    actions.set_status(status="scheduled", pause_reason="Visit", at=ny(2026, 6, 4, 10), **facts)
    assert ticket.resumes_at == ny(2026, 6, 6, 10)


def test_a_wait_may_be_told_again_with_another_end(scene: Scene) -> None:
    ticket = scene.open(at=NINE)
    wait = {"ticket": ticket, "status": "waiting_vendor", "by": scene.by}
    actions.set_status(**wait, pause_reason="Part", at=ny(*MONDAY, 10))
    actions.set_status(
        **wait, pause_reason="Part, late", resumes_at=ny(2026, 6, 3, 9), at=ny(*MONDAY, 11)
    )
    assert (ticket.pause_reason, ticket.resumes_at) == ("Part, late", ny(2026, 6, 3, 9))
    actions.resume_due(at=ny(2026, 6, 3, 9))
    assert clock_of(ticket, "resolution").due_at == ny(2026, 6, 3, 16)


def test_a_vendors_word_ends_the_wait_for_it(scene: Scene) -> None:
    ticket = scene.open(at=NINE)
    facts = {"ticket": ticket, "by": scene.by}
    actions.set_status(
        status="waiting_vendor", pause_reason="Part ordered", at=ny(*MONDAY, 10), **facts
    )
    actions.vendor_answered(body="It ships today.", at=ny(*MONDAY, 11), **facts)
    assert ticket.status == "open"
    assert ticket.messages.get(kind="note").body == "It ships today."


def test_a_client_may_object_to_a_wait(scene: Scene, drain: Any) -> None:
    ticket = scene.open(at=NINE, owner=scene.ben)
    facts = {"ticket": ticket, "contact": scene.dana, "by": scene.dana_by()}
    with pytest.raises(Refused):
        actions.contest_wait(at=ny(*MONDAY, 10), **facts)
    actions.set_status(
        ticket=ticket, status="waiting_vendor", pause_reason="Part", by=scene.by,
        at=ny(*MONDAY, 10),
    )  # fmt: skip
    for _ in range(2):
        actions.contest_wait(at=ny(*MONDAY, 11), **facts)
    drain()
    assert kinds(ticket).count("tickets.wait_contested") == 1
    assert Notice.objects.filter(
        person=scene.ben, reason__startswith="The client does not"
    ).exists()
    actions.set_status(ticket=ticket, status="open", by=scene.by, at=ny(*MONDAY, 12))
    assert ticket.contested_at is None


# -- priority (S8, S9) ---------------------------------------------------------------------------


def test_impact_and_urgency_give_the_priority_by_the_promises_matrix(scene: Scene) -> None:
    ticket = scene.open(at=NINE, impact=2, urgency=1)
    assert ticket.priority == 2
    actions.assess(ticket=ticket, impact=3, urgency=3, by=scene.by, at=ny(*MONDAY, 9, 5))
    assert (ticket.impact, ticket.urgency, ticket.priority) == (3, 3, 5)
    assert clock_of(ticket, "response").seconds == 4 * HOUR  # the lowest is held to the low one's
    own = held(scene, NINE, revised(scene, matrix=[[1, 1, 1], [1, 1, 1], [1, 1, 2]]))
    actions.assess(ticket=own, impact=3, urgency=3, by=scene.by, at=ny(*MONDAY, 9, 5))
    assert own.priority == 2
    with pytest.raises(Refused) as refused:
        scene.open(at=NINE, impact=2)
    assert refused.value.field == "urgency"


def test_a_major_incident_needs_the_right(scene: Scene) -> None:
    with pytest.raises(Refused) as refused:
        scene.open(at=NINE, priority=0)
    assert refused.value.field == "priority"
    ticket = scene.open(at=NINE, priority=0, may_major=True)
    assert clock_of(ticket, "response").seconds == HOUR // 4
    other = scene.open(at=NINE)
    with pytest.raises(Refused):
        actions.set_priority(ticket=other, priority=0, by=scene.by, at=NINE)
    actions.set_priority(ticket=other, priority=0, may_major=True, by=scene.by, at=NINE)
    assert other.priority == 0


def test_a_miss_that_came_of_raising_says_so(scene: Scene) -> None:
    ticket = scene.open(at=NINE, priority=4)
    actions.set_priority(ticket=ticket, priority=1, by=scene.by, at=ny(*MONDAY, 12))
    actions.breach_due(at=ny(*MONDAY, 12, 31))
    clock = clock_of(ticket, "response")
    assert (clock.missed_at, clock.breach_cause) == (ny(*MONDAY, 12, 30), "raised")
