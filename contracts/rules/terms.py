"""What an agreement line can promise to charge for.

A line stores its kind and its facts as JSON; here they become typed terms and back. A new kind is a
class in TERMS, a meter and a rate; nothing else has to know it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, ClassVar, Self

from msp.kit.facts import Facts, InvalidFact

COUNTINGS = ("daily", "snapshot_start", "snapshot_end", "peak")

_PRICE_PLACES = 6
_HIGHEST = Decimal(1_000_000_000)
_MOST_UNITS = 10_000_000


@dataclass(frozen=True, slots=True)
class PerDevice:
    """A price for each device of some classes; no classes named means all of them.

    `included` devices are free, and at least `minimum` are charged beyond them.
    """

    kind: ClassVar[str] = "per_device"
    unit_price: Decimal
    device_classes: tuple[str, ...] = ()
    counting: str = "daily"
    included: int = 0
    minimum: int = 0

    def __post_init__(self) -> None:
        _check_counted(self.unit_price, self.counting, self.included, self.minimum)
        if len(set(self.device_classes)) < len(self.device_classes):
            raise InvalidFact("device_classes", "names a class twice")
        if not all(self.device_classes):
            raise InvalidFact("device_classes", "has a class without a name")

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(device_classes=facts.texts("device_classes", most=100), **_counted(facts))


@dataclass(frozen=True, slots=True)
class PerUser:
    """A price for each person who is supported, counted like devices."""

    kind: ClassVar[str] = "per_user"
    unit_price: Decimal
    counting: str = "daily"
    included: int = 0
    minimum: int = 0

    def __post_init__(self) -> None:
        _check_counted(self.unit_price, self.counting, self.included, self.minimum)

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(**_counted(facts))


@dataclass(frozen=True, slots=True)
class Flat:
    """One amount for the period; `prorate` charges a first or last part by its days."""

    kind: ClassVar[str] = "flat"
    amount: Decimal
    prorate: bool = field(default=True)

    def __post_init__(self) -> None:
        _check_price("amount", self.amount)

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(amount=facts.decimal("amount"), prorate=facts.flag("prorate", True))


Terms = PerDevice | PerUser | Flat

TERMS: dict[str, type[Terms]] = {cls.kind: cls for cls in (PerDevice, PerUser, Flat)}


def read_terms(kind: str, facts: object) -> Terms:
    """The terms of a line; what cannot be charged is refused with its field and reason."""
    if kind not in TERMS:
        raise InvalidFact("kind", f"{kind!r:.80} is not one of {', '.join(TERMS)}")
    reading = Facts(facts)
    terms = TERMS[kind].read(reading)
    reading.done()
    return terms


def write_terms(terms: Terms) -> dict[str, Any]:
    """The terms in values that JSON has; amounts become text so that no digit is lost."""
    stored: dict[str, Any] = {}
    for one in fields(terms):
        value = getattr(terms, one.name)
        if isinstance(value, Decimal):
            stored[one.name] = f"{value:f}"
        else:
            stored[one.name] = list(value) if isinstance(value, tuple) else value
    return stored


def _counted(facts: Facts) -> Mapping[str, Any]:
    return {
        "unit_price": facts.decimal("unit_price"),
        "counting": facts.text("counting", "daily"),
        "included": facts.whole("included", 0),
        "minimum": facts.whole("minimum", 0),
    }


def _check_counted(unit_price: Decimal, counting: str, included: int, minimum: int) -> None:
    _check_price("unit_price", unit_price)
    if counting not in COUNTINGS:
        raise InvalidFact("counting", f"{counting!r:.80} is not one of {', '.join(COUNTINGS)}")
    for name, value in (("included", included), ("minimum", minimum)):
        if not 0 <= value <= _MOST_UNITS:
            raise InvalidFact(name, f"must be 0 to {_MOST_UNITS}, not {value}")


def _check_price(name: str, price: Decimal) -> None:
    if not price.is_finite():
        raise InvalidFact(name, "is not a finite number")
    if not 0 <= price <= _HIGHEST:
        raise InvalidFact(name, f"must be 0 to {_HIGHEST}, not {price!s:.40}")
    if -int(price.as_tuple().exponent) > _PRICE_PLACES:
        raise InvalidFact(name, f"has more than {_PRICE_PLACES} decimal places")
