"""The past as bars and as a share of time."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.rules.bars import (
    RANKS,
    Stretch,
    availability,
    bars,
    merged,
    shown_percent,
    timeline,
)
from tests.vectors import psa

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=30)


def t(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def test_a_month_with_maintenance_and_downtime_is_cut_and_not_rounded():
    flips = [(BEGIN - timedelta(days=5), "up"), (t(1000), "down"), (t(1095), "up")]
    past = timeline(flips, BEGIN, END, maintenance=[(t(5000), t(5120))])
    share = availability(past)
    assert share == Fraction(43200 - 120 - 95, 43200 - 120)
    assert str(shown_percent(share)) == psa()["SLA-15"]
    assert shown_percent(Fraction(999999, 1000000), 2) == Decimal("99.99")
    assert shown_percent(Fraction(1), 2) == Decimal("100.00")


def test_downtime_inside_agreed_maintenance_does_not_count():
    flips = [(BEGIN, "up"), (t(100), "down"), (t(160), "up")]
    past = timeline(flips, BEGIN, t(200), maintenance=[(t(90), t(170))])
    assert availability(past) == 1


def test_what_we_did_not_see_counts_neither_way():
    flips = [(BEGIN, "up"), (t(50), "down")]
    past = timeline(flips, BEGIN, t(100), blind=[(t(40), t(80))])
    assert past == [
        Stretch("up", t(0), t(40)),
        Stretch("unknown", t(40), t(80)),
        Stretch("down", t(80), t(100)),
    ]
    assert availability(past) == Fraction(40, 60)


def test_before_the_first_sign_nothing_is_known():
    past = timeline([(t(60), "up")], BEGIN, t(120))
    assert past == [Stretch("unknown", t(0), t(60)), Stretch("up", t(60), t(120))]
    assert availability(timeline([], BEGIN, t(120))) is None


@pytest.mark.parametrize("state", ["new", "paused", "something else"])
def test_what_is_not_watched_is_unknown(state):
    assert timeline([(BEGIN, state)], BEGIN, t(10)) == [Stretch("unknown", t(0), t(10))]


def test_late_is_not_down():
    assert availability(timeline([(BEGIN, "late")], BEGIN, t(10))) == 1


def test_a_change_back_to_the_same_state_is_one_stretch():
    past = timeline([(BEGIN, "up"), (t(5), "up")], BEGIN, t(10))
    assert past == [Stretch("up", t(0), t(10))]


def test_two_checks_down_together_are_one_outage():
    first = timeline([(BEGIN, "up"), (t(10), "down"), (t(30), "up")], BEGIN, t(100))
    second = timeline([(BEGIN, "up"), (t(20), "down"), (t(40), "up")], BEGIN, t(100))
    both = merged([first, second])
    assert both == [
        Stretch("up", t(0), t(10)),
        Stretch("down", t(10), t(40)),
        Stretch("up", t(40), t(100)),
    ]
    assert availability(both) == Fraction(70, 100)
    assert merged([]) == []


def test_a_bar_shows_the_worst_it_holds():
    past = timeline(
        [(t(10), "up"), (t(25), "down"), (t(26), "up"), (t(45), "late")],
        BEGIN,
        t(60),
        maintenance=[(t(30), t(40))],
    )
    found = bars(past, BEGIN, t(60), 6)
    assert [bar.state for bar in found] == ["unknown", "up", "down", "maintenance", "late", "late"]
    assert [bar.down for bar in found] == [timedelta(minutes=n) for n in (0, 0, 1, 0, 0, 0)]
    assert (found[2].start, found[2].end) == (t(20), t(30))


def test_a_bar_that_is_partly_unknown_stays_unknown():
    past = timeline([(BEGIN, "up")], BEGIN, t(60), blind=[(t(5), t(6))])
    assert [bar.state for bar in bars(past, BEGIN, t(60), 3)] == ["unknown", "up", "up"]


def test_without_a_past_every_bar_is_unknown():
    assert [bar.state for bar in bars([], BEGIN, END, 2)] == ["unknown", "unknown"]


moments = st.integers(-30, 130).map(t)
gaps = st.lists(st.tuples(moments, moments).map(sorted).map(tuple), max_size=3)
changes = st.lists(st.tuples(moments, st.sampled_from([*RANKS, "new"])), max_size=8)


@given(flips=changes, maintenance=gaps, blind=gaps)
def test_a_timeline_has_one_state_for_each_minute(flips, maintenance, blind):
    past = timeline(flips, BEGIN, t(100), maintenance=maintenance, blind=blind)
    assert past[0].start == BEGIN
    assert past[-1].end == t(100)
    for one, following in itertools.pairwise(past):
        assert one.end == following.start
        assert one.state != following.state
    for minute in range(100):
        said = [state for at, state in sorted(flips) if at <= t(minute)]
        expected = said[-1] if said and said[-1] in RANKS else "unknown"
        if any(start <= t(minute) < end for start, end in blind):
            expected = "unknown"
        if any(start <= t(minute) < end for start, end in maintenance):
            expected = "maintenance"
        assert [s.state for s in past if s.start <= t(minute) < s.end] == [expected]


@given(flips=changes, count=st.integers(1, 40))
def test_bars_tile_the_past_and_keep_all_downtime(flips, count):
    past = timeline(flips, BEGIN, t(100))
    found = bars(past, BEGIN, t(100), count)
    assert (len(found), found[0].start, found[-1].end) == (count, BEGIN, t(100))
    down = sum((s.length for s in past if s.state == "down"), timedelta())
    assert sum((bar.down for bar in found), timedelta()) == down
    assert {s.state for s in past} >= {bar.state for bar in found}


@given(histories=st.lists(changes, min_size=1, max_size=3))
def test_merged_checks_are_as_bad_as_the_worst_at_each_minute(histories):
    lines = [timeline(flips, BEGIN, t(100)) for flips in histories]
    both = merged(lines)
    for minute in range(0, 100, 7):
        at_once = [s.state for line in lines for s in line if s.start <= t(minute) < s.end]
        [state] = [s.state for s in both if s.start <= t(minute) < s.end]
        assert state == max(at_once, key=RANKS.index)
