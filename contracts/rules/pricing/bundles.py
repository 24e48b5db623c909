"""A bundle's one price as the revenue of its parts, by their list prices (T7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from msp.kit.money import split


@dataclass(frozen=True, slots=True)
class Part:
    """A service inside a bundle: what it would cost alone decides its share."""

    name: str
    list_price: Decimal
    quantity: int = 1
    service_id: int | None = None

    @property
    def weight(self) -> Decimal:
        return self.list_price * self.quantity


@dataclass(frozen=True, slots=True)
class Split:
    """A part with what of the bundle's amount is its revenue."""

    part: Part
    amount: Decimal


def split_price(amount: Decimal, parts: Sequence[Part], currency: str) -> list[Split]:
    """The parts of an amount, summing to it exactly; without list prices they are equal."""
    if not parts:
        return []
    weights = [part.weight for part in parts]
    if not any(weights):
        weights = [Decimal(1)] * len(parts)
    shares = split(amount, weights, currency)
    return [Split(part, share) for part, share in zip(parts, shares, strict=True)]


def saving(price: Decimal, parts: Sequence[Part]) -> Decimal:
    """What a client saves against buying the parts alone; below zero the bundle is dearer."""
    return sum((part.weight for part in parts), Decimal(0)) - price
