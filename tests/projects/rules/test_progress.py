"""The line of days: nothing on it that nobody said, and never backwards."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.projects.rules import states
from tickets.projects.rules.progress import Step, progress, state_of, stretches

BEGIN, TODAY = date(2026, 6, 1), date(2026, 6, 15)


def step(phase: str, due: date | None = None, *, amount: int = 0, **kind: bool) -> Step:
    return Step(phase, "x", Decimal(amount), due, **kind)


def test_a_phase_ends_with_its_last_milestone_and_the_next_begins_there() -> None:
    found = stretches(
        [step("Plan", date(2026, 6, 5)), step("Plan", date(2026, 6, 9)),
         step("Move", date(2026, 6, 20))],
        BEGIN, date(2026, 6, 20), TODAY,
    )  # fmt: skip
    assert [(one.name, one.starts_on, one.ends_on, one.state) for one in found] == [
        ("Plan", BEGIN, date(2026, 6, 10), "late"),
        ("Move", date(2026, 6, 10), date(2026, 6, 21), "planned"),
    ]


def test_percent_complete_goes_by_amount_where_there_is_one() -> None:
    steps = [step("a", amount=75, done=True, accepted=True), step("a", amount=25, done=False)]
    assert progress(steps).percent == 75
    assert progress([step("a", done=True), step("a"), step("b")]).percent == 33
    assert progress([]).percent == 0


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (step("a", TODAY), "planned"),
        (step("a", TODAY - timedelta(days=1)), "late"),
        (step("a", TODAY - timedelta(days=1), done=True), "done"),
        (step("a", done=True, accepted=True), "accepted"),
    ],
)
def test_where_a_milestone_stands(one: Step, said: str) -> None:
    assert state_of(one, TODAY) == said


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.none() | st.integers(-30, 400)),
        min_size=1, max_size=12,
    ),
    st.integers(0, 400),
)  # fmt: skip
def test_phases_tile_the_line_whatever_was_said(rows: list, length: int) -> None:
    steps = [step(name, None if day is None else BEGIN + timedelta(days=day)) for name, day in rows]
    found = stretches(steps, BEGIN, BEGIN + timedelta(days=length), TODAY)
    assert found[0].starts_on == BEGIN
    assert all(one.starts_on < one.ends_on for one in found)
    assert all(one.ends_on == two.starts_on for one, two in pairwise(found))
    assert sum(one.steps for one in found) == len(steps)


def test_what_is_over_is_not_changed() -> None:
    assert states.against("planned", "running") == ""
    assert states.against("done", "cancelled") == "The project is done."
    assert states.against_change("running") == ""
    assert "cancelled" in states.against_change("cancelled")
