"""A price for each person who is supported."""

from billing.rules.rating.counting import rate_counted
from billing.rules.rating.reading import RatedLine, Reading
from contracts.rules.terms import PerUser
from msp.kit.periods import Period


def rate(terms: PerUser, reading: Reading, period: Period, currency: str) -> list[RatedLine]:
    """What the people of a period cost."""
    return rate_counted(terms, reading, period, currency)
