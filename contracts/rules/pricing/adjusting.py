"""What is taken off, put on or filled up after a price is known, in an order written down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from msp.kit.money import round_money, round_price, split


@dataclass(frozen=True, slots=True)
class Discount:
    """A percentage or a fixed amount off."""

    name: str
    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Discounted:
    """What is left, and what each discount took, in the order they were applied."""

    amount: Decimal
    taken: tuple[tuple[Discount, Decimal], ...]


def discounted(
    amount: Decimal, discounts: Iterable[Discount], currency: str, *, fixed_first: bool = False
) -> Discounted:
    """The amount less its discounts, percentages before fixed ones unless told otherwise (T8).

    Each takes from what the ones before left, and never more than is there.
    """
    ordered = sorted(discounts, key=lambda one: bool(one.amount) != fixed_first)
    left, taken = amount, []
    for one in ordered:
        off = round_money(left * one.percent / 100, currency) + one.amount
        off = min(off, max(left, Decimal(0)))
        left -= off
        taken.append((one, off))
    return Discounted(left, tuple(taken))


def spread(off: Decimal, amounts: Sequence[Decimal], currency: str) -> list[Decimal]:
    """A discount on a whole bill as each line's part of it, by amount; tax follows the parts."""
    if not any(amounts):
        return [Decimal(0)] * len(amounts)
    return split(round_money(off, currency), list(amounts), currency)


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage of other charges, at least and at most so much."""

    percent: Decimal
    least: Decimal = Decimal(0)
    most: Decimal | None = None


def share_of(base: Decimal, share: Share) -> Decimal:
    """The exact share of a base."""
    found = max(base * share.percent / 100, share.least)
    return found if share.most is None else min(found, share.most)


def true_up(commit: Decimal, rated: Decimal, days: int, period_days: int, currency: str) -> Decimal:
    """What fills a charge up to its commitment, which counts by the days it was in force (T6)."""
    owed = round_money(commit * days / period_days, currency)
    return round_money(max(Decimal(0), owed - rated), currency)


def uplifted(
    price: Decimal,
    percent: Decimal,
    *,
    floor: Decimal | None = None,
    cap: Decimal | None = None,
    places: int = 2,
) -> Decimal:
    """A price after an uplift of a percentage, or of an index held between floor and cap (T9).

    A price keeps as many places as it was written in, at least those the currency is paid in.
    """
    if cap is not None:
        percent = min(percent, cap)
    if floor is not None:
        percent = max(percent, floor)
    kept = max(places, -int(price.as_tuple().exponent))
    return round_price(price * (100 + percent) / 100, kept)
