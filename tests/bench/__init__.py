"""Figures, taken so that a busy machine does not spoil them: `make bench`, `make bench NAME=...`.

A bench is a module here with `run() -> list[dict]`, made of `row(...)`. It runs in a process of its
own, on a database of its own (with alpha and beta in it) on embedded servers that keep what they
promise, and measures ours and what it is held against in turns, in the same run.

`ROLE = "owner"` in a bench's module gives it the owner's login; else it is the app's.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 3


def row(
    name: str,
    ours: float,
    unit: str,
    *,
    goal: str,
    met: bool,
    against: str = "-",
    theirs: float | None = None,
    note: str = "",
) -> dict[str, Any]:
    """One figure. `ratio` is ours by theirs, whichever of the two should be the larger."""
    return {
        "name": name,
        "ours": _short(ours),
        "unit": unit,
        "against": against,
        "theirs": None if theirs is None else _short(theirs),
        "ratio": _short(ours / theirs) if theirs else None,
        "goal": goal,
        "met": met,
        "note": note,
    }


def in_turns(*measures: Callable[[], float], rounds: int = ROUNDS) -> list[float]:
    """Each measure once a round, never one after the other's whole set; the medians."""
    taken: list[list[float]] = [[] for _ in measures]
    for _ in range(rounds):
        for values, measure in zip(taken, measures, strict=True):
            values.append(measure())
    return [statistics.median(values) for values in taken]


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1)]


def _short(value: float) -> float:
    return float(f"{value:.4g}")
