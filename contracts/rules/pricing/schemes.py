"""How the price follows from how many: one rate, graduated, volume, or an amount for a step.

Tiers are adjacent reals, `(0, 10]` then `(10, 50]`, so that 10.5 has a place. A scheme is asked
once with the whole quantity: rating records one by one would start each at the first tier again.
Nothing is rounded here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from msp.kit.facts import Facts, InvalidFact, inside

MODELS = ("unit", "graduated", "volume", "step")

PRICE_PLACES = 6
HIGHEST = Decimal(1_000_000_000)
MOST_TIERS = 20
_MOST_UNITS = 10_000_000


@dataclass(frozen=True, slots=True)
class Tier:
    """A stretch of quantity that ends with `up_to`; None is the last one, without an end.

    `unit_price` is for each unit in it, `flat` is owed as soon as the tier is reached.
    """

    up_to: Decimal | None
    unit_price: Decimal = Decimal(0)
    flat: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A charge model with its tiers.

    `unit` has one rate, `graduated` prices each unit by its own tier, `volume` all units by the
    tier the quantity reaches, `step` is the flat amount of that tier. With a `block` above one a
    started block counts as one. `never_more` charges a volume price never above what the next
    tier's first quantity would cost.
    """

    model: str
    tiers: tuple[Tier, ...]
    block: int = 1
    never_more: bool = False

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise InvalidFact("model", f"{self.model!r:.80} is not one of {', '.join(MODELS)}")
        if not 1 <= self.block <= _MOST_UNITS:
            raise InvalidFact("block", f"must be 1 to {_MOST_UNITS}, not {self.block}")
        _check_tiers(self)

    def price_of(self, quantity: Decimal | int) -> Decimal:
        """The exact price of a quantity; what is not there costs nothing."""
        blocks = self.blocks(quantity)
        if blocks <= 0:
            return Decimal(0)
        if self.model == "graduated":
            return self._graduated(blocks)
        price = self._of_tier(self.reached(blocks), blocks)
        return self._never_more(blocks, price) if self.never_more else price

    def blocks(self, quantity: Decimal | int) -> Decimal:
        """The quantity in started blocks."""
        exact = Decimal(quantity)
        if self.block == 1:
            return exact
        return (exact / self.block).to_integral_value(ROUND_CEILING)

    def reached(self, blocks: Decimal) -> Tier:
        """The tier a quantity ends in."""
        for tier in self.tiers:
            if tier.up_to is None or blocks <= tier.up_to:
                return tier
        raise ValueError("tiers: the last one has no end")

    def _graduated(self, blocks: Decimal) -> Decimal:
        total, begins = Decimal(0), Decimal(0)
        for tier in self.tiers:
            ends = blocks if tier.up_to is None else min(blocks, tier.up_to)
            if ends <= begins:
                break
            total += (ends - begins) * tier.unit_price + tier.flat
            begins = ends
        return total

    def _of_tier(self, tier: Tier, blocks: Decimal) -> Decimal:
        if self.model == "step":
            return tier.flat
        return blocks * tier.unit_price + tier.flat

    def _never_more(self, blocks: Decimal, price: Decimal) -> Decimal:
        """The price, or that of a larger quantity where the larger one is cheaper."""
        place = self.tiers.index(self.reached(blocks))
        larger = [
            self._of_tier(tier, _first_of(before))
            for before, tier in zip(self.tiers[place:], self.tiers[place + 1 :], strict=False)
        ]
        return min([price, *larger])


@dataclass(frozen=True, slots=True)
class Cliff:
    """A boundary beyond which more costs less: `at` units cost `price`, one more `beyond`."""

    at: Decimal
    price: Decimal
    beyond: Decimal


def cliffs(scheme: Scheme) -> list[Cliff]:
    """Where a client would pay less by having more; worth a warning to whoever writes it."""
    if scheme.model not in ("volume", "step") or scheme.never_more:
        return []
    found = []
    for before, after in zip(scheme.tiers, scheme.tiers[1:], strict=False):
        ends = before.up_to or Decimal(0)
        price, beyond = scheme._of_tier(before, ends), scheme._of_tier(after, ends + 1)
        if beyond < price:
            found.append(Cliff(ends * scheme.block, price, beyond))
    return found


def read_tiers(facts: Facts, name: str = "tiers") -> tuple[Tier, ...]:
    """The tiers as they were stored."""
    found = []
    for at, value in enumerate(facts.items(name, most=MOST_TIERS)):
        with inside(f"{name}[{at}]"):
            found.append(_read_tier(value))
    return tuple(found)


def write_tiers(tiers: Sequence[Tier]) -> list[dict[str, Any]]:
    """The tiers in values that JSON has."""
    return [
        {
            "up_to": None if tier.up_to is None else f"{tier.up_to:f}",
            "unit_price": f"{tier.unit_price:f}",
            "flat": f"{tier.flat:f}",
        }
        for tier in tiers
    ]


def check_price(name: str, price: Decimal) -> None:
    """Refuse a price that cannot be charged; six places are kept, as fine as any list prints."""
    if not price.is_finite():
        raise InvalidFact(name, "is not a finite number")
    if not 0 <= price <= HIGHEST:
        raise InvalidFact(name, f"must be 0 to {HIGHEST}, not {price!s:.40}")
    if -int(price.as_tuple().exponent) > PRICE_PLACES:
        raise InvalidFact(name, f"has more than {PRICE_PLACES} decimal places")


def _read_tier(value: object) -> Tier:
    facts = Facts(value)
    tier = Tier(
        up_to=facts.decimal("up_to") if facts.has("up_to") else None,
        unit_price=facts.decimal("unit_price", Decimal(0)),
        flat=facts.decimal("flat", Decimal(0)),
    )
    facts.done()
    return tier


def _check_tiers(scheme: Scheme) -> None:
    if not scheme.tiers:
        raise InvalidFact("tiers", "need at least one tier")
    before = Decimal(0)
    for at, tier in enumerate(scheme.tiers):
        check_price(f"tiers[{at}].unit_price", tier.unit_price)
        check_price(f"tiers[{at}].flat", tier.flat)
        last = at == len(scheme.tiers) - 1
        if last != (tier.up_to is None):
            said = "is the last and has no end" if last else "needs an end; only the last has none"
            raise InvalidFact(f"tiers[{at}].up_to", said)
        if tier.up_to is not None:
            if not before < tier.up_to <= _MOST_UNITS:
                raise InvalidFact(f"tiers[{at}].up_to", f"must be above {before}, not {tier.up_to}")
            before = tier.up_to


def _first_of(tier_before: Tier) -> Decimal:
    """The first whole quantity beyond a tier."""
    return (tier_before.up_to or Decimal(0)).to_integral_value(ROUND_CEILING) + 1
