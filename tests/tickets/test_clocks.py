"""Promises through actions, over real calendars. The office is open 9 to 17, New York time."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts import actions as contracts
from msp.kit.refs import system
from msp.kit.refusals import Refused
from tenants.journal.queries import about
from tests.tickets.conftest import Scene, clock_of, ny
from tickets import actions
from tickets.models import Clock, Ticket
from tickets.queries import clocks_of, next_of

MONDAY = (2026, 6, 1)


def due(ticket: Ticket, target: str) -> datetime | None:
    return clock_of(ticket, target).due_at


def test_clocks_run_over_the_hours_of_the_covering_line(scene: Scene) -> None:
    laptop = scene.open(at=ny(2026, 6, 5, 16))  # Friday
    assert due(laptop, "response") == ny(2026, 6, 8, 10)
    assert due(laptop, "resolution") == ny(2026, 6, 8, 16)
    assert laptop.due_at == ny(2026, 6, 8, 10)
    server = scene.open(at=ny(2026, 6, 5, 16), device=scene.server)
    assert due(server, "response") == ny(2026, 6, 5, 18)
    assert laptop.level_version_id == scene.office.pk
    assert server.level_version_id == scene.always.pk
    assert '"Servers" of Managed Complete' in server.policy_reason
    assert server.covered
    assert server.policy_failed


def test_nobody_promised_anything(scene: Scene) -> None:
    ticket = scene.open(at=ny(*MONDAY, 10), client=scene.quill, contact=scene.eve, device=None)
    assert not Clock.objects.filter(ticket=ticket).exists()
    assert ticket.due_at is None
    assert not ticket.covered
    assert "No agreement" in ticket.policy_reason
    actions.reply(ticket=ticket, body="On it.", by=scene.by, at=ny(*MONDAY, 11))
    actions.set_priority(ticket=ticket, priority=1, by=scene.by, at=ny(*MONDAY, 12))
    actions.resolve(ticket=ticket, by=scene.by, at=ny(*MONDAY, 13))
    assert clocks_of(ticket, ny(*MONDAY, 14)) == []


def test_the_promise_stays_the_one_it_began_with(scene: Scene) -> None:
    """S6: a level revised and an agreement amended later touch new tickets only."""
    ticket = scene.open(at=ny(*MONDAY, 10))
    quick = {str(p): {"response": 60, "resolution": 120} for p in range(1, 5)}
    contracts.revise_level(level=scene.office.level, targets=quick, by=system(), at=ny(*MONDAY, 11))
    actions.set_priority(ticket=ticket, priority=4, by=scene.by, at=ny(*MONDAY, 12))
    assert clock_of(ticket, "response").seconds == 4 * 3600


def test_a_backdated_ticket_counts_from_its_beginning(scene: Scene) -> None:
    """S17, K5: monitoring names the true instant of the outage."""
    ticket = scene.open(
        at=ny(*MONDAY, 10, 5), opened_at=ny(*MONDAY, 10), device=scene.server, priority=1
    )
    assert due(ticket, "response") == ny(*MONDAY, 10, 15)
    with pytest.raises(Refused):
        scene.open(at=ny(*MONDAY, 10), opened_at=ny(*MONDAY, 10, 1))


def test_the_first_reply_of_a_person_meets_the_response(scene: Scene) -> None:
    ticket = scene.open(at=ny(*MONDAY, 10))
    actions.note(ticket=ticket, body="Looks like the switch.", by=scene.by, at=ny(*MONDAY, 10, 5))
    actions.reply(ticket=ticket, body="We have it.", by=system(), at=ny(*MONDAY, 10, 6))
    assert clock_of(ticket, "response").met_at is None
    actions.reply(ticket=ticket, body="Hello Dana.", by=scene.by, at=ny(*MONDAY, 10, 9))
    clock = clock_of(ticket, "response")
    assert clock.met_at == ny(*MONDAY, 10, 9)
    assert clock.due_at == ny(*MONDAY, 12)  # what was promised stays readable
    assert ticket.responded_at == ny(*MONDAY, 10, 9)
    assert ticket.due_at == ny(2026, 6, 2, 10)
    assert ticket.status == "open"
    actions.reply(ticket=ticket, body="And more.", by=scene.by, at=ny(*MONDAY, 11))
    assert clock_of(ticket, "response").met_at == ny(*MONDAY, 10, 9)


def test_waiting_stops_the_fix_and_not_the_answer(scene: Scene) -> None:
    """SLA-05b: Friday 10:00, waiting from 16:00 to Monday 9:00, leaves two hours."""
    ticket = scene.open(at=ny(2026, 6, 5, 10))
    waiting = {"ticket": ticket, "status": "waiting_client", "by": scene.by}
    with pytest.raises(Refused) as refused:
        actions.set_status(**waiting, at=ny(2026, 6, 5, 16))
    assert refused.value.field == "pause_reason"
    actions.set_status(**waiting, pause_reason="Serial number asked", at=ny(2026, 6, 5, 16))
    assert due(ticket, "resolution") is None
    assert due(ticket, "response") == ny(2026, 6, 5, 12)
    assert ticket.pause_reason == "Serial number asked"
    actions.client_message(
        ticket=ticket, body="It is 4711.", contact=scene.dana, by=scene.dana_by(),
        at=ny(2026, 6, 8, 9),
    )  # fmt: skip
    assert ticket.status == "open"
    assert ticket.pause_reason == ""
    assert due(ticket, "resolution") == ny(2026, 6, 8, 11)


def test_a_pause_outside_of_hours_costs_nothing(scene: Scene) -> None:
    ticket = scene.open(at=ny(*MONDAY, 16))
    before = due(ticket, "resolution")
    actions.set_status(
        ticket=ticket, status="scheduled", pause_reason="Visit", by=scene.by, at=ny(*MONDAY, 18)
    )
    actions.set_status(ticket=ticket, status="in_progress", by=scene.by, at=ny(2026, 6, 2, 8))
    assert due(ticket, "resolution") == before


def test_a_clock_change_at_night_counts_real_hours(scene: Scene) -> None:
    """S3: around the clock, the night the clocks go back has an hour more."""
    ticket = scene.open(at=ny(2026, 10, 31, 22), device=scene.server, priority=1)
    assert due(ticket, "resolution") == datetime(2026, 11, 1, 6, tzinfo=UTC)
    assert ny(2026, 11, 1, 1) == datetime(2026, 11, 1, 5, tzinfo=UTC)
    spring = scene.open(at=ny(2026, 3, 13, 16), priority=2)  # Friday before, office hours
    assert due(spring, "response") == ny(2026, 3, 13, 17)
    assert due(spring, "resolution") == ny(2026, 3, 16, 16)


def test_another_priority_keeps_what_was_used(scene: Scene) -> None:
    """SLA-07: eight hours from 9:00; raised at 12:00 to four hours it is due at 13:00."""
    ticket = scene.open(at=ny(*MONDAY, 9), priority=3)
    actions.set_priority(ticket=ticket, priority=1, by=scene.by, at=ny(*MONDAY, 12))
    assert due(ticket, "resolution") == ny(*MONDAY, 13)
    late = clock_of(ticket, "response")  # two hours were over at 11:00 already
    assert late.missed_at == ny(*MONDAY, 11)


def test_a_target_that_came_too_late_leaves_half_an_hour(scene: Scene) -> None:
    ticket = scene.open(at=ny(*MONDAY, 9), priority=4)
    actions.set_priority(ticket=ticket, priority=1, by=scene.by, at=ny(*MONDAY, 12))
    clock = clock_of(ticket, "response")
    assert clock.due_at == ny(*MONDAY, 12, 30)
    assert clock.raised


def test_lowering_never_clears_a_miss(scene: Scene) -> None:
    ticket = scene.open(at=ny(*MONDAY, 9), priority=1)
    assert actions.breach_due(at=ny(*MONDAY, 9, 16)) == 1
    actions.set_priority(ticket=ticket, priority=4, by=scene.by, at=ny(*MONDAY, 9, 20))
    assert clock_of(ticket, "response").missed_at == ny(*MONDAY, 9, 15)


def test_a_miss_is_marked_once_and_told_once(scene: Scene) -> None:
    ticket = scene.open(at=ny(*MONDAY, 10), priority=1)
    deadline = ny(*MONDAY, 10, 15)
    assert actions.breach_due(at=deadline) == 0  # kept to the second
    assert actions.breach_due(at=deadline + timedelta(seconds=1)) == 1
    assert actions.breach_due(at=ny(*MONDAY, 13)) == 0
    assert clock_of(ticket, "response").missed_at == deadline
    ticket.refresh_from_db()
    assert ticket.due_at == deadline
    actions.reply(ticket=ticket, body="Sorry, here now.", by=scene.by, at=ny(*MONDAY, 11))
    clock = clock_of(ticket, "response")
    assert (clock.missed_at, clock.met_at) == (deadline, ny(*MONDAY, 11))
    assert ticket.due_at == ny(*MONDAY, 14)
    told = [line for line in about("ticket", ticket.pk) if line.kind == "tickets.clock_missed"]
    assert len(told) == 1


def test_a_late_reply_that_beats_the_sweep_is_late_all_the_same(scene: Scene) -> None:
    ticket = scene.open(at=ny(*MONDAY, 10), priority=1)
    actions.reply(ticket=ticket, body="Here.", by=scene.by, at=ny(*MONDAY, 10, 16))
    assert clock_of(ticket, "response").missed_at == ny(*MONDAY, 10, 15)
    assert actions.breach_due(at=ny(*MONDAY, 10, 17)) == 0


def test_a_reply_in_the_last_second_is_in_time(scene: Scene) -> None:
    ticket = scene.open(at=ny(*MONDAY, 10), priority=1)
    at = ny(*MONDAY, 10, 15) + timedelta(microseconds=900_000)
    actions.reply(ticket=ticket, body="Here.", by=scene.by, at=at)
    assert clock_of(ticket, "response").missed_at is None


def test_solving_without_a_word_is_an_answer_too(scene: Scene) -> None:
    ticket = scene.open(at=ny(*MONDAY, 10))
    actions.resolve(ticket=ticket, by=scene.by, at=ny(*MONDAY, 11), text="Restarted the spooler.")
    assert clock_of(ticket, "response").met_at == ny(*MONDAY, 11)
    assert clock_of(ticket, "resolution").met_at == ny(*MONDAY, 11)
    assert (ticket.status, ticket.due_at) == ("resolved", None)
    actions.close(ticket=ticket, by=scene.by, at=ny(2026, 6, 3, 11))
    assert clock_of(ticket, "resolution").met_at == ny(*MONDAY, 11)


def test_reopened_in_time_the_rest_of_the_promise_runs(scene: Scene) -> None:
    """SLA-08: six of eight hours used, reopened Thursday 15:00, due 17:00."""
    ticket = scene.open(at=ny(*MONDAY, 10))
    actions.resolve(ticket=ticket, by=scene.by, at=ny(*MONDAY, 16))
    actions.client_message(
        ticket=ticket, body="It is back.", contact=scene.dana, by=scene.dana_by(),
        at=ny(2026, 6, 4, 15),
    )  # fmt: skip
    assert ticket.status == "open"
    assert ticket.reopens == 1
    assert due(ticket, "resolution") == ny(2026, 6, 4, 17)
    assert clock_of(ticket, "response").met_at == ny(*MONDAY, 16)
    assert ticket.client_wrote_at == ny(2026, 6, 4, 15)


def test_later_than_a_week_it_is_a_new_ticket_that_follows(scene: Scene) -> None:
    ticket = scene.open(at=ny(*MONDAY, 10))
    actions.resolve(ticket=ticket, by=scene.by, at=ny(*MONDAY, 16))
    told = {"contact": scene.dana, "by": scene.dana_by(), "at": ny(2026, 6, 9, 10), "key": "k"}
    message = actions.client_message(ticket=ticket, body="Again!", **told)
    again = actions.client_message(ticket=ticket, body="Again!", **told)
    assert message.pk == again.pk
    assert message.ticket_id != ticket.pk
    assert message.ticket.follows_id == ticket.pk
    assert due(message.ticket, "response") == ny(2026, 6, 9, 12)
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
    facts = {"ticket": ticket, "by": scene.by, "at": ny(2026, 6, 9, 11)}
    follower = actions.reopen(**facts)
    assert follower.pk == message.ticket_id  # it goes on already
    actions.resolve(ticket=follower, by=scene.by, at=ny(2026, 6, 9, 12))
    another = actions.reopen(**facts)
    assert another.follows_id == ticket.pk
    assert actions.reopen(**facts).pk == another.pk
    with pytest.raises(Refused):
        actions.set_status(status="open", **facts)


def test_told_twice_nothing_changes(scene: Scene) -> None:
    """S21: every verb may be repeated."""
    at = ny(*MONDAY, 10)
    ticket = scene.open(at=at, source_key="incident:7")
    assert scene.open(at=at, source_key="incident:7").pk == ticket.pk
    facts = {"ticket": ticket, "by": scene.by, "at": ny(*MONDAY, 11)}
    for _ in range(2):
        actions.reply(body="Hello", key="form-1", **facts)
        actions.note(body="Note", key="form-2", **facts)
        actions.assign(owner=scene.ben, **facts)
        actions.set_priority(priority=2, **facts)
        actions.set_status(status="scheduled", pause_reason="Visit", **facts)
    for _ in range(2):
        actions.resolve(**facts)
    kinds = [line.kind for line in about("ticket", ticket.pk)]
    assert len(kinds) == len(set(kinds)) + 1  # the reply opened it, then it was scheduled
    assert ticket.messages.count() == 2


def test_the_faces_people_see(scene: Scene) -> None:
    ticket = scene.open(at=ny(*MONDAY, 10), priority=2)
    shown = clocks_of(ticket, ny(*MONDAY, 10, 45))
    assert [(one.target, one.look) for one in shown] == [("response", "risk"), ("resolution", "ok")]
    first = next_of(shown)
    assert first is not None
    assert (first.target, first.face.left) == ("response", 15 * 60)
    actions.reply(
        ticket=ticket, body="Which one?", status="waiting_client", by=scene.by,
        at=ny(*MONDAY, 10, 50),
    )  # fmt: skip
    shown = clocks_of(ticket, ny(*MONDAY, 15))
    assert [one.look for one in shown] == ["met", "paused"]
    assert ticket.due_at is None


def test_a_machine_leaves_no_hand_on_the_ticket(scene: Scene) -> None:
    """K2: only an untouched ticket may be resolved by a recovery."""
    ticket = scene.open(at=ny(*MONDAY, 10), by=system("Monitoring"))
    actions.note(ticket=ticket, body="2 of 3 beats missed", by=system(), at=ny(*MONDAY, 10, 1))
    assert ticket.touched_at is None
    actions.acknowledge(ticket=ticket, by=scene.by, at=ny(*MONDAY, 10, 2))
    assert ticket.touched_at == ny(*MONDAY, 10, 2)
    assert clock_of(ticket, "response").met_at == ny(*MONDAY, 10, 2)
