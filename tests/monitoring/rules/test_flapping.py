"""When something flaps, to a tenth of a percent."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.rules import flapping
from monitoring.rules.flapping import ICINGA, NAGIOS
from tests.vectors import monitoring

VECTORS = monitoring()
T0 = datetime(2026, 6, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("formula", "trace", "places"),
    [
        pytest.param(formula, name, places, id=f"{key}-{name}")
        for key, formula, places in (
            ("flap_icinga_hi30_lo25", ICINGA, 1),
            ("flap_nagios_hi30_lo20", NAGIOS, 2),
        )
        for name in VECTORS[key]
    ],
)
def test_the_traces_come_out_to_the_digit(formula, trace, places):
    key = "flap_icinga_hi30_lo25" if formula is ICINGA else "flap_nagios_hi30_lo20"
    changes: list[bool] = []
    was, before = False, 0
    for state, value, expected in VECTORS[key][trace]:
        changes.append(state != before)
        before = state
        was = flapping.flaps(was, changes, formula)
        # the traces are rounded from binary fractions: half a step either way
        assert abs(flapping.share(changes, formula) - value) <= 0.5001 * 10**-places
        assert was is expected


def test_figures_that_are_known_by_heart():
    assert round(flapping.share([True] * 20), 1) == 99.0
    assert round(flapping.share([True] * 20, NAGIOS), 1) == 100.0
    assert round(flapping.share([False] * 19 + [True]), 1) == 5.9
    assert round(flapping.share([True] * 5), 1) == 28.5
    assert round(flapping.share([True] * 6), 1) == 33.9


def at(*minutes: float) -> list[datetime]:
    return [T0 + timedelta(minutes=minute) for minute in minutes]


def test_results_are_rebuilt_from_when_it_changed():
    changes, last = flapping.results(at(0, 1, 4), 60, T0 + timedelta(minutes=6, seconds=30))
    assert changes == [True, True, False, False, True, False, False]
    assert last == T0 + timedelta(minutes=6)
    assert flapping.results([], 60, T0) == ([False] * 20, T0)


def test_a_device_that_goes_and_comes_each_minute_flaps_at_the_sixth_change():
    def flaps(changes: int, was: bool = False) -> bool:
        moments = at(*range(changes))
        return flapping.is_flapping(moments, 60, moments[-1], was)

    assert [flaps(count) for count in range(1, 8)] == [False] * 5 + [True] * 2


def test_it_is_calm_again_when_nothing_changed_for_long_enough():
    moments = at(*range(12))
    calm = flapping.calm_at(moments, 60, moments[-1])
    assert calm == moments[-1] + timedelta(minutes=15)  # the 27th result of the trace
    assert flapping.is_flapping(moments, 60, calm - timedelta(minutes=1), was=True)
    assert not flapping.is_flapping(moments, 60, calm, was=True)


def test_a_reboot_does_not_flap_and_silence_for_good_ends_it():
    assert not flapping.is_flapping(at(0, 3), 60, T0 + timedelta(minutes=3), was=False)
    moments = at(*range(11))  # the last change was going down, and then nothing
    assert not flapping.is_flapping(moments, 60, T0 + timedelta(hours=1), was=True)


@given(st.lists(st.integers(0, 3000), max_size=40, unique=True), st.integers(10, 600))
def test_it_always_ends(seconds, period):
    moments = [T0 + timedelta(seconds=second) for second in seconds]
    now = max(moments, default=T0)
    calm = flapping.calm_at(moments, period, now)
    assert not flapping.is_flapping(moments, period, calm, was=True)
    assert calm - now <= timedelta(seconds=20 * period)


@given(st.lists(st.booleans(), max_size=60))
def test_the_share_is_a_share(changes):
    assert 0 <= flapping.share(changes) <= 100
