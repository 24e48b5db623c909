"""How much a line costs: one pure rate for each kind of terms.

It stands with the promises and not with the bills, because whoever writes an agreement must see the
bill it leads to, from the same arithmetic.
"""

from collections.abc import Callable
from typing import Any

from contracts.rules.rating.adjusting import (
    in_stages,
    rate_commitment,
    rate_percentage,
    rate_reduction,
    total_of,
)
from contracts.rules.rating.amounts import (
    rate_block,
    rate_flat,
    rate_hours,
    rate_labour,
    rate_retainer,
)
from contracts.rules.rating.counted import rate_counted
from contracts.rules.rating.proration import prorate
from contracts.rules.rating.reading import RatedLine, Reading
from contracts.rules.rating.usage import rate_usage
from msp.kit.periods import Period

Rate = Callable[[Any, Reading, Period, str], list[RatedLine]]

RATES: dict[str, Rate] = {
    "per_device": rate_counted,
    "per_user": rate_counted,
    "per_licence": rate_counted,
    "usage": rate_usage,
    "flat": rate_flat,
    "time": rate_labour,
    "hours": rate_hours,
    "block": rate_block,
    "retainer": rate_retainer,
    "percentage": rate_percentage,
    "discount": rate_reduction,
    "commitment": rate_commitment,
}

__all__ = ["RATES", "Rate", "RatedLine", "Reading", "in_stages", "prorate", "total_of"]
