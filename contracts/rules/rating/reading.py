"""What a rate is given and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from contracts.rules.metering import Metered
from contracts.rules.rating.counting import Override
from contracts.rules.register import Interval, UnitDays
from msp.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Reading:
    """What the meter read: the days the line was in force and what the register knew of its units.

    `service` may reach beyond the period that is billed; only the shared days are charged.
    `base` is what the agreement's other lines came to, for terms that follow from them.
    `client_id` is who is billed, so that what another client pays for is left out; `overrides`
    are numbers said by hand for some days. `meters` are the meters among the intervals with their
    readings, and `zone` is where their days begin.
    """

    service: Period
    intervals: tuple[Interval, ...] = ()
    base: Decimal = Decimal(0)
    client_id: int | None = None
    overrides: tuple[Override, ...] = ()
    meters: Mapping[int, Metered] = field(default_factory=dict, hash=False)
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class RatedLine:
    """One charge. `quantity` and `unit_price` inform; `amount` was rounded once, from exact parts.

    `trace` holds every number the amount was made of, so that it can be computed again without
    us. `units` are the devices or people behind it.
    """

    description_key: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    trace: dict[str, Any] = field(hash=False)
    units: tuple[UnitDays, ...] = ()
