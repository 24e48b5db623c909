"""Every second is accounted for, and what does not count is never left out."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.rules import bars, uptime
from monitoring.rules.bars import Stretch
from monitoring.rules.uptime import Figures

T0 = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def at(minute: float) -> datetime:
    return T0 + timedelta(minutes=minute)


def test_a_day_with_everything_in_it():
    past = bars.timeline(
        [(at(0), "up"), (at(600), "down"), (at(630), "up"), (at(700), "degraded")],
        T0, T0 + DAY, maintenance=[(at(620), at(660))], blind=[(at(100), at(120))],
    )  # fmt: skip
    found = uptime.figures(past)
    assert found.down == timedelta(minutes=20)
    assert found.maintenance == timedelta(minutes=40)
    assert found.unknown == timedelta(minutes=20)
    assert found.whole == DAY
    assert found.share == Fraction(1360, 1380)
    assert found.unknown_share == Fraction(20, 1440)


def test_our_own_twenty_minutes_are_unknown_and_nobodys_outage():
    past = bars.timeline([(at(0), "up")], T0, T0 + DAY, blind=[(at(60), at(80))])
    found = uptime.figures(past)
    assert (found.unknown, found.down) == (timedelta(minutes=20), timedelta())
    assert uptime.minutes(past, T0, T0 + DAY).count("unknown") == 20


def test_what_was_never_watched_has_no_share():
    found = uptime.figures(bars.timeline([], T0, T0 + DAY))
    assert (found.share, found.unknown_share) == (None, 1)
    assert Figures().share is None
    assert Figures().unknown_share == 0


@pytest.mark.parametrize(("seconds", "kind"), [(29, "up"), (30, "down"), (31, "down")])
def test_a_minute_is_what_most_of_it_was_and_of_two_halves_the_worse(seconds, kind):
    past = [
        Stretch("down", T0, T0 + timedelta(seconds=seconds)),
        Stretch("up", T0 + timedelta(seconds=seconds), at(2)),
    ]
    assert uptime.minutes(past, T0, at(2)) == [kind, "up"]


moments = st.lists(
    st.tuples(st.integers(0, 1439), st.sampled_from(["up", "down", "paused", "degraded", "late"]))
)
gaps = st.lists(st.tuples(st.integers(0, 1400), st.integers(1, 60)), max_size=4)


@given(moments, gaps, gaps)
def test_the_four_make_up_the_whole_and_the_minutes_agree(changes, agreed, blind):
    flips = [(at(minute), state) for minute, state in changes]
    past = bars.timeline(
        flips, T0, T0 + DAY,
        maintenance=[(at(a), at(a + b)) for a, b in agreed],
        blind=[(at(a), at(a + b)) for a, b in blind],
    )  # fmt: skip
    found = uptime.figures(past)
    assert found.whole == DAY
    each = uptime.minutes(past, T0, T0 + DAY)
    assert len(each) == 1440
    for kind in uptime.KINDS:  # every change lies on a whole minute here
        assert timedelta(minutes=each.count(kind)) == getattr(found, kind)
    if found.share is not None:
        assert 0 <= found.share <= 1
