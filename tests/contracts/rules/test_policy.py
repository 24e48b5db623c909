"""How a level is applied: the matrix and the rules beside its targets."""

import json

import pytest

from contracts.rules.policy import (
    DEFAULT_MATRIX,
    Policy,
    Updates,
    priority_of,
    read_policy,
    write_policy,
)
from contracts.rules.targets import at_priority, changes, read_targets
from msp.kit.facts import InvalidFact

TARGETS = {str(p): {"response": 60 * p, "resolution": 600 * p} for p in (1, 2, 3, 4)}


@pytest.mark.parametrize(
    ("impact", "urgency", "expected"), [(1, 1, 1), (2, 1, 2), (1, 3, 3), (2, 2, 3), (3, 3, 5)]
)
def test_impact_and_urgency_give_the_priority(impact, urgency, expected):
    assert priority_of(DEFAULT_MATRIX, impact, urgency) == expected


@pytest.mark.parametrize(
    ("impact", "urgency", "field"), [(0, 1, "impact"), (1, 4, "urgency"), (-1, 1, "impact")]
)
def test_an_impact_or_urgency_outside_the_matrix_is_named(impact, urgency, field):
    with pytest.raises(InvalidFact) as refusal:
        priority_of(DEFAULT_MATRIX, impact, urgency)
    assert refusal.value.field == field


def test_an_edited_matrix_decides():
    flat = read_policy({"matrix": [[1, 1, 2], [1, 2, 3], [2, 3, 3]]}).matrix
    assert priority_of(flat, 3, 3) == 3
    assert priority_of(flat, 1, 2) == 1


def test_nothing_said_means_the_usual_and_everything_reads_back():
    assert read_policy({}) == Policy()
    one = Policy(
        updates=Updates.INTERVAL, pauses_update=True, warn_at=(50, 110), grace=0, reopen_days=14,
        longest_pause_days=30, goal=95,
    )  # fmt: skip
    assert read_policy(json.loads(json.dumps(write_policy(one)))) == one


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"matrix": [[1, 2, 3]]}, "matrix"),
        ({"matrix": [[1, 2, 3], [2, 3], [3, 4, 5]]}, "matrix[1]"),
        ({"matrix": [[1, 2, 3], [2, 3, 6], [3, 4, 5]]}, "matrix[1]"),
        ({"matrix": [[0, 2, 3], [2, 3, 4], [3, 4, 5]]}, "matrix[0]"),
        ({"updates": "often"}, "updates"),
        ({"warn_at": [70, 70]}, "warn_at"),
        ({"warn_at": [0]}, "warn_at"),
        ({"grace": -1}, "grace"),
        ({"reopen_days": True}, "reopen_days"),
        ({"longest_pause_days": 0}, "longest_pause_days"),
        ({"goal": 101}, "goal"),
        ({"colour": "red"}, "colour"),
        ([], "value"),
    ],
)
def test_what_cannot_be_is_named(values, field):
    with pytest.raises(InvalidFact) as refusal:
        read_policy(values)
    assert refusal.value.field == field


def test_a_priority_that_is_not_named_is_held_to_its_neighbour():
    targets = read_targets(TARGETS)
    assert at_priority(targets, 5) == targets["4"]
    assert at_priority(targets, 0) == targets["1"]
    own = read_targets(TARGETS | {"0": {"response": 5, "resolution": 6, "update": 7}})
    assert at_priority(own, 0)["update"] == 7


def test_changes_name_what_came_and_went():
    before = read_targets(TARGETS)
    after = read_targets(TARGETS | {"1": TARGETS["1"] | {"update": 90}, "5": TARGETS["4"]})
    assert changes(before, after) == [
        ("1", "update", None, 90),
        ("5", "response", None, 240),
        ("5", "resolution", None, 2400),
    ]
    assert changes(after, before)[0] == ("1", "update", 90, None)
