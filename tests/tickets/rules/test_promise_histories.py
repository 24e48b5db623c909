"""A ticket's clocks after any history, against adding up the open time while each was on."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.rules import calendar as business
from contracts.rules.calendar import SupportCalendar, Window
from tests.contracts.rules.calendars import ALWAYS, LUNCH
from tickets.rules import clock
from tickets.rules.promises import (
    RESOLUTION,
    RESPONSE,
    UPDATE,
    Happening,
    Promises,
    Terms,
    What,
    advance,
    fold,
)

BEGIN = datetime(2026, 5, 29, 12, tzinfo=UTC)
END = BEGIN + timedelta(days=20)
NIGHTS = SupportCalendar("Europe/Berlin", windows=tuple(Window(d, 1320, 360) for d in range(7)))
LATER = [what for what in What if what is not What.OPENED]
RARE = (What.MERGED, What.RECORDED)
COMMON = [what for what in LATER if what not in RARE]

seconds = st.integers(60, 40 * 3600)
terms = st.builds(
    Terms,
    st.sampled_from([LUNCH, ALWAYS, NIGHTS]),
    st.fixed_dictionaries({RESOLUTION: seconds}, optional={RESPONSE: seconds, UPDATE: seconds}),
    st.sampled_from([frozenset(), frozenset({RESOLUTION}), frozenset({RESPONSE, RESOLUTION})]),
    st.booleans(),
    st.sampled_from([0, 1800]),
)


@st.composite
def histories(draw):
    offsets = draw(st.lists(st.integers(1, 12 * 86_400), max_size=12, unique=True))
    told = [Happening(What.OPENED, BEGIN, draw(terms), waiting=draw(st.booleans()))]
    for offset in offsets:
        what = draw(st.sampled_from(COMMON * 4 + list(RARE)))
        at = BEGIN + timedelta(seconds=offset)
        if what in (What.TERMS_CHANGED, What.MOVED):
            told.append(Happening(what, at, draw(terms)))
        elif what is What.BEGAN_EARLIER:
            told.append(Happening(what, at, since=BEGIN - timedelta(hours=draw(st.integers(0, 9)))))
        else:
            told.append(Happening(what, at))
    return told


def added_up(one) -> int:
    """The open seconds of each stretch on its own, whatever the clock says of their sum."""
    return one.clock.carried + sum(
        business.elapsed(one.calendar, span.started_at, span.ended_at or END)
        for span in one.clock.spans
    )


@settings(max_examples=1000, deadline=None)
@given(history=histories(), disorder=st.randoms(use_true_random=False))
def test_any_order_of_telling_keeps_consumed_and_remaining_together(history, disorder):
    """Ten orders of each of a thousand histories."""
    state = fold(history)
    assert state is not None
    for one in state.clocks:
        used = clock.consumed_of(one.calendar, one.clock, END)
        assert used == added_up(one)
        assert used + clock.remaining(one.calendar, one.clock, END) == one.clock.target
    for _ in range(10):
        shuffled = list(history)
        disorder.shuffle(shuffled)
        assert fold(shuffled) == state


@settings(max_examples=150, deadline=None)
@given(history=histories())
def test_told_twice_is_told_once(history):
    assert fold([one for one in history for _ in (1, 2)]) == fold(history)


@settings(max_examples=150, deadline=None)
@given(history=histories())
def test_what_can_never_be(history):
    state: Promises | None = None
    missed: set[tuple[str, int]] = set()
    for one in history[:1] + sorted(history[1:], key=lambda each: each.at):
        state = advance(state, one)
        assert state is not None
        for target in (RESPONSE, UPDATE, RESOLUTION):
            cycles = [each for each in state.clocks if each.target == target]
            assert [each.cycle for each in cycles] == list(range(1, len(cycles) + 1))
            assert all(each.clock.done for each in cycles[:-1])  # one counts, the others did
        update = state.latest(UPDATE)
        assert update is None or state.answered
        late = {(c.target, c.cycle) for c in state.clocks if c.clock.missed_at is not None}
        assert missed <= late  # a miss is never taken back
        missed = late
        if state.ended:
            assert all(each.clock.done for each in state.clocks)
        for each in state.clocks:
            ends = [span.ended_at for span in each.clock.spans]
            assert None not in ends[:-1]
            assert (ends[-1:] == [None]) is each.clock.running
            assert not (each.clock.done and each.clock.running)
