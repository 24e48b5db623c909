"""From answers and from what our own rooms show to findings with a weight.

A partly counts half, what nobody knows counts three quarters: it is more likely wrong than right.
What was not asked yet is no finding; what does not apply is no part of the score.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.rules.roadmap.questions import ANSWERS, DOMAINS, QUESTIONS, Question
from msp.kit.facts import Facts, InvalidFact

_SHARE = {"no": 4, "unknown": 3, "partly": 2}  # quarters of a question's weight
MOST_SIGNALS = 40


@dataclass(frozen=True, slots=True)
class Signal:
    """What a room shows: `count` of `of` are so, such as devices out of warranty."""

    key: str
    domain: str
    text: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to put right, how heavily it weighs (1 to 5), and who says so."""

    key: str
    domain: str
    text: str
    weight: int
    source: str


@dataclass(frozen=True, slots=True)
class Score:
    """How well a domain stands, from 0 to 100; None where nothing was asked or seen."""

    domain: str
    name: str
    percent: int | None
    answered: int
    asked: int


def clean_answers(
    answers: Mapping[str, str], questions: Sequence[Question] = QUESTIONS
) -> dict[str, str]:
    """The answers to questions that exist; an answer nobody can give is refused."""
    known = {question.key for question in questions}
    for key, answer in answers.items():
        if key not in known:
            raise InvalidFact(str(key)[:40], "is not a question")
        if answer not in ANSWERS:
            raise InvalidFact(key, f"{answer!r:.40} is not an answer")
    return dict(answers)


def findings(
    answers: Mapping[str, str], signals: Iterable[Signal],
    questions: Sequence[Question] = QUESTIONS,
) -> list[Finding]:  # fmt: skip
    """Everything to put right, the heaviest first."""
    found = [
        Finding(question.key, question.domain, question.missing, weight, "answer")
        for question in questions
        if (weight := _weight(question.weight, answers.get(question.key, "")))
    ]
    found += [
        Finding(one.key, one.domain, one.text, weight_of(one), "register")
        for one in signals
        if one.count
    ]
    order = list(DOMAINS)
    return sorted(found, key=lambda one: (-one.weight, order.index(one.domain), one.key))


def weight_of(signal: Signal) -> int:
    """A share of things weighs by how large it is."""
    if not signal.count:
        return 0
    share = signal.count / max(signal.of, signal.count)
    return 5 if share >= 0.5 else 4 if share >= 0.25 else 3 if share >= 0.1 else 2


def scores(
    answers: Mapping[str, str], signals: Iterable[Signal],
    questions: Sequence[Question] = QUESTIONS,
) -> list[Score]:  # fmt: skip
    """Each domain: what is right of what was asked and seen, by weight."""
    seen = list(signals)
    return [
        _score(domain, answers, seen, [one for one in questions if one.domain == domain])
        for domain in DOMAINS
    ]


def overall(found: Iterable[Score]) -> int | None:
    """The mean of the domains anything is known of."""
    known = [one.percent for one in found if one.percent is not None]
    return round(sum(known) / len(known)) if known else None


def _score(
    domain: str, answers: Mapping[str, str], signals: list[Signal], questions: list[Question]
) -> Score:
    asked = [one for one in questions if answers.get(one.key, "") not in ("", "na")]
    whole = 4 * sum(one.weight for one in asked)
    lost = sum(one.weight * _SHARE.get(answers[one.key], 0) for one in asked)
    for signal in signals:
        if signal.domain == domain and signal.of:
            whole += 4 * 5
            lost += round(4 * 5 * min(1.0, signal.count / signal.of))
    percent = round(100 * (whole - lost) / whole) if whole else None
    answered = sum(bool(answers.get(one.key)) for one in questions)
    return Score(domain, DOMAINS[domain], percent, answered, len(questions))


def _weight(weight: int, answer: str) -> int:
    """The question's weight by how bad the answer is, at least 1."""
    quarters = _SHARE.get(answer, 0)
    return max(1, round(weight * quarters / 4)) if quarters else 0


def read_signals(stored: Iterable[object]) -> list[Signal]:
    """What was seen, as it was stored."""
    found = []
    for value in list(stored)[:MOST_SIGNALS]:
        facts = Facts(value)
        signal = Signal(
            facts.text("key"), facts.text("domain"), facts.text("text"), facts.whole("count"),
            facts.whole("of"),
        )  # fmt: skip
        facts.done()
        if signal.domain not in DOMAINS:
            raise InvalidFact("domain", f"{signal.domain!r:.40} is not a domain")
        found.append(signal)
    return found


def write_signals(signals: Iterable[Signal]) -> list[dict[str, Any]]:
    """What was seen, in values that JSON has."""
    return [
        {"key": one.key, "domain": one.domain, "text": one.text, "count": one.count, "of": one.of}
        for one in signals
    ]
