"""How much a line costs: one pure rate for each kind of terms."""

from collections.abc import Callable
from typing import Any

from billing.rules.rating import flat, per_device, per_user
from billing.rules.rating.proration import prorate
from billing.rules.rating.reading import RatedLine, Reading
from msp.kit.periods import Period

Rate = Callable[[Any, Reading, Period, str], list[RatedLine]]

RATES: dict[str, Rate] = {
    "per_device": per_device.rate,
    "per_user": per_user.rate,
    "flat": flat.rate,
}

__all__ = ["RATES", "Rate", "RatedLine", "Reading", "prorate"]
