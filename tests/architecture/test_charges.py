"""A charge kind is whole or it is not there."""

from billing.queries.meters import METERS
from contracts.rules.rating import RATES
from contracts.rules.terms import TERMS


def test_every_promise_has_a_meter_and_a_rate() -> None:
    assert set(TERMS) == set(METERS) == set(RATES)
