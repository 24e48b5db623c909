"""Many MSPs silent at once are rather our own failure (D3)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.rules.platform import Doubt, Silence, doubted, is_ours, is_over

AT = datetime(2026, 6, 1, tzinfo=UTC)


def said(*pairs: tuple[int, int]) -> list[Silence]:
    return [Silence(watched, silent) for watched, silent in pairs]


@pytest.mark.parametrize(
    ("silences", "ours"),
    [
        (said((10, 10), (10, 10)), True),
        (said((10, 4), (10, 4), (10, 0)), True),
        (said((100, 100), (10, 0)), False),  # one MSP, however large
        (said((10, 10), (10, 3)), False),  # the other has three of ten down
        (said((10, 10), (10, 10), (1000, 0)), False),  # not so much of the platform
        (said((2, 2), (2, 2)), False),  # two devices of each are no mass
        (said(), False),
    ],
)
def test_several_msps_and_a_quarter_of_the_platform(silences, ours):
    assert is_ours(silences, 0.25) is ours
    assert not is_ours(silences, 0)


def test_it_is_over_when_not_several_are_silent_as_a_whole():
    assert is_over(said((10, 3), (10, 3)))
    assert is_over(said((10, 10), (10, 3)))
    assert not is_over(said((10, 4), (10, 4)))
    assert is_over(said())


def test_a_doubt_begins_once_grows_and_ends():
    early, later = AT - timedelta(minutes=3), AT - timedelta(minutes=1)
    first = doubted({"a": Silence(9, 9, later), "b": Silence(9, 0)}, None, AT)
    assert (first.began_at, first.since) == (AT, {"a": later})
    second = AT + timedelta(minutes=2)
    more = doubted({"a": Silence(9, 9, early), "b": Silence(9, 9, second)}, first, second)
    assert (more.began_at, more.since) == (AT, {"a": early, "b": second})
    assert more.holds(AT + timedelta(minutes=9, seconds=59))
    assert not more.holds(AT + timedelta(minutes=10))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8))
def test_what_is_over_is_not_ours(pairs):
    silences = said(*((max(pair), min(pair)) for pair in pairs))
    assert not (is_over(silences) and is_ours(silences, 0.25))
    assert Doubt(AT, {}).holds(AT)
