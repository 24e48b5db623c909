"""Lines that follow from the other lines of their agreement on the same bill.

They are reckoned in one order: what is counted and priced, then percentages of it, then what is
taken off, then what is missing to the commitment.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Self

from contracts.rules.pricing.schemes import check_price
from msp.kit.facts import Facts, InvalidFact

_MOST_PERCENT = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Percentage:
    """So much of a hundred of the agreement's other lines, at least and at most an amount."""

    kind: ClassVar[str] = "percentage"
    percent: Decimal
    least: Decimal = Decimal(0)
    most: Decimal | None = None

    def __post_init__(self) -> None:
        _check_percent(self.percent, _MOST_PERCENT)
        check_price("least", self.least)
        if self.most is not None:
            check_price("most", self.most)
            if self.most < self.least:
                raise InvalidFact("most", f"must be at least {self.least}, not {self.most}")

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(
            facts.decimal("percent"),
            facts.decimal("least", Decimal(0)),
            facts.decimal("most") if facts.has("most") else None,
        )


@dataclass(frozen=True, slots=True)
class Reduction:
    """A discount: a percentage off, then an amount off; never below zero (T8)."""

    kind: ClassVar[str] = "discount"
    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        _check_percent(self.percent, Decimal(100))
        check_price("amount", self.amount)
        if not self.percent and not self.amount:
            raise InvalidFact("percent", "or an amount must be above 0")

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(facts.decimal("percent", Decimal(0)), facts.decimal("amount", Decimal(0)))


@dataclass(frozen=True, slots=True)
class Commitment:
    """The least a month of the agreement comes to; what is missing is charged (T6)."""

    kind: ClassVar[str] = "commitment"
    amount: Decimal

    def __post_init__(self) -> None:
        check_price("amount", self.amount)

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(facts.decimal("amount"))


def _check_percent(percent: Decimal, most: Decimal) -> None:
    check_price("percent", percent)
    if percent > most:
        raise InvalidFact("percent", f"must be 0 to {most}, not {percent}")
