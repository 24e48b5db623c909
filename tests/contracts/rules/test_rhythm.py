"""Billing periods by their anchor: no drift, no gap, no overlap."""

from ast import literal_eval
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.rhythm import Rhythm, due, meeting, period_at, running
from msp.kit.facts import InvalidFact
from msp.kit.periods import Period, month, month_of
from tests.vectors import psa

VECTORS = psa()


def test_boundaries_keep_to_the_anchor():
    rhythm = Rhythm(anchor_on=date(2026, 1, 31))
    found = meeting(rhythm, Period(date(2026, 1, 31), date(2026, 5, 31)))
    starts = [one.start.isoformat() for one in found] + [found[-1].end.isoformat()]
    assert starts == literal_eval(VECTORS["PER-03"])
    leap = meeting(Rhythm(anchor_on=date(2028, 1, 31)), Period(date(2028, 2, 1), date(2028, 3, 2)))
    assert [one.start.isoformat() for one in leap] + [leap[-1].end.isoformat()] == literal_eval(
        VECTORS["PER-03b"]
    )


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        (Rhythm(), ["2026-06-01"]),
        (Rhythm(timing="advance"), ["2026-07-01"]),
        (Rhythm("quarter"), ["2026-04-01"]),
        (Rhythm("quarter", "advance"), ["2026-07-01"]),
        (Rhythm("year"), []),
        (Rhythm("year", "advance", date(2020, 7, 15)), ["2026-07-15"]),
        (Rhythm("month", "arrears", date(2026, 1, 15)), ["2026-05-15"]),
        (Rhythm("month", "advance", date(2026, 1, 31)), ["2026-07-31"]),
    ],
)
def test_a_months_bill_takes_what_is_due_in_it(rhythm, expected):
    anchored = rhythm.anchored_by(date(2026, 1, 10))
    found = [one.start.isoformat() for one in due(anchored, month(2026, 6))]
    assert found == expected


anchors = st.dates(date(2020, 1, 1), date(2030, 12, 31))
rhythms = st.builds(
    Rhythm, st.sampled_from(["month", "quarter", "year"]),
    st.sampled_from(["arrears", "advance"]), anchors,
)  # fmt: skip


@given(rhythm=rhythms, day=st.dates(date(2015, 1, 1), date(2035, 1, 1)))
def test_every_day_has_one_period_and_the_next_begins_where_it_ends(rhythm, day):
    found = period_at(rhythm, day)
    assert found.contains(day)
    assert period_at(rhythm, found.end).start == found.end
    assert period_at(rhythm, found.start - timedelta(days=1)).end == found.start


@given(rhythm=rhythms, first=st.dates(date(2022, 1, 1), date(2028, 1, 1)))
def test_bills_of_all_months_take_each_period_once(rhythm, first):
    one, taken = month_of(first), []
    for _ in range(26):
        taken += due(rhythm, one)
        one = month_of(one.end)
    assert taken == sorted(set(taken))
    for before, after in pairwise(taken):
        assert before.end == after.start


def test_what_was_paid_ahead_is_settled_while_it_runs():
    assert running(Rhythm("quarter", anchor_on=date(2026, 1, 1)), month(2026, 6)) == []
    ahead = Rhythm("quarter", "advance", date(2026, 1, 1))
    assert [one.start for one in running(ahead, month(2026, 6))] == [date(2026, 4, 1)]


def test_a_rhythm_that_is_none_is_refused():
    for wrong in ({"every": "week"}, {"timing": "later"}):
        with pytest.raises(InvalidFact, match="not one of"):
            Rhythm(**wrong)
    with pytest.raises(ValueError, match="anchored"):
        period_at(Rhythm(), date(2026, 1, 1))
