"""How invoice numbers are written."""

from datetime import date

import pytest

from billing.rules.numbering import DEFAULT_PATTERN, series_prefix, written
from msp.kit.facts import InvalidFact


@pytest.mark.parametrize(
    ("pattern", "prefix"),
    [
        (DEFAULT_PATTERN, "INV-2026-"),
        ("{year}{month}/", "202607/"),
        ("R", "R"),
        ("", ""),
    ],
)
def test_a_series_follows_the_date_of_issue(pattern, prefix):
    assert series_prefix(pattern, date(2026, 7, 1)) == prefix


def test_a_number_keeps_its_width_until_it_outgrows_it():
    assert written("INV-2026-", 42) == "INV-2026-0042"
    assert written("INV-2026-", 123456) == "INV-2026-123456"
    assert written("R", 7, digits=6) == "R000007"


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("INV {year}", "may hold letters"),
        ("{client}-", "may hold letters"),
        ("{year", "may hold letters"),
        ("Ü-", "may hold letters"),
        ("A" * 21, "more than 20 characters"),
    ],
)
def test_a_pattern_that_cannot_be_printed_is_refused(pattern, reason):
    with pytest.raises(InvalidFact, match=reason):
        series_prefix(pattern, date(2026, 7, 1))


def test_numbers_begin_at_one():
    with pytest.raises(InvalidFact, match="number: counts from 1"):
        written("R", 0)
