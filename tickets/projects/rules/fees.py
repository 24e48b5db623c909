"""What a project comes to: a fee shared over milestones, hours up to a cap, tax to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from msp.kit.money import round_money, split

MOST_SHARES = 60


@dataclass(frozen=True, slots=True)
class Capped:
    """Work by the hour against a cap: what is billed, and what is written down and shown."""

    billed: Decimal
    written_down: Decimal


def shares(total: Decimal, weights: Sequence[Decimal | int], currency: str) -> list[Decimal]:
    """A fee over milestones by weight: 30/40/30, or equal thirds. The parts sum to it (X1)."""
    return split(total, weights, currency)


def capped(worked: Decimal, cap: Decimal, billed: Decimal = Decimal(0)) -> Capped:
    """What of the work is billed when so much was billed before: never beyond the cap (X2).

    What bills before took beyond a cap that was lowered since is not given back.
    """
    room = max(cap - billed, Decimal(0))
    taken = min(worked, room)
    return Capped(taken, worked - taken)


def given_back(wrong: Decimal, worked: Decimal, cap: Decimal, billed: Decimal) -> Decimal:
    """What billed work that was wrong gives back, at most `wrong` (below nought): where more than
    the cap was worked, the right work takes its place. `worked` is what is right in all."""
    return min(max(min(worked, cap) - billed, wrong), Decimal(0))


def next_tax(
    amount: Decimal, percent: Decimal, net: Decimal, tax: Decimal, currency: str
) -> Decimal:
    """The tax of the next of several bills, after bills of `net` that were taxed with `tax`.

    It is what the tax of everything so far lacks, so that the bills of a project together are
    taxed to the cent like one bill of the whole, in whatever order they come.
    """
    return round_money((net + amount) * percent / 100, currency) - tax
