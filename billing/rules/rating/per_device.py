"""A price for each device of the classes the terms name."""

from billing.rules.rating.counting import rate_counted
from billing.rules.rating.reading import RatedLine, Reading
from contracts.rules.terms import PerDevice
from msp.kit.periods import Period


def rate(terms: PerDevice, reading: Reading, period: Period, currency: str) -> list[RatedLine]:
    """What the devices of a period cost."""
    return rate_counted(terms, reading, period, currency, terms.device_classes)
