"""What becomes of an agreement at its last day."""

from datetime import date

import pytest

from contracts.rules.renewing import Term, earliest_end, next_end, said

START, END = date(2026, 1, 1), date(2027, 1, 1)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "months", "expected"),
    [
        (START, END, 12, date(2028, 1, 1)),
        (date(2026, 1, 31), date(2026, 2, 28), 1, date(2026, 3, 31)),
        (date(2026, 1, 15), date(2026, 12, 20), 3, date(2027, 3, 20)),
    ],
)
def test_an_end_moves_by_whole_months_without_drift(starts_on, ends_on, months, expected):
    assert next_end(starts_on, ends_on, months) == expected


@pytest.mark.parametrize(
    ("today", "renews", "earliest"),
    [
        (date(2026, 11, 1), False, END),
        (date(2026, 12, 2), False, END),  # the last day for notice
        (date(2026, 12, 3), True, date(2028, 1, 1)),
    ],
)
def test_notice_in_time_ends_it_and_late_notice_ends_the_next_term(today, renews, earliest):
    term = Term(START, END, 12, 30)
    assert term.decide_by == date(2026, 12, 2)
    assert term.renews_now(today) is renews
    assert earliest_end(term, today) == earliest


def test_what_runs_on_ends_after_its_notice():
    term = Term(START, None, None, 30)
    assert (term.decide_by, term.renewed_until) == (None, None)
    assert earliest_end(term, date(2026, 6, 1)) == date(2026, 7, 2)
    assert not term.renews_now(date(2030, 1, 1))


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (Term(START, None, None, 30), "It runs on until it is ended with 30 days' notice."),
        (Term(START, END, None, 30), "It ends with 31 December 2026."),
        (
            Term(START, END, 12, 60),
            "It runs to 31 December 2026 and then goes on for 12 months at a time, unless 60"
            " days' notice.",
        ),
        (
            Term(START, END, 12, 60, date(2026, 10, 1)),
            "Notice was given; 31 December 2026 is its last day.",
        ),
    ],
)
def test_a_term_is_told_in_words(term, words):
    assert said(term) == words
