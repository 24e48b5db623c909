"""Stretches of a promise within a month."""

from datetime import date

from billing.rules.segments import Segment, changed_within, merged
from msp.kit.periods import Period


def segment(start: int, end: int, key: str = "a", price: str = "10.00", line: int = 1) -> Segment:
    period = Period(date(2026, 6, start), date(2026, 6, end))
    return Segment(1, "Managed", line, key, "Devices", "per_device", {"p": price}, period, "USD")


def test_an_amendment_that_left_the_line_alone_makes_no_second_stretch():
    (whole,) = merged([segment(1, 11), segment(11, 30, line=2)])
    assert whole.period == Period(date(2026, 6, 1), date(2026, 6, 30))
    assert whole.line_id == 2


def test_a_new_price_is_a_stretch_of_its_own():
    parts = merged([segment(1, 11), segment(11, 30, price="12.00")])
    assert [part.period.days for part in parts] == [10, 19]
    assert changed_within(parts) == {("a", None)}


def test_a_gap_stays_a_gap():
    assert len(merged([segment(1, 11), segment(12, 30)])) == 2


def test_two_promises_are_never_one():
    parts = merged([segment(1, 30), segment(1, 30, key="b")])
    assert [part.key for part in parts] == ["a", "b"]
    assert changed_within(parts) == set()


def test_three_versions_of_the_same_are_one():
    parts = merged([segment(1, 5), segment(5, 9), segment(9, 30)])
    assert [part.period.days for part in parts] == [29]
