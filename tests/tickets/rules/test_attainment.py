"""Which promises were kept, counted."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.vectors import psa
from tickets.rules.attainment import (
    Score,
    Verdict,
    attainment,
    in_words,
    score,
    shown_percent,
    verdict_of,
)

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)


def test_attainment_compares_unrounded_and_shows_two_places():
    share = attainment(46, 3)
    assert share is not None
    assert share < Fraction(95, 100)
    assert str(shown_percent(share)) == psa()["SLA-14a"]
    assert attainment(0, 0) is None
    assert shown_percent(Fraction(1)) == Decimal("100.00")


@pytest.mark.parametrize(
    ("met", "missed", "stopped", "verdict"),
    [
        (AT, None, None, True),
        (AT, AT, None, False),
        (None, AT, None, False),  # a miss counts at once
        (None, None, None, None),
        (None, None, AT, None),
        (None, AT, AT, None),  # merged or moved: judged neither way
    ],
)
def test_what_is_judged(met, missed, stopped, verdict):
    assert verdict_of(met_at=met, missed_at=missed, stopped_at=stopped) is verdict


def test_a_score_counts_verdicts():
    verdicts = [Verdict(1, "response", date(2026, 6, 1), kept) for kept in (True, True, False)]
    assert score(verdicts) == Score(2, 1)
    assert score([]).percent is None
    assert score([]).reaches(100)
    assert not Score(46, 3).reaches(94)
    assert not Score(9399, 601).reaches(94)  # shown 93.99, and never rounded up to be kept
    assert Score(94, 6).reaches(94)
    assert (Score(40, 2) + Score(6, 1)).percent == Decimal("93.88")


@pytest.mark.parametrize(
    ("target", "counted", "words"),
    [
        ("response", Score(46, 3), "We answered 46 of 49 requests in time."),
        ("response", Score(12, 0), "We answered all 12 requests in time."),
        ("resolution", Score(1, 0), "We fixed the one request in time."),
        ("update", Score(0, 1), "We kept you posted on the one question later than promised."),
    ],
)
def test_a_client_reads_words(target, counted, words):
    assert in_words(target, counted) == words
