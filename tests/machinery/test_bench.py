"""The bench runner's own arithmetic; no figure is taken here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import in_turns, percentile, row
from tests.bench.__main__ import benches, failed, merged, role_of, table

FIGURE = row(
    "due_time", 21.5, "s", against="bare loop", theirs=1.0, goal="<= 40x", met=True, note="one core"
)


def test_a_row_has_the_agreed_words():
    assert FIGURE == {
        "name": "due_time", "ours": 21.5, "unit": "s", "against": "bare loop", "theirs": 1.0,
        "ratio": 21.5, "goal": "<= 40x", "met": True, "note": "one core",
    }  # fmt: skip


def test_measures_take_turns_and_give_medians():
    order: list[str] = []
    mine, theirs = iter([1.0, 9.0, 2.0]), iter([5.0, 5.0, 8.0])

    def ours() -> float:
        order.append("ours")
        return next(mine)

    def other() -> float:
        order.append("theirs")
        return next(theirs)

    assert in_turns(ours, other) == [2.0, 5.0]
    assert order == ["ours", "theirs"] * 3


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([1.0], 0.99, 1.0),
        ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0),
        ([float(n) for n in range(1, 101)], 0.99, 99.0),
    ],
)
def test_percentiles_are_values_that_occurred(values: list[float], share: float, expected: float):
    assert percentile(values, share) == expected


def test_one_bench_replaces_only_its_own_rows():
    old = [{"name": "a", "ours": 1}, {"name": "b", "ours": 1}]
    assert merged(old, [{"name": "b", "ours": 2}]) == [
        {"name": "a", "ours": 1},
        {"name": "b", "ours": 2},
    ]


def test_a_missed_goal_stands_out():
    shown = table([FIGURE, failed("kill_recovery", 1)]).splitlines()
    assert shown[1].split()[:4] == ["ok", "due_time", "21.5", "s"]
    assert shown[2].split()[:3] == ["MISS", "kill_recovery", "-"]
    assert shown[2].endswith("failed, exit code 1")


def test_every_bench_can_be_chosen_by_the_beginning_of_its_name():
    assert benches("tenant") == ["tenant_create"]
    assert {"first_start", "tenant_create"} <= set(benches())
    assert role_of("tenant_create") == "owner"
    assert role_of("first_start") == "test"


def test_no_timed_test_is_in_the_suite():
    """Figures on a shared machine are for the bench; a test that times anything fails at random."""
    here = Path(__file__).parent.parent
    timed = [p.name for p in here.rglob("test_*.py") if "perf_counter" in p.read_text()]
    assert [name for name in timed if name != Path(__file__).name] == []


@pytest.mark.parametrize(
    ("asked", "run"),
    [
        ("ingest", ["ingest"]),
        ("ingest_single", ["ingest"]),
        ("next_start", ["first_start"]),
        ("kill_recovery", ["kill_recovery"]),
        ("nothing", []),
    ],
)
def test_a_figure_is_asked_for_by_its_own_name_too(asked: str, run: list[str]) -> None:
    assert benches(asked) == run
