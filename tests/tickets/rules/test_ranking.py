"""What stands first, and why."""

from datetime import UTC, datetime, timedelta

import pytest

from tickets.rules.plain import Asked, words
from tickets.rules.ranking import Group, Task, Why, group_of, rank, why

NOW = datetime(2026, 6, 1, 14, tzinfo=UTC)


def minutes(count: int) -> datetime:
    return NOW + timedelta(minutes=count)


def task(number: int, due: int | None = None, wrote: int | None = None, priority: int = 3) -> Task:
    return Task(
        number, priority, NOW - timedelta(minutes=number),
        None if due is None else minutes(due), None if wrote is None else minutes(-wrote),
    )  # fmt: skip


def test_time_left_then_who_waits_then_the_rest() -> None:
    missed, urgent = task(1, due=-5), task(2, due=45)
    long_wait, short_wait = task(3, due=600, wrote=90), task(4, wrote=10)
    soon, later, grave, small = task(5, due=300), task(6, due=900), task(7, priority=1), task(8)
    every = [small, later, short_wait, urgent, grave, soon, long_wait, missed]
    ranked = sorted(every, key=lambda one: rank(one, NOW))
    assert ranked == [missed, urgent, long_wait, short_wait, soon, later, grave, small]


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (task(1, due=-1, wrote=5), Why.MISSED),
        (task(1, due=60, wrote=5), Why.URGENT),
        (task(1, due=61, wrote=5), Why.WROTE),
        (task(1), Why.OPEN),
    ],
)
def test_the_gravest_reason_counts(one: Task, reason: Why) -> None:
    assert why(one, NOW) is reason


@pytest.mark.parametrize(
    ("due", "group"),
    [
        (-100, Group.BREACHING),
        (30, Group.BREACHING),
        (31, Group.TODAY),
        (599, Group.TODAY),
        (600, Group.LATER),
        (None, Group.NONE),
    ],
)
def test_groups_of_a_queue(due: int | None, group: Group) -> None:
    due_at = None if due is None else minutes(due)
    assert group_of(due_at, NOW, minutes(600)) is group


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (Asked("new"), "Received"),
        (Asked("open", "Maya Okafor"), "Received, Maya has it"),
        (Asked("in_progress", "Maya Okafor"), "Maya is working on it"),
        (Asked("in_progress"), "We are working on it"),
        (Asked("waiting_client", "Maya", "Which port?"), "Waiting for you"),
        (Asked("waiting_vendor", reason="a new disk"), "Waiting for a supplier: a new disk"),
        (Asked("waiting_vendor"), "Waiting for a supplier"),
        (Asked("scheduled", reason="Visit on Friday"), "Planned: Visit on Friday"),
        (Asked("resolved", "Maya"), "Fixed, tell us if not"),
        (Asked("closed"), "Closed"),
    ],
)
def test_a_client_reads_their_own_words(asked: Asked, sentence: str) -> None:
    assert words(asked) == sentence
