"""What an invoice comes to: net, tax by rate, and each line's part of the tax.

Tax is rounded once per rate over the whole invoice and then spread over the lines by largest
remainder, so both ways of reading the invoice tie. Half goes up; nothing is ever rounded up by
habit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from msp.kit.money import round_money, round_together


@dataclass(frozen=True, slots=True)
class Taxable:
    """An amount that is already rounded, and the rate it is taxed at in percent."""

    amount: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class RateTotal:
    """What all lines of one rate come to."""

    percent: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """An invoice's sums, its rates from low to high, and the tax of each line in its order."""

    net: Decimal
    tax: Decimal
    total: Decimal
    rates: tuple[RateTotal, ...]
    line_taxes: tuple[Decimal, ...]


def totals(lines: Sequence[Taxable], currency: str, *, tax_per_line: bool = False) -> Totals:
    """The sums of an invoice, with tax per invoice and rate unless each line is to stand alone."""
    taxes: list[Decimal] = [Decimal(0)] * len(lines)
    rates = []
    for percent in sorted({line.percent for line in lines}):
        places = [at for at, line in enumerate(lines) if line.percent == percent]
        exact = [lines[at].amount * percent / 100 for at in places]
        if tax_per_line:
            rounded = [round_money(tax, currency) for tax in exact]
        else:
            rounded = round_together(exact, currency)
        for at, tax in zip(places, rounded, strict=True):
            taxes[at] = tax
        base = _sum([lines[at].amount for at in places], currency)
        rates.append(RateTotal(percent, base, _sum(rounded, currency)))
    net, tax = _sum([line.amount for line in lines], currency), _sum(taxes, currency)
    return Totals(net, tax, net + tax, tuple(rates), tuple(taxes))


def _sum(amounts: Sequence[Decimal], currency: str) -> Decimal:
    return round_money(sum(amounts, Decimal(0)), currency)
