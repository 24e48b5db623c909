"""Lines that are one amount: a fee, or a fee with hours in it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from contracts.rules.pricing.bundles import Part
from contracts.rules.pricing.schemes import check_price
from contracts.rules.rhythm import Rhythm, read_rhythm
from contracts.rules.terms.stored import read_parts
from contracts.rules.terms.worked import MOST_KINDS, check_hours, check_rolls
from msp.kit.facts import Facts

_SPARSE = {"sparse": True}


@dataclass(frozen=True, slots=True)
class Flat:
    """One amount for the period; `prorate` charges a first or last part by its days."""

    kind: ClassVar[str] = "flat"
    amount: Decimal
    prorate: bool = field(default=True)
    every: str = field(default="month", metadata=_SPARSE)
    timing: str = field(default="arrears", metadata=_SPARSE)
    anchor_on: date | None = field(default=None, metadata=_SPARSE)
    parts: tuple[Part, ...] = field(default=(), metadata=_SPARSE)

    def __post_init__(self) -> None:
        check_price("amount", self.amount)
        Rhythm(self.every, self.timing, self.anchor_on)

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        rhythm = read_rhythm(facts)
        return cls(
            amount=facts.decimal("amount"),
            prorate=facts.flag("prorate", True),
            every=rhythm.every,
            timing=rhythm.timing,
            anchor_on=rhythm.anchor_on,
            parts=read_parts(facts),
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """A fee with hours of work in it each period; further ones cost `overage_rate` an hour.

    A first or last part of a period has the whole allowance and costs its days, unless the terms
    say that the fee is whole too. What is left may be used for `rolls` periods more, at most
    `roll_cap` hours of it, before the period's own hours unless `base_first`. An hour beyond costs
    as often as it counts, unless it is `plain_overage` (H9).
    """

    kind: ClassVar[str] = "hours"
    amount: Decimal
    hours: Decimal
    overage_rate: Decimal
    prorate: bool = True
    rolls: int = field(default=0, metadata=_SPARSE)
    roll_cap: Decimal | None = field(default=None, metadata=_SPARSE)
    base_first: bool = field(default=False, metadata=_SPARSE)
    plain_overage: bool = field(default=False, metadata=_SPARSE)
    every: str = field(default="month", metadata=_SPARSE)
    timing: str = field(default="arrears", metadata=_SPARSE)
    anchor_on: date | None = field(default=None, metadata=_SPARSE)
    work_types: tuple[str, ...] = field(default=(), metadata=_SPARSE)

    def __post_init__(self) -> None:
        check_price("amount", self.amount)
        check_price("overage_rate", self.overage_rate)
        check_hours("hours", self.hours)
        check_rolls(self.rolls)
        if self.roll_cap is not None:
            check_hours("roll_cap", self.roll_cap)
        Rhythm(self.every, self.timing, self.anchor_on)

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        rhythm = read_rhythm(facts)
        return cls(
            amount=facts.decimal("amount"),
            hours=facts.decimal("hours"),
            overage_rate=facts.decimal("overage_rate"),
            prorate=facts.flag("prorate", True),
            rolls=facts.whole("rolls", 0),
            roll_cap=facts.decimal("roll_cap") if facts.has("roll_cap") else None,
            base_first=facts.flag("base_first", False),
            plain_overage=facts.flag("plain_overage", False),
            every=rhythm.every,
            timing=rhythm.timing,
            anchor_on=rhythm.anchor_on,
            work_types=facts.texts("work_types", most=MOST_KINDS),
        )
