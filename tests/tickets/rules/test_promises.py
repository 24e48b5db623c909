"""All the clocks of a ticket: worked examples of each rule."""

from datetime import datetime, timedelta

import pytest

from tests.contracts.rules.calendars import ALWAYS, OFFICE, ny
from tests.vectors import psa
from tickets.rules import clock
from tickets.rules.clock import State
from tickets.rules.promises import (
    RESOLUTION,
    RESPONSE,
    UPDATE,
    Counting,
    Happening,
    Promises,
    Terms,
    What,
    fold,
    may_reopen,
)

HOUR = 3600
NINE = ny(2026, 6, 1, 9)  # a Monday
TARGETS = {RESPONSE: HOUR, RESOLUTION: 8 * HOUR, UPDATE: 2 * HOUR}
TERMS = Terms(OFFICE, TARGETS, grace=1800)


def told(*happenings: tuple, terms: Terms = TERMS, at: datetime = NINE) -> Promises:
    """Opened on Monday at nine, then what, when and how."""
    rest = [Happening(what, when, **(more[0] if more else {})) for what, when, *more in happenings]
    left = fold([Happening(What.OPENED, at, terms), *rest])
    assert left is not None
    return left


def the(state: Promises, target: str) -> Counting:
    found = state.latest(target)
    assert found is not None
    return found


def due(state: Promises, target: str) -> datetime | None:
    one = the(state, target)
    return clock.due_of(one.calendar, one.clock)


def judged(state: Promises, target: str, at: datetime) -> State:
    one = the(state, target)
    return clock.state(one.calendar, one.clock, at)


def cycles(state: Promises, target: str) -> list[int]:
    return [one.cycle for one in state.clocks if one.target == target]


# -- the next word (S11) -------------------------------------------------------------------------


def test_an_update_is_owed_from_the_oldest_unanswered_word():
    """SLA-11: they write at 15:30 and 16:30; two hours later is Tuesday 9:30."""
    state = told(
        (What.ANSWERED, ny(2026, 6, 1, 9, 30)),
        (What.CLIENT_WROTE, ny(2026, 6, 1, 15, 30)),
        (What.CLIENT_WROTE, ny(2026, 6, 1, 16, 30)),
    )
    found = due(state, UPDATE)
    assert found is not None
    local = found.astimezone(OFFICE.ruler._zone)
    assert local.strftime("%Y-%m-%dT%H:%M%z") == psa()["SLA-11"]


def test_no_update_is_owed_before_the_first_answer():
    state = told((What.CLIENT_WROTE, ny(2026, 6, 1, 9, 10)))
    assert state.latest(UPDATE) is None
    state = told((What.CLIENT_WROTE, ny(2026, 6, 1, 9, 10)), (What.ANSWERED, ny(2026, 6, 1, 9, 20)))
    assert state.latest(UPDATE) is None
    assert state.asked_at is None


def test_who_only_acknowledged_still_owes_an_answer():
    state = told(
        (What.CLIENT_WROTE, ny(2026, 6, 1, 9, 10)), (What.ACKNOWLEDGED, ny(2026, 6, 1, 9, 20))
    )
    assert judged(state, RESPONSE, NINE + timedelta(hours=1)) is State.MET
    assert due(state, UPDATE) == ny(2026, 6, 1, 11, 20)


def test_each_question_has_a_clock_of_its_own_and_keeps_its_verdict():
    state = told(
        (What.ANSWERED, ny(2026, 6, 1, 9, 30)),
        (What.CLIENT_WROTE, ny(2026, 6, 1, 10)),
        (What.ANSWERED, ny(2026, 6, 1, 12, 30)),  # half an hour late
        (What.CLIENT_WROTE, ny(2026, 6, 1, 13)),
        (What.ANSWERED, ny(2026, 6, 1, 13, 5)),
    )
    assert cycles(state, UPDATE) == [1, 2]
    late, good = (one.clock for one in state.clocks if one.target == UPDATE)
    assert (late.missed_at, late.fulfilled_at) == (ny(2026, 6, 1, 12), ny(2026, 6, 1, 12, 30))
    assert (good.missed_at, good.fulfilled_at) == (None, ny(2026, 6, 1, 13, 5))


def test_at_an_interval_the_next_word_is_owed_whoever_wrote():
    terms = Terms(ALWAYS, TARGETS, every=True)
    state = told(
        (What.ANSWERED, NINE + timedelta(minutes=30)),
        (What.ANSWERED, NINE + timedelta(minutes=90)),
        (What.CLIENT_WROTE, NINE + timedelta(minutes=100)),
        terms=terms,
    )
    assert cycles(state, UPDATE) == [1, 2]
    assert due(state, UPDATE) == NINE + timedelta(minutes=210)
    state = told(
        (What.ANSWERED, NINE + timedelta(minutes=30)),
        (What.RESOLVED, NINE + timedelta(minutes=60)),
        (What.REOPENED, NINE + timedelta(minutes=90)),
        terms=terms,
    )
    assert due(state, UPDATE) == NINE + timedelta(minutes=210)


def test_an_answer_told_twice_begins_one_interval():
    terms = Terms(ALWAYS, TARGETS, every=True)
    once = told((What.ANSWERED, NINE + timedelta(minutes=5)), terms=terms)
    twice = told(*[(What.ANSWERED, NINE + timedelta(minutes=5))] * 2, terms=terms)
    assert once == twice
    assert cycles(once, UPDATE) == [1]


# -- pauses (S13), raising (S9), reopening (S14) ---------------------------------------------------


def test_a_ticket_opened_while_it_waits_starts_paused():
    begun = fold([Happening(What.OPENED, NINE, TERMS, waiting=True)])
    assert begun is not None
    assert due(begun, RESOLUTION) is None
    assert due(begun, RESPONSE) == ny(2026, 6, 1, 10)
    on = fold(
        [
            Happening(What.OPENED, NINE, TERMS, waiting=True),
            Happening(What.WENT_ON, ny(2026, 6, 2, 9)),
        ]
    )
    assert on is not None
    assert due(on, RESOLUTION) == ny(2026, 6, 2, 17)


def test_a_higher_priority_keeps_what_was_used():
    """SLA-07a and 07b on the ticket's own clocks."""
    for seconds, expected in ((4 * HOUR, "SLA-07a"), (HOUR, "SLA-07b")):
        urgent = Terms(OFFICE, TARGETS | {RESOLUTION: seconds}, grace=1800)
        state = told((What.TERMS_CHANGED, ny(2026, 6, 1, 12), {"terms": urgent}))
        found = due(state, RESOLUTION)
        assert found is not None
        local = found.astimezone(OFFICE.ruler._zone)
        assert local.strftime("%Y-%m-%dT%H:%M%z") == psa()[expected]
        assert the(state, RESOLUTION).clock.raised is (expected == "SLA-07b")


def test_a_promise_the_new_priority_does_not_know_stops_and_comes_back_with_what_it_used():
    without = Terms(OFFICE, {RESPONSE: HOUR})
    state = told(
        (What.TERMS_CHANGED, ny(2026, 6, 1, 12), {"terms": without}),
        (What.TERMS_CHANGED, ny(2026, 6, 1, 14), {"terms": TERMS}),
    )
    assert cycles(state, RESOLUTION) == [1, 2]
    assert due(state, RESOLUTION) == ny(2026, 6, 2, 11)  # three of eight hours were used by noon


def test_reopened_what_was_left_runs_on():
    state = told(
        (What.RESOLVED, ny(2026, 6, 1, 15)),  # six of eight hours
        (What.CLIENT_WROTE, ny(2026, 6, 4, 15)),
        (What.REOPENED, ny(2026, 6, 4, 15)),
    )
    assert due(state, RESOLUTION) == ny(2026, 6, 4, 17)
    assert due(state, UPDATE) == ny(2026, 6, 4, 17)
    assert judged(state, RESPONSE, ny(2026, 6, 4, 15)) is State.MISSED


# -- another promise (S7), merging (S16), writing down later (S17) ---------------------------------


def test_another_promise_takes_over_with_what_was_used():
    round_the_clock = Terms(ALWAYS, {RESPONSE: HOUR, RESOLUTION: 6 * HOUR})
    state = told(
        (What.ANSWERED, ny(2026, 6, 1, 9, 30)),
        (What.MOVED, ny(2026, 6, 1, 12), {"terms": round_the_clock}),
    )
    assert cycles(state, RESPONSE) == [1]  # its verdict was given
    assert cycles(state, RESOLUTION) == [1, 2]
    old, new = (one for one in state.clocks if one.target == RESOLUTION)
    assert clock.state(old.calendar, old.clock, ny(2026, 6, 30)) is State.STOPPED
    assert new.clock.carried == 3 * HOUR
    assert due(state, RESOLUTION) == ny(2026, 6, 1, 15)
    again = told(
        (What.ANSWERED, ny(2026, 6, 1, 9, 30)),
        (What.MOVED, ny(2026, 6, 1, 12), {"terms": round_the_clock}),
        (What.MOVED, ny(2026, 6, 1, 12), {"terms": round_the_clock}),
    )
    assert again == state


@pytest.mark.parametrize(("hours", "missed"), [(2, False), (9, True)])
def test_a_promise_that_is_over_when_it_takes_over_leaves_grace_but_washes_off_no_miss(
    hours, missed
):
    short = Terms(ALWAYS, {RESOLUTION: HOUR}, grace=1800)
    at = NINE + timedelta(hours=hours)
    state = told((What.MOVED, at, {"terms": short}), terms=Terms(ALWAYS, TARGETS))
    assert due(state, RESOLUTION) == at + timedelta(0 if missed else 0.5 / 24)
    assert the(state, RESOLUTION).clock.raised
    soon = at + timedelta(minutes=1)
    assert (judged(state, RESOLUTION, soon) is State.MISSED) is missed


def test_moved_to_nobodys_promise_everything_stops():
    state = told((What.MOVED, ny(2026, 6, 1, 10), {"terms": None}))
    assert [judged(state, t, ny(2026, 6, 9)) for t in (RESPONSE, RESOLUTION)] == [State.STOPPED] * 2
    back = told(
        (What.MOVED, ny(2026, 6, 1, 10), {"terms": None}),
        (What.MOVED, ny(2026, 6, 1, 11), {"terms": TERMS}),
    )
    assert due(back, RESOLUTION) == ny(2026, 6, 2, 10)


def test_a_merged_ticket_is_judged_no_more():
    state = told((What.MERGED, ny(2026, 6, 1, 15)))
    assert judged(state, RESOLUTION, ny(2026, 6, 30)) is State.STOPPED
    assert state.ended


def test_the_same_incident_began_when_it_was_first_told():
    state = told((What.BEGAN_EARLIER, ny(2026, 6, 1, 11), {"since": ny(2026, 5, 29, 16)}))
    assert due(state, RESPONSE) == ny(2026, 5, 29, 17)
    assert due(state, RESOLUTION) == ny(2026, 6, 1, 16)
    assert judged(state, RESPONSE, ny(2026, 6, 1, 11)) is State.MISSED


def test_what_is_written_down_afterwards_is_judged_on_the_fix_alone():
    state = told((What.RECORDED, ny(2026, 6, 1, 11)))
    later = ny(2026, 7, 1, 9)
    assert judged(state, RESPONSE, later) is State.STOPPED
    assert judged(state, RESOLUTION, later) is State.MET


def test_what_is_written_down_afterwards_owes_no_word_either():
    state = told(
        (What.ANSWERED, ny(2026, 6, 1, 10)), (What.CLIENT_WROTE, ny(2026, 6, 1, 10, 30)),
        (What.RECORDED, ny(2026, 6, 1, 11)),
    )  # fmt: skip
    assert state.ended
    assert state.asked_at is None
    assert judged(state, UPDATE, ny(2026, 7, 1, 9)) is State.STOPPED


def test_a_ticket_may_be_reopened_for_as_long_as_agreed():
    solved = ny(2026, 6, 1, 12)
    assert may_reopen(solved, solved + timedelta(days=7), 7)
    assert not may_reopen(solved, solved + timedelta(days=7, seconds=1), 7)
    assert not may_reopen(solved, solved + timedelta(seconds=1), 0)
