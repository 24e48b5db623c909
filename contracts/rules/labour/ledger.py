"""Hours and money paid ahead: what was given, what was drawn, what is left (H6 to H10).

A grant is an allowance of one period, a prepaid block, or a retainer of one period. Draws that
stand on an issued bill are `taken` and never move; what came later draws from what they left, by
the day of the work and not by the day it was written down.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from msp.kit.money import round_money

HOURS, MONEY = "hours", "money"
BLOCK = 1  # the rank of blocks
_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Grant:
    """So many minutes, or so much money, that work of some days may draw.

    It is used from `starts_on` until `ends_on`, which is the first day without; from `own_until` on
    it is rolled over, and then at most `roll_cap` of it. `rank` is the order of kinds: allowances,
    blocks, retainers. No `work_types` means work of every kind.
    """

    key: str
    agreement_id: int
    amount: Decimal
    starts_on: date
    own_until: date
    ends_on: date
    unit: str = HOURS
    rank: int = 0
    work_types: tuple[str, ...] = ()
    base_first: bool = False
    roll_cap: Decimal | None = None
    used_up: str = "overage"

    def fits(self, agreement_id: int, day: date, work_type: str) -> bool:
        """Whether work of that day and kind may draw from it."""
        wanted = not self.work_types or work_type in self.work_types
        return wanted and self.agreement_id == agreement_id and self.starts_on <= day < self.ends_on


@dataclass(frozen=True, slots=True)
class Taken:
    """A draw that stands: minutes, or money of a retainer, for work of a day."""

    grant_key: str
    on: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Drawn:
    """A part of some work and the grant it came from."""

    grant_key: str
    minutes: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Ledger:
    """The grants of a client with everything drawn from them so far."""

    grants: Sequence[Grant]
    taken: list[Taken] = field(default_factory=list)

    def left(self, grant: Grant, day: date) -> Decimal:
        """What work of a day may still draw; draws on later days count against it too."""
        own = self._sum(grant, rolled=False)
        rolled = self._sum(grant, rolled=True)
        whole = grant.amount - own
        if day >= grant.own_until and grant.roll_cap is not None:
            whole = min(whole, grant.roll_cap)
        return max(whole - rolled, Decimal(0))

    def draw(
        self, *, agreement_id: int, on: date, work_type: str, minutes: Decimal,
        rate: Decimal | None, currency: str = "USD",
    ) -> tuple[list[Drawn], Decimal]:  # fmt: skip
        """Take what there is, in order; the second value is the minutes nobody had paid for.

        A retainer is drawn by money and needs to know what the hour costs.
        """
        found = []
        for grant in self._in_order(agreement_id, on, work_type):
            if not minutes:
                break
            drawn = self._from(grant, on, minutes, rate, currency)
            if drawn is None:
                continue
            self.taken.append(Taken(grant.key, on, drawn.quantity))
            found.append(drawn)
            minutes -= drawn.minutes
        return found, minutes

    def beyond(self, agreement_id: int, on: date, work_type: str) -> str:
        """What the newest block says of work it has no hours for; overage where there is none."""
        blocks = [
            one
            for one in self.grants
            if one.rank == BLOCK
            and one.agreement_id == agreement_id
            and one.starts_on <= on
            and (not one.work_types or work_type in one.work_types)
        ]
        newest = max(blocks, key=lambda one: (one.starts_on, one.key), default=None)
        return newest.used_up if newest else "overage"

    def _from(
        self, grant: Grant, on: date, minutes: Decimal, rate: Decimal | None, currency: str
    ) -> Drawn | None:
        left = self.left(grant, on)
        if not left:
            return None
        if grant.unit == HOURS:
            share = min(left, minutes)
            return Drawn(grant.key, share, share)
        if not rate:
            return None
        price = round_money(minutes * rate / 60, currency)
        if price <= left:
            return Drawn(grant.key, minutes, price)
        return Drawn(grant.key, (left * 60 / rate).quantize(_PLACES), left)

    def _in_order(self, agreement_id: int, on: date, work_type: str) -> list[Grant]:
        fitting = [one for one in self.grants if one.fits(agreement_id, on, work_type)]
        return sorted(fitting, key=lambda one: _order(one, on))

    def _sum(self, grant: Grant, *, rolled: bool) -> Decimal:
        return sum(
            (
                one.quantity
                for one in self.taken
                if one.grant_key == grant.key and (one.on >= grant.own_until) == rolled
            ),
            Decimal(0),
        )


def lapsed(ledger: Ledger, grants: Iterable[Grant], day: date) -> Decimal:
    """What was never drawn of grants that are over by a day: paid for and gone (breakage)."""
    over = [one for one in grants if one.ends_on <= day]
    return sum((one.amount - _drawn_of(ledger, one) for one in over), Decimal(0))


def _drawn_of(ledger: Ledger, grant: Grant) -> Decimal:
    return sum((one.quantity for one in ledger.taken if one.grant_key == grant.key), Decimal(0))


def _order(grant: Grant, on: date) -> tuple[int, bool, bool, date, date, str]:
    """Kind, narrow before wide, what ends first; an allowance may have its own period first."""
    rolled = on >= grant.own_until
    return (
        grant.rank, not grant.work_types, grant.base_first and rolled, grant.ends_on,
        grant.starts_on, grant.key,
    )  # fmt: skip
