"""The delay that grows with each change, by the vectors; and a clock that is wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from monitoring.rules.delays import Delay, Waiting, after
from monitoring.rules.skew import noted, skew_of, wrong_by
from tests.vectors import monitoring

T0 = datetime(2026, 6, 1, 14, tzinfo=UTC)
GIVEN = monitoring()["netdata_delay"]


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_changes_are_told_when_the_vectors_say() -> None:
    delay = Delay(
        seconds(GIVEN["up"]), seconds(GIVEN["down"]), GIVEN["mult"], seconds(GIVEN["max"])
    )
    waiting: Waiting | None = None
    for at, state, told_at in GIVEN["changes"]:
        waiting = after(delay, waiting, T0 + seconds(at), worse=state != "clear")
        assert waiting.until == T0 + seconds(told_at)


def test_a_change_after_the_wait_begins_anew_and_waits_never_exceed_the_longest() -> None:
    delay = Delay(seconds(10), seconds(900), 2, seconds(3600))
    waiting = after(delay, None, T0, worse=True)
    for _ in range(12):
        waiting = after(delay, waiting, waiting.until, worse=True)
    assert (waiting.up, waiting.down) == (seconds(3600), seconds(3600))
    anew = after(delay, waiting, waiting.until + seconds(1), worse=True)
    assert anew.up == seconds(10)


@pytest.mark.parametrize(
    ("sent", "skew"),
    [
        ([0, -1, -400], 0),  # one waited on the way, which says nothing about the clock
        ([-400, -390], 390),
        ([600, 610], -600),  # ahead of ours
        ([None], None),
    ],
)
def test_the_least_skew_counts(sent: list[float | None], skew: float | None) -> None:
    reports = [(T0, None if one is None else T0 + seconds(one)) for one in sent]
    found = skew_of(reports)
    assert (None if found is None else found.total_seconds()) == skew


def test_a_wrong_clock_is_noted_once_in_a_while_and_forgotten_when_it_is_right() -> None:
    said = noted({}, seconds(600), T0)
    assert said is not None
    assert wrong_by(said, T0) == seconds(600)
    assert noted(said, seconds(610), T0 + seconds(60)) is None
    assert noted(said, seconds(610), T0 + seconds(601)) is not None
    assert noted(said, seconds(900), T0 + seconds(60)) is not None
    assert noted({}, seconds(299), T0) is None
    ahead = noted({}, seconds(-301), T0)
    assert ahead == {"clock_wrong_by": -301, "clock_wrong_at": T0.isoformat()}
    assert wrong_by(said, T0 + seconds(901)) is None
    assert wrong_by({"clock_wrong_by": "x"}, T0) is None
