"""A wait that is voided leaves the clock as if it had never stood still."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.calendar import from_dict
from tests.make import WEEKDAYS
from tickets.rules.clock import (
    Event,
    Kind,
    State,
    advance,
    consumed_of,
    due_of,
    fold,
    state,
)

HOURS = from_dict(WEEKDAYS)
MONDAY = datetime(2026, 6, 1, 13, tzinfo=UTC)  # 9 in the morning in New York
HOUR = 3600


def at(hours):
    return MONDAY + timedelta(hours=hours)


def voided(clock, since, until, now):
    return advance(HOURS, clock, Event(Kind.VOIDED, at(now), since=at(since), until=at(until)))


def test_a_voided_wait_counts_and_shows_the_miss_it_hid():
    started = Event(Kind.STARTED, at(0), target=2 * HOUR)
    waited = [started, Event(Kind.PAUSED, at(1)), Event(Kind.RESUMED, at(4))]
    clock = fold(HOURS, waited)
    assert due_of(HOURS, clock) == at(5)
    again = voided(clock, 1, 4, 4.5)
    assert due_of(HOURS, again) == at(2)
    assert (again.missed_at, state(HOURS, again, at(4.5))) == (at(2), State.MISSED)


def test_a_promise_that_was_kept_only_by_waiting_is_missed():
    events = [
        Event(Kind.STARTED, at(0), target=2 * HOUR), Event(Kind.PAUSED, at(1)),
        Event(Kind.RESUMED, at(4)), Event(Kind.FULFILLED, at(4.5)),
    ]  # fmt: skip
    clock = fold(HOURS, events)
    assert state(HOURS, clock, at(5)) is State.MET
    assert voided(clock, 1, 4, 6).missed_at == at(2)
    assert voided(clock, 1, 1.25, 6).missed_at is None  # a quarter of an hour hid nothing


def test_what_was_stopped_is_judged_neither_way():
    events = [
        Event(Kind.STARTED, at(0), target=HOUR), Event(Kind.PAUSED, at(0.5)),
        Event(Kind.STOPPED, at(4)),
    ]  # fmt: skip
    clock = fold(HOURS, events)
    assert voided(clock, 0.5, 4, 5) == clock


_moments = st.lists(st.integers(1, 400), min_size=2, max_size=9, unique=True).map(sorted)


@given(_moments, st.integers(0, 3), st.integers(1, 30), st.booleans())
def test_voiding_is_the_same_as_never_having_waited(moments, which, target, solved):
    pairs = list(zip(moments[::2], moments[1::2], strict=False))
    chosen = pairs[which % len(pairs)]
    started = [Event(Kind.STARTED, at(0), target=target * HOUR)]
    ended = [Event(Kind.FULFILLED, at(moments[-1] + 1))] if solved else []

    def waits(some):
        return [
            event
            for since, until in some
            for event in (Event(Kind.PAUSED, at(since)), Event(Kind.RESUMED, at(until)))
        ]

    with_all = fold(HOURS, started + waits(pairs) + ended)
    without = fold(HOURS, started + waits([one for one in pairs if one != chosen]) + ended)
    now = moments[-1] + 2
    again = voided(with_all, *chosen, now)
    assert consumed_of(HOURS, again, at(now)) == consumed_of(HOURS, without, at(now))
    assert due_of(HOURS, again) == due_of(HOURS, without)
    assert state(HOURS, again, at(now)) is state(HOURS, without, at(now))
    assert voided(again, *chosen, now) == again
