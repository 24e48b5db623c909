"""What stands behind what, and who waits for whom."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from monitoring.rules import behind, lapse
from monitoring.rules.behind import Edge, Standing
from tests.vectors import monitoring

RACE = monitoring()["dependency_race"]
WAN = [Edge(3, 1, "wan"), Edge(3, 2, "wan")]


def at(text: str) -> datetime:
    return datetime.combine(date(2026, 6, 1), time.fromisoformat(text), UTC)


@pytest.mark.parametrize(
    ("edges", "down", "cut_off"),
    [
        (WAN, [1], False),  # the other line works
        (WAN, [1, 2], True),
        ([Edge(3, 1), Edge(3, 2)], [1], True),  # both are needed
        ([*WAN, Edge(3, 9)], [9], True),
        ([*WAN, Edge(3, 9)], [1], False),
        ([], [1], False),
        ([Edge(4, 1)], [1], False),  # another device's parent
    ],
)
def test_every_group_is_needed_and_one_of_a_group_is_enough(edges, down, cut_off):
    assert behind.is_cut_off(behind.parents_of(edges, 3), down) is cut_off


def test_a_device_never_stands_behind_itself():
    chain = [Edge(2, 1), Edge(3, 2)]
    assert behind.ancestors(chain, 3) == {1, 2}
    assert behind.goes_in_a_circle(chain, Edge(1, 3))
    assert behind.goes_in_a_circle(chain, Edge(1, 1))
    assert not behind.goes_in_a_circle(chain, Edge(3, 1))
    assert behind.ancestors([Edge(1, 2), Edge(2, 1)], 1) == {1, 2}  # a circle that got in ends


def test_a_chain_has_an_end():
    chain = [Edge(n + 1, n) for n in range(behind.DEEPEST)]
    assert not behind.too_deep(chain[:-1], chain[-1])
    assert behind.too_deep(chain, Edge(behind.DEEPEST + 1, behind.DEEPEST))


def test_a_child_that_misses_first_waits_for_its_parent():
    """Both die at once; the one with less grace is due first, and only one page is sent (G4)."""
    due, last = {}, {}
    for name in ("gw", "pc"):
        row = RACE[name]
        last[name] = at(row["last"])
        due[name] = lapse.due_at(last[name], row["period"], row["grace"])
        assert due[name] == at(RACE[f"{name}_opened"])
    late = lapse.late_at(last["gw"], RACE["gw"]["period"])
    parent = Standing(False, last["gw"], late, due["gw"])
    held = behind.settles_at(due["pc"], [parent])
    assert held == due["pc"] + timedelta(seconds=RACE["settle"])
    assert due["gw"] <= held  # it is known to be down before the wait is over
    down = [1] if due["gw"] <= held else []
    pages = 1 + (not behind.is_cut_off(behind.parents_of([Edge(2, 1)], 2), down))
    assert pages == RACE["pages"]


@pytest.mark.parametrize(
    ("parent", "waits"),
    [
        (Standing(False, at("10:00:00"), at("10:01:00"), at("10:03:00")), True),
        (Standing(False, at("10:02:00"), at("10:03:00"), at("10:05:00")), False),  # is well
        (Standing(False, at("10:02:30"), at("10:02:40"), at("10:02:50")), False),  # heard since
        (Standing(False, at("10:02:00"), at("10:02:40"), at("10:03:20")), True),  # due in a minute
        (Standing(False, at("10:02:00"), at("10:02:40"), at("10:03:21")), False),
        (Standing(True, at("09:00:00"), at("09:01:00"), at("09:03:00")), False),  # decided
        (Standing(), False),  # never seen
    ],
)
def test_it_waits_only_for_a_parent_that_may_be_the_cause(parent, waits):
    assert (behind.settles_at(at("10:02:20"), [parent]) is not None) is waits


@pytest.mark.parametrize(
    ("gone", "watched", "mass"),
    [(2, 2, False), (3, 3, True), (3, 7, True), (3, 8, False), (20, 50, True), (19, 50, False)],
)
def test_many_at_once_are_one_problem(gone, watched, mass):
    assert behind.is_mass(gone, watched) is mass
