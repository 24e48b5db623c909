"""A road map: what an assessment finds, how it weighs, and the phases that put it right."""

from contracts.rules.roadmap.assessing import (
    Finding,
    Score,
    Signal,
    clean_answers,
    findings,
    overall,
    read_signals,
    scores,
    write_signals,
)
from contracts.rules.roadmap.planning import (
    LONGEST_WEEKS,
    Known,
    Phase,
    moved,
    plan,
    read_phases,
    rescheduled,
    write_phases,
)
from contracts.rules.roadmap.questions import (
    ANSWERS,
    DOMAINS,
    MOST_QUESTIONS,
    QUESTIONS,
    Question,
    read_questions,
    write_questions,
)

__all__ = [
    "ANSWERS",
    "DOMAINS",
    "LONGEST_WEEKS",
    "MOST_QUESTIONS",
    "QUESTIONS",
    "Finding",
    "Known",
    "Phase",
    "Question",
    "Score",
    "Signal",
    "clean_answers",
    "findings",
    "moved",
    "overall",
    "plan",
    "read_phases",
    "read_questions",
    "read_signals",
    "rescheduled",
    "scores",
    "write_phases",
    "write_questions",
    "write_signals",
]
