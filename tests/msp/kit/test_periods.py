"""Months, anchors and the instants a day begins at."""

from ast import literal_eval
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msp.kit.periods import (
    Period,
    anchored,
    bounds,
    day_start,
    first_instant,
    last_instant,
    local_date,
    month,
    month_of,
    previous_month,
)
from tests.vectors import psa

VECTORS = psa()
ZONES = [
    "UTC",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Santiago",
    "Europe/Berlin",
    "Africa/Cairo",
    "America/Havana",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
]
days = st.dates(date(2000, 1, 1), date(2037, 12, 30))


def test_a_period_counts_its_start_and_not_its_end():
    june = Period(date(2026, 6, 1), date(2026, 7, 1))
    assert june.days == 30
    assert june.contains(date(2026, 6, 1))
    assert june.contains(date(2026, 6, 30))
    assert not june.contains(date(2026, 7, 1))
    assert june.last == date(2026, 6, 30)


def test_a_period_without_a_day_is_refused():
    with pytest.raises(ValueError, match="end: a period has at least one day"):
        Period(date(2026, 6, 1), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("start", "end", "shared"),
    [
        ((6, 10), (6, 20), Period(date(2026, 6, 10), date(2026, 6, 20))),
        ((5, 1), (6, 2), Period(date(2026, 6, 1), date(2026, 6, 2))),
        ((6, 30), (8, 1), Period(date(2026, 6, 30), date(2026, 7, 1))),
        ((7, 1), (8, 1), None),
        ((5, 1), (6, 1), None),
    ],
)
def test_clip_gives_the_shared_days(start, end, shared):
    other = Period(date(2026, *start), date(2026, *end))
    assert month(2026, 6).clip(other) == shared
    assert other.clip(month(2026, 6)) == shared


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (month(2026, 6), "June 2026"),
        (Period(date(2026, 6, 11), date(2026, 6, 21)), "11\u201320 June 2026"),
        (Period(date(2026, 6, 11), date(2026, 6, 12)), "11 June 2026"),
        (Period(date(2026, 5, 20), date(2026, 6, 21)), "20 May \u2013 20 June 2026"),
        (Period(date(2025, 12, 20), date(2026, 1, 3)), "20 December 2025 \u2013 2 January 2026"),
    ],
)
def test_a_period_reads_with_both_ends_included(period, text):
    assert str(period) == text


def test_months_meet_without_gap():
    assert month(2026, 12).end == month(2027, 1).start
    assert month_of(date(2028, 2, 29)) == month(2028, 2)
    assert previous_month(month(2026, 1)) == month(2025, 12)
    assert previous_month(Period(date(2026, 3, 31), date(2026, 4, 1))) == month(2026, 2)


@pytest.mark.parametrize(
    ("vector", "anchor"), [("PER-03", date(2026, 1, 31)), ("PER-03b", date(2028, 1, 31))]
)
def test_boundaries_are_measured_from_the_anchor(vector, anchor):
    expected = literal_eval(VECTORS[vector])
    assert [anchored(anchor, n).isoformat() for n in range(len(expected))] == expected


@given(anchor=days, months=st.integers(-60, 60))
def test_an_anchor_keeps_its_day_wherever_the_month_has_it(anchor, months):
    there = anchored(anchor, months)
    assert (there.year * 12 + there.month) - (anchor.year * 12 + anchor.month) == months
    assert there.day == anchor.day or (there + timedelta(days=1)).day == 1


def test_a_local_date_is_taken_before_any_arithmetic():
    instant = datetime(2023, 1, 20, 7, 30, 42, tzinfo=UTC)
    assert local_date(instant, "Etc/GMT+8").isoformat() == VECTORS["PER-04"]
    with pytest.raises(ValueError, match="names no time zone"):
        local_date(instant.replace(tzinfo=None), "UTC")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "America", "a\0b"])
def test_an_unknown_zone_is_named(zone):
    with pytest.raises(ValueError, match=r"zone: .* is not a known time zone"):
        local_date(datetime(2026, 1, 1, tzinfo=UTC), zone)


@pytest.mark.parametrize(
    ("day", "zone", "utc"),
    [
        (date(2026, 6, 1), "America/New_York", datetime(2026, 6, 1, 4, tzinfo=UTC)),
        # Midnight itself is skipped: the day begins at one o'clock.
        (date(2018, 11, 4), "America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
        # Midnight is shown twice: the day begins at the first.
        (date(2023, 11, 5), "America/Havana", datetime(2023, 11, 5, 4, tzinfo=UTC)),
        # A date that Samoa never had begins when the next one does.
        (date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
        (date(2011, 12, 31), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_its_first_instant(day, zone, utc):
    assert day_start(day, zone) == utc


@given(day=days, zone=st.sampled_from(ZONES))
def test_the_instant_before_a_day_begins_is_another_day(day, zone):
    start = day_start(day, zone)
    if local_date(start, zone) == day:
        assert local_date(start - timedelta(seconds=1), zone) < day
    else:
        assert (day, zone) == (date(2011, 12, 30), "Pacific/Apia")


def test_bounds_hold_the_hour_that_a_month_loses():
    start, end = bounds(month(2026, 3), "America/New_York")
    assert end - start == timedelta(days=31) - timedelta(hours=1)


def test_a_skipped_time_becomes_the_instant_of_the_jump():
    zone = ZoneInfo("America/New_York")
    jump = datetime(2026, 3, 8, 7, tzinfo=UTC)
    for wall in (datetime(2026, 3, 8, 2), datetime(2026, 3, 8, 2, 30)):  # noqa: DTZ001
        assert first_instant(wall, zone) == jump
        assert last_instant(wall, zone) == jump


def test_a_repeated_time_has_a_first_and_a_last_showing():
    zone = ZoneInfo("America/New_York")
    wall = datetime(2026, 11, 1, 1, 30)  # noqa: DTZ001
    assert first_instant(wall, zone) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert last_instant(wall, zone) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
