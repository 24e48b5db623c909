"""The clock after any history, against adding up what ran."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.rules import calendar as business
from contracts.rules.calendar import SupportCalendar, Window
from tests.contracts.rules.calendars import ALWAYS, LUNCH
from tickets.rules import clock
from tickets.rules.clock import Event

SECOND = timedelta(seconds=1)

BEGIN = datetime(2026, 5, 29, 12, tzinfo=UTC)
KINDS = ["paused", "resumed", "fulfilled", "reopened", "target_changed", "stopped"]
CALENDARS = [
    LUNCH,
    ALWAYS,
    SupportCalendar("Europe/Berlin", windows=tuple(Window(d, 1320, 360) for d in range(7))),
]


@st.composite
def histories(draw):
    offsets = draw(st.lists(st.integers(1, 12 * 86_400), min_size=0, max_size=14, unique=True))
    events = [Event("started", BEGIN, target=draw(st.integers(60, 40 * 3600)))]
    for seconds in offsets:
        kind = draw(st.sampled_from(KINDS))
        target, grace = 0, 0
        if kind == "target_changed":
            target, grace = draw(st.integers(60, 40 * 3600)), draw(st.sampled_from([0, 1800]))
        events.append(Event(kind, BEGIN + timedelta(seconds=seconds), target, grace))
    return draw(st.sampled_from(CALENDARS)), events


# What each event makes of a clock that is on, off, over or gone; anything else leaves it as it is.
SWITCHES = {
    ("none", "started"): "on",
    ("on", "paused"): "off",
    ("off", "resumed"): "on",
    ("on", "fulfilled"): "over",
    ("off", "fulfilled"): "over",
    ("over", "reopened"): "on",
    ("on", "stopped"): "gone",
    ("off", "stopped"): "gone",
}


def added_up(calendar, events, at):
    """The open seconds between neighbouring events while the clock was on."""
    total, since, being = 0, BEGIN, "none"
    for event in [*sorted(events, key=lambda event: event.at), Event("now", at)]:
        if being == "on":
            total += business.elapsed(calendar, since, event.at)
        since, being = event.at, SWITCHES.get((being, event.kind), being)
    return total


@given(history=histories(), disorder=st.randoms(use_true_random=False))
def test_consumed_and_remaining_always_make_the_target(history, disorder):
    calendar, events = history
    at = BEGIN + timedelta(days=14)
    left = clock.fold(calendar, events)
    assert left is not None
    used = added_up(calendar, events, at)
    assert clock.consumed_of(calendar, left, at) == used
    assert used + clock.remaining(calendar, left, at) == left.target
    shuffled = list(events)
    disorder.shuffle(shuffled)
    assert clock.fold(calendar, shuffled) == left


@given(history=histories())
def test_the_same_event_told_twice_changes_nothing(history):
    calendar, events = history
    left = clock.fold(calendar, events)
    assert clock.fold(calendar, [event for event in events for _ in (1, 2)]) == left


@given(history=histories())
def test_at_its_deadline_a_clock_has_used_exactly_its_target(history):
    calendar, events = history
    left = clock.fold(calendar, events)
    assert left is not None
    deadline = clock.due_of(calendar, left)
    if deadline is None:
        assert not left.running
        assert clock.remaining(calendar, left, BEGIN + timedelta(days=30)) > 0
    else:
        assert clock.consumed_of(calendar, left, deadline) == left.target
        assert clock.consumed_of(calendar, left, deadline - SECOND) < left.target


@given(history=histories())
def test_a_recorded_miss_is_never_taken_back(history):
    calendar, events = history
    missed = False
    left = None
    for event in sorted(events, key=lambda event: event.at):
        left = clock.advance(calendar, left, event)
        assert left is not None
        assert not missed or left.missed_at is not None
        missed = left.missed_at is not None
