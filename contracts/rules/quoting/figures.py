"""What a quote comes to, from the rates the bills are made by.

A counted line is reckoned with the units it was quoted for, there for the whole period; the first
full bill over the same units is the same to the cent, because it is the same arithmetic.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from contracts.rules.metering import AMOUNTS, Dial, Metered, Taken
from contracts.rules.quoting.content import BlockAhead, Content, Once, Priced, QuotedLine
from contracts.rules.rating import RATES, RatedLine, Reading, in_stages, total_of
from contracts.rules.register import Interval
from contracts.rules.rhythm import MONTHS
from contracts.rules.terms import Counting, PerDevice, PerLicence, Terms, Usage
from contracts.rules.terms.stored import rhythm_of
from msp.kit.money import round_money
from msp.kit.periods import Period, month

_WHOLE = month(2026, 4)  # any month: a whole period costs its price however long it is
_LONG_AGO = date(2000, 1, 1)
_THEN = datetime(2026, 4, 15, tzinfo=UTC)  # within that month


@dataclass(frozen=True, slots=True)
class Figure:
    """What a line comes to, and how often: `once`, or each month, quarter or year."""

    line: QuotedLine
    amount: Decimal
    every: str


@dataclass(frozen=True, slots=True)
class Sums:
    """What a choice comes to before tax, by how often it is paid."""

    once: Decimal = Decimal(0)
    month: Decimal = Decimal(0)
    quarter: Decimal = Decimal(0)
    year: Decimal = Decimal(0)

    @property
    def first_year(self) -> Decimal:
        """Everything that falls into the first twelve months."""
        return self.once + 12 * self.month + 4 * self.quarter + self.year

    @property
    def recurring(self) -> bool:
        return bool(self.month or self.quarter or self.year)


def chosen(content: Content, option: str, ticked: Collection[str]) -> list[QuotedLine]:
    """The lines of an option without those that were left unticked."""
    return [line for line in content.lines_of(option) if not line.optional or line.key in ticked]


def starting(content: Content, option: str) -> frozenset[str]:
    """The optional lines that are ticked before anybody chose."""
    lines = content.lines_of(option)
    return frozenset(line.key for line in lines if line.optional and line.ticked)


def figures(lines: Sequence[QuotedLine], currency: str) -> list[Figure]:
    """Each line's amount in its order; a share or a discount follows from the others."""
    recurring = [at for at, line in enumerate(lines) if not line.is_once]
    found: dict[int, Figure] = {
        at: Figure(line, _once(line, line.terms, currency), "once")
        for at, line in enumerate(lines)
        if isinstance(line.terms, Once)
    }

    def rate(place: int, earlier: list[RatedLine]) -> list[RatedLine]:
        line = lines[recurring[place]]
        rated = _rated(line, total_of(earlier), currency)
        found[recurring[place]] = Figure(line, total_of(rated), _every(line.terms))
        return rated

    in_stages([lines[at].terms.kind for at in recurring], rate)
    return [found[at] for at in range(len(lines))]


def sums(found: Iterable[Figure]) -> Sums:
    """The figures added up by how often they are paid."""
    totals = dict.fromkeys(("once", *MONTHS), Decimal(0))
    for one in found:
        totals[one.every] += one.amount
    return Sums(totals["once"], totals["month"], totals["quarter"], totals["year"])


def units_of(line: QuotedLine) -> tuple[Interval, ...]:
    """The units a counted line is quoted for, as the register would hold them."""
    terms = line.terms
    if not isinstance(terms, Counting):
        return ()
    product = terms.products[0] if isinstance(terms, PerLicence) and terms.products else ""
    classes = terms.device_classes if isinstance(terms, PerDevice) else ()
    site = terms.site_ids[0] if terms.site_ids else None
    return tuple(
        Interval(
            f"{line.key}-{number}", terms.unit_type, -number,
            classes[0] if classes else terms.unit_type, product or f"{number}", 0, site, _LONG_AGO,
        )
        for number in range(1, int(line.quantity) + 1)
    )  # fmt: skip


def _once(line: QuotedLine, terms: Once, currency: str) -> Decimal:
    return round_money(terms.unit_price * line.quantity, currency)


def _every(terms: Priced) -> str:
    return "once" if isinstance(terms, Once | BlockAhead) else rhythm_of(terms).every


def _rated(line: QuotedLine, base: Decimal, currency: str) -> list[RatedLine]:
    period: Period = _WHOLE
    terms: Terms = line.agreed(period.start)
    if isinstance(terms, Usage):
        return RATES[terms.kind](terms, _supposed(terms, line.quantity), period, currency)
    return RATES[terms.kind](terms, Reading(period, units_of(line), base), period, currency)


def _supposed(terms: Usage, quantity: Decimal) -> Reading:
    """A meter that shows in one period what the line is quoted for."""
    meter = Metered(terms.measure, terms.measure, Dial(AMOUNTS), (Taken(_THEN, quantity),))
    site = terms.site_ids[0] if terms.site_ids else None
    unit = Interval("supposed", terms.unit_type, -1, "meter", terms.measure, 0, site, _LONG_AGO)
    return Reading(_WHOLE, (unit,), meters={-1: meter})
