"""Counting units from intervals that are corrected and never changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.register import (
    Interval,
    UnitVersion,
    as_known,
    countable,
    daily_counts,
    peak,
    snapshot,
)
from msp.kit.periods import Period, month

JUNE = month(2026, 6)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def interval(unit: int, start: date, end: date | None = None, **more) -> Interval:
    facts = {
        "interval_id": f"i{unit}-{start}",
        "unit_type": "device",
        "unit_id": unit,
        "unit_class": "workstation",
        "name": f"PC-{unit:03}",
        "client_id": 1,
        "site_id": 1,
    }
    return Interval(**(facts | more), starts_on=start, ends_on=end)


def version(interval_id: str, recorded: int, seq: int = 1, **more) -> UnitVersion:
    facts = {
        "unit_type": "device",
        "unit_id": 1,
        "unit_class": "workstation",
        "name": "PC-001",
        "client_id": 1,
        "site_id": 1,
        "starts_on": date(2026, 6, 1),
        "ends_on": None,
    }
    at = NOON + timedelta(days=recorded)
    return UnitVersion(interval_id, **(facts | more), recorded_at=at, seq=seq)


def june(start: int, end: int | None = None) -> tuple[date, date | None]:
    return date(2026, 6, start), date(2026, 6, end) if end else None


def test_what_was_known_then_is_counted_as_it_was_then():
    versions = [
        version("a", 0),
        version("a", 10, seq=2, ends_on=date(2026, 6, 5)),
        version("b", 5, unit_id=2),
    ]
    before = as_known(versions, NOON + timedelta(days=9))
    assert [(one.unit_id, one.ends_on) for one in before] == [(1, None), (2, None)]
    after = as_known(versions, NOON + timedelta(days=10))
    assert [(one.unit_id, one.ends_on) for one in after] == [(1, date(2026, 6, 5)), (2, None)]
    assert as_known(versions, NOON - timedelta(seconds=1)) == []


def test_of_two_versions_recorded_together_the_later_in_sequence_holds():
    versions = [version("a", 0, seq=2, name="new"), version("a", 0, seq=1, name="old")]
    assert [one.name for one in as_known(versions, NOON)] == ["new"]


def test_an_interval_that_ends_where_it_starts_is_annulled():
    versions = [version("a", 0), version("a", 1, seq=2, ends_on=date(2026, 6, 1))]
    assert as_known(versions, NOON + timedelta(days=1)) == []
    assert len(as_known(versions, NOON)) == 1


def test_a_unit_counts_from_its_first_day_to_its_last():
    [unit] = countable([interval(1, *june(11, 21))], JUNE)
    assert (unit.days, unit.starts_on, unit.ends_on) == (10, *june(11, 21))
    assert unit.name == "PC-001"


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 5, 1), None, 30),
        (date(2026, 5, 1), date(2026, 6, 2), 1),
        (date(2026, 6, 30), None, 1),
    ],
)
def test_only_days_inside_the_period_count(start, end, days):
    assert [unit.days for unit in countable([interval(1, start, end)], JUNE)] == [days]


@pytest.mark.parametrize(
    ("start", "end"), [(date(2026, 7, 1), None), (date(2026, 5, 1), date(2026, 6, 1))]
)
def test_a_unit_outside_the_period_does_not_count(start, end):
    assert countable([interval(1, start, end)], JUNE) == []


def test_overlapping_intervals_of_one_unit_never_count_twice():
    intervals = [
        interval(1, *june(1, 11)),
        interval(1, *june(6, 16), name="PC-001 renamed"),
        interval(1, *june(20, 25), name="PC-001 back"),
    ]
    [unit] = countable(intervals, JUNE)
    assert unit.days == 15 + 5
    assert unit.stretches == (Period(*june(1, 16)), Period(*june(20, 25)))
    assert unit.name == "PC-001 back"
    assert len(snapshot(intervals, date(2026, 6, 8))) == 1
    assert len(peak(intervals, JUNE).units) == 1


def test_a_device_and_a_person_with_one_number_are_two_units():
    both = [interval(1, *june(1)), interval(1, *june(1), unit_type="user")]
    assert len(countable(both, JUNE)) == 2
    assert len(snapshot(both, date(2026, 6, 1))) == 2


def test_a_class_counts_only_its_own_days():
    moved = [
        interval(1, *june(1, 11)),
        interval(1, *june(11), unit_class="server"),
    ]
    assert [unit.days for unit in countable(moved, JUNE, ["workstation"])] == [10]
    assert [unit.days for unit in countable(moved, JUNE, {"server"})] == [20]
    assert [unit.days for unit in countable(moved, JUNE)] == [30]
    assert snapshot(moved, date(2026, 6, 11), ["workstation"]) == []


def test_a_replacement_the_next_day_keeps_the_count():
    swap = [interval(1, date(2026, 5, 1), date(2026, 6, 15)), interval(2, *june(15))]
    assert sum(unit.days for unit in countable(swap, JUNE)) == 30
    assert len(peak(swap, JUNE).units) == 1


def test_the_peak_is_the_first_day_with_most_units():
    found = peak(
        [interval(1, *june(1, 20)), interval(2, *june(5, 25)), interval(3, *june(22))], JUNE
    )
    assert found.day == date(2026, 6, 5)
    assert [one.unit_id for one in found.units] == [1, 2]
    assert peak([], JUNE) == (date(2026, 6, 1), [])


intervals = st.builds(
    lambda unit, start, days, unit_class: interval(
        unit,
        date(2026, 5, 20) + timedelta(days=start),
        date(2026, 5, 20) + timedelta(days=start + days) if days else None,
        unit_class=unit_class,
    ),
    st.integers(1, 5),
    st.integers(0, 50),
    st.integers(0, 30),
    st.sampled_from(["workstation", "server"]),
)


@given(known=st.lists(intervals, max_size=12), classes=st.sampled_from([None, ["server"]]))
def test_counting_agrees_with_looking_at_each_day(known, classes):
    there = [
        {
            one.unit_id
            for one in known
            if one.starts_on <= day
            and (one.ends_on is None or day < one.ends_on)
            and (not classes or one.unit_class in classes)
        }
        for day in (JUNE.start + timedelta(days=n) for n in range(JUNE.days))
    ]
    units = countable(known, JUNE, classes)
    assert {unit.unit_id: unit.days for unit in units} == {
        unit: sum(unit in day for day in there) for unit in set().union(*there)
    }
    assert daily_counts(units, JUNE) == [len(day) for day in there]
    assert len(peak(known, JUNE, classes).units) == max(map(len, there))
    assert len(snapshot(known, JUNE.start, classes)) == len(there[0])


@given(
    known=st.lists(intervals, min_size=1, max_size=6),
    ends=st.lists(st.integers(0, 40), max_size=6),
)
def test_a_later_correction_never_changes_what_was_known_before(known, ends):
    first = [
        UnitVersion(
            f"i{at}", "device", one.unit_id, one.unit_class, one.name, 1, 1,
            one.starts_on, one.ends_on, NOON, at,
        )
        for at, one in enumerate(known)
    ]  # fmt: skip
    corrections = [
        replace(
            first[at % len(first)],
            ends_on=first[at % len(first)].starts_on + timedelta(days=days),
            recorded_at=NOON + timedelta(hours=at + 1),
            seq=100 + at,
        )
        for at, days in enumerate(ends)
    ]
    before = countable(as_known(first, NOON), JUNE)
    assert countable(as_known(first + corrections, NOON), JUNE) == before
