"""Maintenance windows by the clock on the wall, over midnight and over the change of the hour."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.rules import windows
from monitoring.rules.schedules import Schedule
from monitoring.rules.windows import BadWindow, Window


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text + "Z")


NOW = instant("2026-06-01T00:00:00")
ONCE = Window(instant("2026-06-02T20:00:00"), instant("2026-06-02T22:00:00"))


def nightly(expression: str = "0 22 * * *", hours: float = 8, **more) -> Window:
    zone = more.pop("zone", "Europe/Berlin")
    return Window(
        instant("2026-01-01T00:00:00"), more.pop("ends_at", None),
        Schedule("cron", expression, zone), int(hours * 3600), **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("at", "held"),
    [
        ("2026-06-02T19:59:59.999999", False),
        ("2026-06-02T20:00:00", True),
        ("2026-06-02T21:59:59.999999", True),
        ("2026-06-02T22:00:00", False),
    ],
)
def test_it_begins_with_its_first_instant_and_ends_before_its_last(at, held):
    assert (windows.holds_until([ONCE], instant(at)) is not None) is held


def test_a_night_belongs_to_the_day_it_begins_on():
    friday = nightly("0 22 * * 5")
    found = windows.occurrences(
        friday, instant("2026-06-06T00:00:00"), instant("2026-06-07T00:00:00")
    )
    assert found == [(instant("2026-06-05T20:00:00"), instant("2026-06-06T04:00:00"))]
    assert windows.holds_until([friday], instant("2026-06-06T03:59:59"))
    assert not windows.holds_until([friday], instant("2026-06-06T20:30:00"))


@pytest.mark.parametrize(
    ("evening", "hours"), [("2026-03-28T21:00:00", 7), ("2026-10-24T20:00:00", 9)]
)
def test_a_night_ends_at_six_on_the_wall_when_the_hour_changes(evening, hours):
    begin = instant(evening)
    ((since, until),) = windows.occurrences(nightly(), begin, begin + timedelta(hours=1))
    assert (since, until - since) == (begin, timedelta(hours=hours))


def test_windows_that_touch_are_one():
    second = Window(ONCE.ends_at, instant("2026-06-02T23:00:00"))
    assert windows.holds_until([second, ONCE], ONCE.starts_at) == second.ends_at


def test_a_cancelled_window_holds_nothing_from_then_on():
    cut = Window(ONCE.starts_at, ONCE.ends_at, cancelled_at=instant("2026-06-02T21:00:00"))
    assert windows.holds_until([cut], instant("2026-06-02T20:30:00")) == cut.cancelled_at
    assert windows.holds_until([cut], instant("2026-06-02T21:00:00")) is None
    gone = Window(ONCE.starts_at, ONCE.ends_at, cancelled_at=instant("2026-06-01T12:00:00"))
    assert windows.next_of(gone, NOW) is None


def test_a_zone_nobody_knows_holds_nothing_back():
    assert windows.occurrences(nightly(zone="Mars/Base"), NOW, NOW + timedelta(days=7)) == []


def test_a_recurring_window_ends_with_its_last_day():
    until = instant("2026-06-03T00:00:00")
    found = windows.occurrences(nightly(ends_at=until), NOW, NOW + timedelta(days=9))
    assert [since.day for since, _until in found] == [31, 1, 2]  # the first is the night before


def test_what_comes_next():
    assert windows.next_of(ONCE, NOW) == (ONCE.starts_at, ONCE.ends_at)
    assert windows.next_of(ONCE, ONCE.ends_at) is None
    yearly = nightly("0 3 1 1 *", hours=1, zone="UTC")
    assert windows.next_of(yearly, NOW) == (
        instant("2027-01-01T03:00:00"), instant("2027-01-01T04:00:00"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("window", "field"),
    [
        (Window(ONCE.starts_at, None), "ends_at"),
        (Window(ONCE.ends_at, ONCE.starts_at), "ends_at"),
        (Window(NOW - timedelta(2), NOW - timedelta(1)), "ends_at"),
        (Window(NOW, NOW + timedelta(days=31)), "ends_at"),
        (nightly("0 25 * * *"), "schedule"),
        (nightly(zone="Mars/Base"), "zone"),
        (nightly(hours=0), "lasts"),
        (nightly(hours=24 * 8), "lasts"),
        (nightly(ends_at=NOW), "ends_at"),
    ],
)
def test_a_window_that_cannot_be_held_is_refused(window, field):
    with pytest.raises(BadWindow) as refused:
        windows.demand_window(window, NOW)
    assert refused.value.field == field


def test_windows_that_make_sense_are_taken():
    windows.demand_window(ONCE, NOW)
    windows.demand_window(nightly(), NOW)


@pytest.mark.parametrize(
    ("days", "line"), [([1, 5], "30 22 * * 1,5"), ([], "30 22 * * *"), (range(7), "30 22 * * *")]
)
def test_days_of_the_week_are_a_cron_line(days, line):
    assert windows.weekly(days, 22, 30) == line


gaps = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(1, 100)).map(
        lambda pair: (NOW + timedelta(minutes=pair[0]), NOW + timedelta(minutes=sum(pair)))
    )
)


@given(gaps, st.integers(0, 1200))
def test_joined_stretches_hold_exactly_the_same_instants(found, minute):
    at = NOW + timedelta(minutes=minute)
    whole = windows.joined(found)
    assert any(a <= at < b for a, b in found) == any(a <= at < b for a, b in whole)
    assert all(one[1] < two[0] for one, two in pairwise(whole))


# -- flexible (H1) ---------------------------------------------------------------------------------

EVENING, SIX = instant("2026-06-02T18:00:00"), instant("2026-06-02T22:00:00")


def flexible(*minutes: int, lasts: int = 60, **more) -> Window:
    """An hour somewhere between 18 and 22 o'clock, begun so many minutes after 18."""
    begun = tuple(EVENING + timedelta(minutes=one) for one in minutes)
    return Window(EVENING, SIX, flexible=lasts * 60, triggers=begun, **more)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (flexible(), []),
        (flexible(30), [(30, 90)]),
        (flexible(90, 30, 200), [(30, 90)]),
        (flexible(230), [(230, 290)]),  # it lasts its own time, beyond the stretch too
        (flexible(240), []),  # the stretch is over with its last instant
        (flexible(-1), []),
        (flexible(30, cancelled_at=EVENING + timedelta(minutes=45)), [(30, 45)]),
        (flexible(30, cancelled_at=EVENING + timedelta(minutes=20)), []),
    ],
)
def test_a_flexible_window_begins_with_the_first_problem_and_lasts_its_time(window, expected):
    found = windows.occurrences(window, EVENING - timedelta(days=1), SIX + timedelta(days=1))
    minutes = [tuple((one - EVENING) // timedelta(minutes=1) for one in gap) for gap in found]
    assert minutes == expected


def test_a_flexible_window_is_on_beyond_its_stretch_for_who_asks_late():
    after = SIX + timedelta(minutes=20)
    assert windows.holds_until([flexible(230)], after) == EVENING + timedelta(minutes=290)
    assert windows.holds_until([flexible()], EVENING + timedelta(minutes=5)) is None


@pytest.mark.parametrize(
    ("window", "minute", "waits"),
    [(flexible(), 0, True), (flexible(), 239, True), (flexible(), 240, False),
     (flexible(), -1, False), (flexible(30), 31, False), (flexible(30), 120, False),
     (Window(EVENING, SIX), 5, False)],
)  # fmt: skip
def test_it_waits_for_its_first_problem_once_in_each_stretch(window, minute, waits):
    at = EVENING + timedelta(minutes=minute)
    assert (windows.span_at(window, at) is not None) is waits


def test_each_night_of_a_flexible_window_begins_by_itself():
    first, second = instant("2026-06-02T23:00:00"), instant("2026-06-04T20:30:00")
    window = nightly(flexible=1800, triggers=(first, second))
    week = instant("2026-06-01T00:00:00"), instant("2026-06-06T00:00:00")
    found = windows.occurrences(window, *week)
    half = timedelta(minutes=30)
    assert found == [(first, first + half), (second, second + half)]
    next_night = windows.next_of(nightly(), instant("2026-06-03T12:00:00"))
    assert windows.next_of(window, first + half) == next_night
    assert windows.next_of(flexible(30), EVENING + timedelta(minutes=100)) is None


@given(
    triggers=st.lists(st.integers(-300, 600), max_size=5), lasts=st.integers(1, 600),
    minute=st.integers(-400, 1300),
)  # fmt: skip
def test_a_flexible_window_holds_for_its_time_at_most(triggers, lasts, minute):
    window = flexible(*triggers, lasts=lasts)
    found = windows.occurrences(window, EVENING - timedelta(days=2), SIX + timedelta(days=2))
    inside = [one for one in triggers if 0 <= one < 240]
    assert len(found) == bool(inside)
    at = EVENING + timedelta(minutes=minute)
    held = bool(inside) and min(inside) <= minute < min(inside) + lasts
    assert (windows.holds_until([window], at) is not None) is held
