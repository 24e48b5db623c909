"""When nobody of ours listened."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitoring.rules.pulses import BLIND_AFTER, blind_between, seen_until

T0 = datetime(2026, 6, 1, 14, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("before", "pulses", "gaps"),
    [
        (None, [(0, 60)], []),  # the first of all
        (0, [(-900, 60)], []),  # open all along
        (0, [(-900, 0)], []),  # nobody has opened again yet
        (0, [(42, 60)], [(0, 42)]),
        (0, [(15, 60)], []),  # too short to matter
        (0, [(-900, 3), (42, 60)], [(3, 42)]),  # its last sign was not remembered yet
        (0, [(-900, 3), (42, 60), (44, 60)], [(3, 42)]),  # two processes come back
        (0, [(-900, 50), (42, 60)], []),  # one is replaced while it still listens
        (0, [(30, 40), (90, 99)], [(0, 30), (40, 90)]),  # down twice between two looks
        (100, [(0, 99), (42, 60)], []),  # what is gone already
    ],
)
def test_blind_is_where_no_intake_was_open(
    before: float | None, pulses: list[tuple[float, float]], gaps: list[tuple[float, float]]
) -> None:
    found = blind_between(
        None if before is None else at(before), [(at(one), at(two)) for one, two in pulses]
    )
    assert found == [(at(start), at(end)) for start, end in gaps]


@given(
    some.integers(0, 500),
    some.lists(some.tuples(some.integers(0, 500), some.integers(0, 200)), max_size=8),
)
def test_no_instant_is_both_seen_and_blind(before: int, listened: list[tuple[int, int]]) -> None:
    """Second by second: what lies in a gap lies in no stretch somebody listened."""
    pulses = [(at(start), at(start + long)) for start, long in listened]
    gaps = blind_between(at(before), pulses)
    last = seen_until(at(before), pulses)
    for second in range(before, 701):
        seen = any(start <= second <= start + long for start, long in listened)
        blind = any(start < at(second) < end for start, end in gaps)
        assert not (seen and blind)
    assert all(end - start > BLIND_AFTER for start, end in gaps)
    assert all(start >= at(before) and last is not None and end <= last for start, end in gaps)
