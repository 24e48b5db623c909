"""What stands behind what: a router that fails takes its network with it, and calls once.

The alarm is held back, never the watching; a problem's beginning, never its end. Parents stand in
groups. Of a group one that works is enough, and every group is needed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SETTLE = timedelta(seconds=60)
DEEPEST = 256
MASS_SHARE = 0.4
MASS_LEAST = 3
MASS_WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Edge:
    """A device stands behind a parent; parents of one group stand in for each other."""

    child: int
    parent: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a parent is: down, since when it was heard of, when it is due, and when it is late."""

    down: bool = False
    seen_at: datetime | None = None
    late_at: datetime | None = None
    due_at: datetime | None = None


def parents_of(edges: Iterable[Edge], child: int) -> dict[str, list[int]]:
    """The groups a device stands behind; a parent without a group is one by itself."""
    groups: dict[str, list[int]] = {}
    for edge in edges:
        if edge.child == child:
            groups.setdefault(edge.group or f"={edge.parent}", []).append(edge.parent)
    return groups


def is_cut_off(groups: Mapping[str, Sequence[int]], down: Iterable[int]) -> bool:
    """Whether every parent of some group is down (G2)."""
    gone = set(down)
    return any(parents and gone.issuperset(parents) for parents in groups.values())


def ancestors(edges: Sequence[Edge], child: int) -> set[int]:
    """Everything a device stands behind, however far up."""
    above: dict[int, set[int]] = {}
    for edge in edges:
        above.setdefault(edge.child, set()).add(edge.parent)
    found: set[int] = set()
    left = [child]
    while left:
        for parent in above.get(left.pop(), ()):
            if parent not in found:
                found.add(parent)
                left.append(parent)
    return found


def goes_in_a_circle(edges: Sequence[Edge], new: Edge) -> bool:
    """Whether one more edge would put a device behind itself (G3)."""
    return new.child == new.parent or new.child in ancestors(edges, new.parent)


def too_deep(edges: Sequence[Edge], new: Edge) -> bool:
    """Whether a device would stand behind more than can be followed."""
    return len(ancestors([*edges, new], new.child)) > DEEPEST


def settles_at(due_at: datetime, parents: Iterable[Standing]) -> datetime | None:
    """Until when a child's alarm waits for what a parent turns out to be (G4); None: not at all.

    A parent that is late already, or due within a minute, may be the cause. One that was heard of
    after the child's deadline is not.
    """
    end = due_at + SETTLE
    for one in parents:
        if one.down or one.due_at is None or (one.seen_at and one.seen_at > due_at):
            continue
        if one.due_at <= end or (one.late_at and one.late_at <= due_at):
            return end
    return None


def is_mass(gone: int, watched: int) -> bool:
    """Whether so many devices of a site fell silent together that it is the site (D3)."""
    return gone >= MASS_LEAST and gone >= MASS_SHARE * watched
