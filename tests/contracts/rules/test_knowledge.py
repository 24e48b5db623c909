"""Two times: when a unit was there and since when we know it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.knowledge import bands, compared, first_difference
from contracts.rules.register import UnitVersion, as_known, countable
from msp.kit.periods import Period

DAY = date(2026, 3, 1)
AT = datetime(2026, 3, 20, 12, tzinfo=UTC)


def said(seq, start=0, end=None, interval="a", kind="server", at=None):
    return UnitVersion(
        interval, "device", 7, kind, "srv", 1, None, DAY + timedelta(days=start),
        None if end is None else DAY + timedelta(days=end),
        at or AT + timedelta(days=seq), seq,
    )  # fmt: skip


RETIRED_LATE = [said(0), said(5, end=2)]  # it was retired on 3 March, we learn it on the 25th


def test_the_day_is_answered_by_the_knowledge_of_a_day():
    then, now = (as_known(RETIRED_LATE, AT + timedelta(days=day)) for day in (1, 6))
    [one] = compared([one for one in then if one.holds(DAY + timedelta(days=4))], [])
    assert one.state == "removed"
    [one] = compared(then, now)
    assert (one.state, [what for what, _then, _now in one.changes]) == ("changed", ["until"])


def test_each_state_of_knowledge_is_a_band():
    found = bands(RETIRED_LATE)
    assert [(band.since.day, band.until and band.until.day) for band in found] == [
        (20, 25), (25, None),
    ]  # fmt: skip
    assert [band.intervals[0].ends_on for band in found] == [None, DAY + timedelta(days=2)]


def test_the_first_day_that_differs_is_where_it_ended():
    then, now = (as_known(RETIRED_LATE, AT + timedelta(days=day)) for day in (1, 6))
    assert first_difference(then, now) == DAY + timedelta(days=2)
    assert first_difference(then, then) is None
    assert first_difference(then, [replace(one, name="other") for one in then]) is None
    other = [replace(one, unit_class="laptop") for one in then]
    assert first_difference(then, other) == DAY


_version = st.tuples(st.integers(0, 60), st.none() | st.integers(0, 60), st.sampled_from("ab"))


@given(st.lists(_version, min_size=1, max_size=6), st.integers(0, 6), st.integers(0, 60))
def test_nothing_before_the_first_difference_counts_differently(rows, known, day):
    versions = [
        said(seq, start, None if long is None else start + long, interval)
        for seq, (start, long, interval) in enumerate(rows)
    ]
    then = as_known(versions, AT + timedelta(days=known))
    now = as_known(versions, versions[-1].recorded_at)
    differs = first_difference(then, now)
    window = Period(DAY, DAY + timedelta(days=day + 1))
    if differs is None or differs >= window.end:
        assert countable(then, window) == countable(now, window)
