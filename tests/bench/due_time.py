"""How long a million deadlines take on one core, beside adding a plain number of seconds.

The deadlines are a ticket's: four calendars (office hours with holidays, a lunch break, nights
across both clock changes, always open) in three zones, targets from a quarter of an hour to a
week, and a pause behind every third one. The same questions are asked in each round and the two
sides take turns, so what else the machine does falls on both.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from time import process_time
from typing import Any

from contracts.rules.calendar import Holiday, Override, SupportCalendar, Window
from tickets.rules import clock
from tickets.rules.clock import Span

ROUNDS = 3
QUESTIONS, PASSES = 100_000, 10
GOAL_RATIO, GOAL_SECONDS = 40, 60

Question = tuple[SupportCalendar, list[Span], int]

_WEEK = range(7)
_OFFICE_DAYS = range(5)
CALENDARS = (
    SupportCalendar(
        "America/New_York",
        windows=tuple(Window(day, 540, 1020) for day in _OFFICE_DAYS),
        overrides=(Override(date(2026, 11, 27), ((540, 780),)),),
        holidays=(
            Holiday.fixed("New Year", 1, 1),
            Holiday.fixed("Independence Day", 7, 4),
            Holiday.floating("Thanksgiving", 11, 3, 4),
        ),
    ),
    SupportCalendar(
        "Europe/Berlin",
        windows=tuple(
            Window(day, start, end)
            for day in _OFFICE_DAYS
            for start, end in ((480, 720), (780, 1080))
        ),
    ),
    SupportCalendar("Australia/Sydney", windows=tuple(Window(day, 1320, 360) for day in _WEEK)),
    SupportCalendar("UTC", always_open=True),
)


def run() -> list[dict[str, Any]]:
    """The `due_time` figure: processor seconds for a million deadlines, and the ratio to plain."""
    questions = _questions(Random(20260601))  # noqa: S311
    plain = [(spans[-1].started_at, target) for _, spans, target in questions]
    _ask(questions)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(lambda: _ask(questions)))
        theirs.append(_seconds(lambda: _add_plainly(plain)))
    ratio = median(own / other for own, other in zip(ours, theirs, strict=True))
    taken = median(ours)
    return [
        {
            "name": "due_time",
            "ours": round(taken, 3),
            "unit": "s per million deadlines",
            "against": "datetime + timedelta",
            "theirs": round(median(theirs), 3),
            "ratio": round(ratio, 2),
            "goal": f"<= {GOAL_RATIO}x and <= {GOAL_SECONDS} s",
            "met": ratio <= GOAL_RATIO and taken <= GOAL_SECONDS,
            "note": f"median of {ROUNDS} rounds, {QUESTIONS} questions {PASSES} times, one core",
        }
    ]


def _questions(random: Random) -> list[Question]:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    questions: list[Question] = []
    for number in range(QUESTIONS):
        opened = begin + timedelta(seconds=random.randrange(360 * 86_400))
        spans = [Span(opened)]
        if number % 3 == 0:
            paused = opened + timedelta(seconds=random.randrange(60, 600))
            spans = [Span(opened, paused), Span(paused + timedelta(hours=random.randrange(1, 60)))]
        target = random.choice((900, 3600, 14_400, 28_800, 86_400, 144_000))
        questions.append((CALENDARS[number % len(CALENDARS)], spans, target))
    return questions


def _ask(questions: list[Question]) -> None:
    due = clock.due
    for _ in range(PASSES):
        for when_open, spans, target in questions:
            due(when_open, spans, target)


def _add_plainly(plain: list[tuple[datetime, int]]) -> None:
    for _ in range(PASSES):
        for start, target in plain:
            start + timedelta(seconds=target)


def _seconds(work: Callable[[], None]) -> float:
    before = process_time()
    work()
    return process_time() - before
