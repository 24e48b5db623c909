"""Lines about work: the price of an hour, hours bought as a block, money paid ahead."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from contracts.rules.pricing.schemes import check_price
from contracts.rules.rhythm import Rhythm, read_rhythm
from contracts.rules.rounding import Rounding
from msp.kit.facts import Facts, InvalidFact

MOST_HOURS = Decimal(10_000)
MOST_KINDS = 20
OPENINGS = ("bought", "issued")
USED_UP = ("overage", "ask", "stop")
_MOST_ROLLS = 12
_SPARSE = {"sparse": True}


@dataclass(frozen=True, slots=True)
class Labour:
    """What an hour of work costs, how it is rounded, and how much more nights and holidays cost.

    It prices the kinds of work it names, or without names every kind.
    """

    kind: ClassVar[str] = "time"
    rate: Decimal
    minimum: int = field(default=0, metadata=_SPARSE)
    step: int = field(default=1, metadata=_SPARSE)
    per: str = field(default="entry", metadata=_SPARSE)
    multiply_first: bool = field(default=False, metadata=_SPARSE)
    after: Decimal = field(default=Decimal(1), metadata=_SPARSE)
    holiday: Decimal = field(default=Decimal(1), metadata=_SPARSE)
    work_types: tuple[str, ...] = field(default=(), metadata=_SPARSE)

    def __post_init__(self) -> None:
        check_price("rate", self.rate)
        _ = self.rounding
        for name in ("after", "holiday"):
            factor = getattr(self, name)
            if not factor.is_finite() or not 0 < factor <= 10:
                raise InvalidFact(name, "must be above 0 and at most 10")

    @property
    def rounding(self) -> Rounding:
        """How actual time becomes time that is charged."""
        return Rounding(self.minimum, self.step, self.per, self.multiply_first)

    def premium_of(self, hour_class: str) -> Decimal:
        """How many times the rate an hour of that class costs."""
        return {"after": self.after, "holiday": self.holiday}.get(hour_class, Decimal(1))

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(
            rate=facts.decimal("rate"),
            minimum=facts.whole("minimum", 0),
            step=facts.whole("step", 1),
            per=facts.text("per", "entry"),
            multiply_first=facts.flag("multiply_first", False),
            after=facts.decimal("after", Decimal(1)),
            holiday=facts.decimal("holiday", Decimal(1)),
            work_types=facts.texts("work_types", most=MOST_KINDS),
        )


@dataclass(frozen=True, slots=True)
class Block:
    """Hours bought at once, to be used until a last day; what is left then is gone (H7).

    It `opens` the day it is bought, or the day the bill with it is issued. `used_up` says what
    becomes of work beyond it (H11): it is charged as overage, nobody charges it before the client
    was asked, or it is not charged at all, because we should have stopped. What is left on
    `refunded_on` is given back, and nothing is drawn from that day on.
    """

    kind: ClassVar[str] = "block"
    amount: Decimal
    hours: Decimal
    bought_on: date
    expires_on: date | None = field(default=None, metadata=_SPARSE)
    work_types: tuple[str, ...] = field(default=(), metadata=_SPARSE)
    opens: str = field(default="bought", metadata=_SPARSE)
    used_up: str = field(default="overage", metadata=_SPARSE)
    refunded_on: date | None = field(default=None, metadata=_SPARSE)

    def __post_init__(self) -> None:
        check_price("amount", self.amount)
        check_hours("hours", self.hours)
        if self.opens not in OPENINGS:
            raise InvalidFact("opens", f"{self.opens!r:.40} is not one of {', '.join(OPENINGS)}")
        if self.used_up not in USED_UP:
            raise InvalidFact("used_up", f"{self.used_up!r:.40} is not one of {', '.join(USED_UP)}")
        if self.refunded_on is not None and self.refunded_on < self.bought_on:
            raise InvalidFact("refunded_on", f"must not be before {self.bought_on}")
        if self.expires_on is not None and self.expires_on < self.bought_on:
            raise InvalidFact("expires_on", f"must not be before {self.bought_on}")

    @property
    def rate(self) -> Decimal:
        """What one hour of the block was bought for."""
        return self.amount / self.hours

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(
            amount=facts.decimal("amount"),
            hours=facts.decimal("hours"),
            bought_on=facts.day("bought_on"),
            expires_on=facts.day("expires_on") if facts.has("expires_on") else None,
            opens=facts.text("opens", "bought"),
            used_up=facts.text("used_up", "overage"),
            refunded_on=facts.day("refunded_on") if facts.has("refunded_on") else None,
            work_types=facts.texts("work_types", most=MOST_KINDS),
        )


@dataclass(frozen=True, slots=True)
class Retainer:
    """Money paid for each period that work is taken from; `rolls` says for how many more periods
    what is left may be used (H10)."""

    kind: ClassVar[str] = "retainer"
    amount: Decimal
    prorate: bool = True
    rolls: int = field(default=0, metadata=_SPARSE)
    every: str = field(default="month", metadata=_SPARSE)
    timing: str = field(default="arrears", metadata=_SPARSE)
    anchor_on: date | None = field(default=None, metadata=_SPARSE)
    work_types: tuple[str, ...] = field(default=(), metadata=_SPARSE)

    def __post_init__(self) -> None:
        check_price("amount", self.amount)
        check_rolls(self.rolls)
        Rhythm(self.every, self.timing, self.anchor_on)

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        rhythm = read_rhythm(facts)
        return cls(
            amount=facts.decimal("amount"),
            prorate=facts.flag("prorate", True),
            rolls=facts.whole("rolls", 0),
            every=rhythm.every,
            timing=rhythm.timing,
            anchor_on=rhythm.anchor_on,
            work_types=facts.texts("work_types", most=MOST_KINDS),
        )


def check_hours(name: str, hours: Decimal) -> None:
    """Hours that can be given."""
    if not hours.is_finite() or not 0 < hours <= MOST_HOURS:
        raise InvalidFact(name, f"must be above 0 and at most {MOST_HOURS}")


def check_rolls(rolls: int) -> None:
    """For how many periods an allowance may be kept."""
    if not 0 <= rolls <= _MOST_ROLLS:
        raise InvalidFact("rolls", f"must be 0 to {_MOST_ROLLS}, not {rolls}")
