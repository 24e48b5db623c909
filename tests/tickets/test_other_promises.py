"""Tickets that move to another promise, are merged, or are written down later."""

from datetime import timedelta

import pytest

from contracts import actions as contracts
from contracts.models import Calendar
from contracts.queries import level
from msp.kit.refs import system
from msp.kit.refusals import Refused
from tenants.journal.queries import about
from tests.tickets.conftest import Scene, clock_of, ny, revised
from tickets import actions, queries
from tickets.models import Clock, Ticket
from tickets.queries.clocks import rule_of, terms_of
from tickets.rules.clock import consumed_of
from tickets.rules.promises import Happening, What, fold

HOUR = 3600
MONDAY = (2026, 6, 1)
NINE = ny(*MONDAY, 9)


def kinds(ticket: Ticket) -> list[str]:
    return [line.kind for line in about("ticket", ticket.pk)]


# -- another promise (S5, S6, S7) ----------------------------------------------------------------


def test_moved_to_another_device_its_line_takes_over_with_what_was_used(scene: Scene) -> None:
    ticket = scene.open(at=ny(2026, 6, 5, 15), priority=2)  # Friday; eight office hours
    actions.reply(ticket=ticket, body="Hello", by=scene.by, at=ny(2026, 6, 5, 15, 10))
    actions.move(
        ticket=ticket, client=scene.harbor, contact=scene.dana, device=scene.server, by=scene.by,
        at=ny(2026, 6, 5, 16),
    )  # fmt: skip
    assert ticket.level_version_id == scene.always.pk
    rows = Clock.objects.filter(ticket=ticket, target="resolution").order_by("cycle")
    old, new = rows
    assert (old.stopped_at, old.level_version_id) == (ny(2026, 6, 5, 16), scene.office.pk)
    assert (new.carried, new.due_at) == (HOUR, ny(2026, 6, 5, 23))
    assert Clock.objects.filter(ticket=ticket, target="response").count() == 1
    assert "tickets.moved" in kinds(ticket)


def test_moved_to_another_client_nobody_there_reads_what_was_said_before(scene: Scene) -> None:
    ticket = scene.open(at=NINE, body="Dana's passwords do not work.")
    actions.move(
        ticket=ticket, client=scene.quill, contact=scene.eve, by=scene.by, at=ny(*MONDAY, 10)
    )
    assert (ticket.client_id, ticket.device_id, ticket.level_version_id) == (
        scene.quill.pk, None, None,
    )  # fmt: skip
    assert ticket.due_at is None
    actions.reply(ticket=ticket, body="Hello Eve.", by=scene.by, at=ny(*MONDAY, 10, 5))
    for_eve = queries.timeline(ticket, for_client=True)
    assert [one.html for one in for_eve] == ["<p>Hello Eve.</p>\n"]
    assert len(queries.timeline(ticket, for_client=False, part="conversation")) == 2
    with pytest.raises(Refused) as refused:
        actions.move(ticket=ticket, client=scene.quill, device=scene.server, by=scene.by, at=NINE)
    assert refused.value.field == "device"


def test_a_level_chosen_for_one_ticket_says_who_and_why(scene: Scene) -> None:
    ticket = scene.open(at=NINE)
    facts = {"ticket": ticket, "by": scene.by, "at": ny(*MONDAY, 10)}
    with pytest.raises(Refused) as refused:
        actions.hold_to(level_version=scene.always, because=" ", **facts)
    assert refused.value.field == "because"
    for _ in range(2):
        actions.hold_to(level_version=scene.always, because="VIP of theirs", **facts)
    assert ticket.level_chosen
    assert "this ticket names it" in ticket.policy_reason
    assert "Ben: VIP of theirs" in ticket.policy_reason
    assert kinds(ticket).count("tickets.held_to") == 1
    actions.hold_to(level_version=None, because="Goodwill", **facts)
    assert ticket.due_at is None
    assert "rules it out" in ticket.policy_reason


def test_open_tickets_are_restamped_only_on_purpose_and_forward(scene: Scene) -> None:
    ticket, done = scene.open(at=NINE), scene.open(at=NINE)
    actions.resolve(ticket=done, by=scene.by, at=ny(*MONDAY, 9, 30))
    quick = {p: {"response": HOUR // 2, "resolution": 2 * HOUR} for p in "1234"}
    version = contracts.revise_level(
        level=scene.office.level, targets=quick, calendar=Calendar.objects.get(), by=system(),
        at=ny(*MONDAY, 10),
    )  # fmt: skip
    at = ny(*MONDAY, 10)
    assert actions.restamp(ticket=ticket, level_version=version, by=scene.by, at=at)
    assert not actions.restamp(ticket=ticket, level_version=version, by=scene.by, at=at)
    assert not actions.restamp(ticket=done, level_version=version, by=scene.by, at=at)
    assert not actions.restamp(ticket=ticket, level_version=scene.office, by=scene.by, at=at)
    fix = Clock.objects.filter(ticket=ticket, target="resolution").latest("cycle")
    assert fix.due_at == ny(*MONDAY, 11)


# -- merging (S16) and writing down later (S17) --------------------------------------------------


def test_merged_tickets_go_on_as_the_one_that_was_told_first(scene: Scene) -> None:
    first = scene.open(at=ny(2026, 5, 29, 16), subject="No internet")
    second = scene.open(at=NINE, subject="Web is down", contact=scene.erin)
    facts = {"by": scene.by, "at": ny(*MONDAY, 9, 30)}
    for _ in range(2):
        actions.merge(ticket=first, into=second, same_incident=True, **facts)
    first.refresh_from_db()
    assert (first.status, first.merged_into_id, first.due_at) == ("closed", second.pk, None)
    assert second.opened_at == ny(2026, 5, 29, 16)
    assert clock_of(second, "response").due_at == ny(*MONDAY, 10)
    assert clock_of(first, "response").stopped_at == ny(*MONDAY, 9, 30)
    assert kinds(second).count("tickets.took_over") == 1
    told = actions.client_message(
        ticket=first, body="Any news?", contact=scene.dana, by=scene.dana_by(),
        at=ny(*MONDAY, 9, 40),
    )  # fmt: skip
    assert told.ticket_id == second.pk
    assert actions.reopen(ticket=first, **facts).pk == second.pk


def test_what_cannot_be_merged_is_refused(scene: Scene) -> None:
    one, theirs = (
        scene.open(at=NINE),
        scene.open(at=NINE, client=scene.quill, contact=scene.eve, device=None),
    )
    ended = scene.open(at=NINE)
    actions.resolve(ticket=ended, by=scene.by, at=NINE)
    for into in (one, theirs, ended):
        with pytest.raises(Refused) as refused:
            actions.merge(ticket=one, into=into, by=scene.by, at=NINE)
        assert refused.value.field == "into"
    later = scene.open(at=ny(*MONDAY, 9, 10))
    actions.merge(ticket=later, into=one, same_incident=True, by=scene.by, at=ny(*MONDAY, 9, 20))
    assert one.opened_at == NINE  # the later one moves nothing


def test_a_ticket_may_begin_waiting_or_done(scene: Scene) -> None:
    waiting = scene.open(at=NINE, begins=actions.Begins("scheduled", "Visit", ny(2026, 6, 2, 9)))
    assert clock_of(waiting, "resolution").due_at is None
    assert clock_of(waiting, "response").due_at == ny(*MONDAY, 11)
    assert actions.resume_due(at=ny(2026, 6, 2, 9)) == 1
    assert clock_of(waiting, "resolution").due_at == ny(2026, 6, 2, 17)
    with pytest.raises(Refused) as refused:
        scene.open(at=NINE, begins=actions.Begins("waiting_client"))
    assert refused.value.field == "pause_reason"
    done = scene.open(at=ny(*MONDAY, 11), opened_at=NINE, begins=actions.Begins(done=True))
    assert (done.status, done.resolved_at) == ("closed", ny(*MONDAY, 11))
    assert clock_of(done, "response").stopped_at is not None  # nothing is said of the answer
    assert clock_of(done, "resolution").met_at == ny(*MONDAY, 11)


def test_the_rows_are_what_the_list_of_happenings_gives(scene: Scene) -> None:
    """Every clock can be rebuilt from what happened: nothing is kept that does not follow."""
    version = revised(scene, update=2 * HOUR)
    ticket = scene.open(at=NINE)
    actions.hold_to(ticket=ticket, level_version=version, because="a test", by=scene.by, at=NINE)
    at = [ny(*MONDAY, hour) for hour in range(10, 17)]
    who = {"ticket": ticket, "by": scene.by}
    actions.reply(body="Hello", at=at[0], **who)
    actions.client_message(
        ticket=ticket, body="And?", contact=scene.dana, by=scene.dana_by(), at=at[1]
    )
    actions.set_status(status="waiting_vendor", pause_reason="Part", at=at[2], **who)
    actions.set_priority(priority=1, at=at[3], **who)
    actions.set_status(status="open", at=at[4], **who)
    actions.resolve(at=at[5], **who)
    actions.reopen(at=at[6], **who)
    old = terms_of(scene.office.pk, 3)
    state = fold(
        [
            Happening(What.OPENED, NINE, old),
            Happening(What.MOVED, NINE + timedelta(microseconds=1), terms_of(version.pk, 3)),
            Happening(What.ANSWERED, at[0]),
            Happening(What.CLIENT_WROTE, at[1]),
            Happening(What.WAITED, at[2]),
            Happening(What.TERMS_CHANGED, at[3], terms_of(version.pk, 1)),
            Happening(What.WENT_ON, at[4]),
            Happening(What.RESOLVED, at[5]),
            Happening(What.REOPENED, at[6]),
        ]
    )
    assert state is not None
    calendar = level(version.pk).calendar
    rows = Clock.objects.filter(ticket=ticket).prefetch_related("spans")
    kept = {(row.target, row.cycle): rule_of(row) for row in rows if row.stopped_at is None}
    derived = {
        (one.target, one.cycle): one.clock for one in state.clocks if one.clock.stopped_at is None
    }
    assert kept.keys() == derived.keys()
    for key, clock in kept.items():
        assert clock.target == derived[key].target
        assert clock.missed_at == derived[key].missed_at
        assert consumed_of(calendar, clock, at[6]) == consumed_of(calendar, derived[key], at[6])
