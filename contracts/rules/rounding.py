"""How long work counts: at least so much, in steps, more after hours (H1)."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from msp.kit.facts import InvalidFact

PER = ("entry", "ticket_day")
_DAY = 1440


@dataclass(frozen=True, slots=True)
class Rounding:
    """What is charged for actual minutes.

    `per` says what is rounded: each entry, or a ticket's work of one day together. The order is
    minimum, step, multiplier, unless `multiply_first`.
    """

    minimum: int = 0
    step: int = 1
    per: str = "entry"
    multiply_first: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.minimum <= _DAY:
            raise InvalidFact("minimum", f"must be 0 to {_DAY} minutes, not {self.minimum}")
        if not 1 <= self.step <= _DAY:
            raise InvalidFact("step", f"must be 1 to {_DAY} minutes, not {self.step}")
        if self.per not in PER:
            raise InvalidFact("per", f"{self.per!r:.80} is not one of {', '.join(PER)}")


EXACT = Rounding()


def charged_minutes(
    seconds: int, rounding: Rounding = EXACT, multiplier: Decimal = Decimal(1)
) -> Decimal:
    """The minutes that are drawn or charged for; nothing done is nothing charged."""
    if seconds <= 0:
        return Decimal(0)
    minutes = Decimal(seconds) / 60
    if rounding.multiply_first:
        minutes *= multiplier
    steps = (max(minutes, Decimal(rounding.minimum)) / rounding.step).to_integral_value(
        rounding=ROUND_CEILING
    )
    found = steps * rounding.step
    return found if rounding.multiply_first else found * multiplier


def premium(*multipliers: Decimal) -> Decimal:
    """Of several premiums the highest counts; they never compound (H4)."""
    return max(multipliers, default=Decimal(1))
