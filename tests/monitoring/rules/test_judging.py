"""Who is told of what when a window ends: every way in and every way out."""

from datetime import UTC, datetime
from itertools import pairwise, product

import pytest

from monitoring.rules.judging import Problem, Quiet, Reason, Verdict, gravest, judge, worse
from tests.vectors import monitoring

VECTORS = monitoring()
UNTIL = datetime(2026, 6, 1, 10, tzinfo=UTC)
SEVERITY = {"ok": "", "bad": "major", "warning": "warning", "critical": "critical"}


def told_by(before: str, path: list[str], reason: Reason = Reason.MAINTENANCE) -> list[str]:
    """What is said from the state before a quiet stretch through it to its end."""
    severity, told = SEVERITY[before], SEVERITY[before]
    said = []
    for state, quiet in [*((one, Quiet(reason, UNTIL)) for one in path), (path[-1], None)]:
        severity = gravest(severity, SEVERITY[state])
        is_open = bool(severity)
        if not is_open:
            continue
        problem = Problem(state != "ok", severity, told)
        verdict = judge(problem, quiet)
        if verdict in (Verdict.TELL, Verdict.WORSE):
            said.append("problem")
            told = severity
        elif verdict == Verdict.OVER:
            if told:
                said.append("recovery")
            severity, told = "", ""
    return said


@pytest.mark.parametrize("row", VECTORS["maintenance_end"], ids=str)
def test_the_truth_table_of_a_windows_end(row):
    path = [*row.get("path", []), row["during_ends"]]
    expected = [row["notify"]] if row["notify"] else []
    assert told_by(row["before"], path) == expected


@pytest.mark.parametrize(
    ("before", "path"),
    [
        (before, list(path))
        for before in ("ok", "bad")
        for length in (1, 2, 3)
        for path in product(("ok", "bad"), repeat=length)
    ],
)
def test_only_the_state_before_and_the_state_after_matter(before, path):
    """Whatever happened in between, nobody hears of it (H3)."""
    expected = {("ok", "bad"): ["problem"], ("bad", "ok"): ["recovery"]}.get((before, path[-1]), [])
    assert told_by(before, path) == expected
    assert told_by(before, path, Reason.FLAPPING) == expected


def test_behind_a_parent_only_the_beginning_is_held_back():
    assert judge(Problem(True, "major"), Quiet(Reason.BEHIND)) == Verdict.WAIT
    assert judge(Problem(False, "major", "major"), Quiet(Reason.BEHIND)) == Verdict.OVER
    assert judge(Problem(False, "major"), Quiet(Reason.SETTLING, UNTIL)) == Verdict.OVER


def test_it_is_told_once_and_once_more_when_it_gets_worse():
    assert judge(Problem(True, "warning"), None) == Verdict.TELL
    assert judge(Problem(True, "warning", "warning"), None) == Verdict.STAY
    assert judge(Problem(True, "critical", "warning"), None) == Verdict.WORSE
    assert judge(Problem(True, "warning", "critical"), None) == Verdict.STAY


def test_severities_have_an_order():
    order = ["", "warning", "major", "critical"]
    assert all(worse(second, first) for first, second in pairwise(order))
    assert not worse("major", "major")
    assert gravest("warning", "critical", "major") == "critical"
