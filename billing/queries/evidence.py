"""What stands behind a line: each device or person with its days, and the proof by recounting."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from billing.models import Invoice, InvoiceLine, LineUnit
from billing.queries.meters import METERS, Known
from billing.rules.wording import arithmetic
from contracts.rules.rating import RATES
from contracts.rules.register import UnitDays
from contracts.rules.terms import read_terms
from msp.kit.periods import Period


@dataclass(frozen=True)
class Counted:
    """One device or person on a line: `stretches` are its runs of days, `days` their sum."""

    unit_type: str
    unit_id: int
    unit_class: str
    name: str
    site_name: str
    stretches: tuple[Period, ...]
    days: int


def counted_on(line: InvoiceLine) -> list[Counted]:
    """The units of a line by name, each once."""
    by_unit: dict[tuple[str, int], list[LineUnit]] = defaultdict(list)
    for unit in line.units.all():
        by_unit[unit.unit_type, unit.unit_id].append(unit)
    return [
        Counted(
            unit_type,
            unit_id,
            parts[0].unit_class,
            parts[0].name,
            parts[0].site_name,
            tuple(Period(part.starts_on, part.ends_on) for part in parts),
            sum(part.days for part in parts),
        )
        for (unit_type, unit_id), parts in by_unit.items()
    ]


def period_of(line: InvoiceLine) -> Period:
    """The whole month the line's price is for."""
    start, end = (date.fromisoformat(text) for text in line.trace["period"])
    return Period(start, end)


def sentences(line: InvoiceLine) -> list[str]:
    """The arithmetic of a line in words."""
    return arithmetic(line.trace, line.invoice.currency)


@dataclass(frozen=True)
class Proof:
    """A bill counted again. Differences `then` are faults, those `now` what was learned since."""

    lines: int
    then: tuple[str, ...]
    now: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.then


def proof_of(invoice: Invoice, at: datetime) -> Proof:
    """Count every line again, as known when it was counted and as known today."""
    lines = list(invoice.lines.select_related("invoice").prefetch_related("units"))
    then, now = Known(invoice.client_id, invoice.known_at), Known(invoice.client_id, at)
    return Proof(
        len(lines),
        tuple(text for line in lines if (text := _difference(line, then))),
        tuple(text for line in lines if (text := _difference(line, now))),
    )


def _difference(line: InvoiceLine, known: Known) -> str:
    """How a recount of the line differs from what it says; empty where it does not."""
    if "withdrawn" in line.trace:
        return ""  # its terms hold no more, so there is nothing left to count
    amount, units = _recounted(line, known)
    again = {(unit.unit_type, unit.unit_id, unit.days) for unit in units}
    stored = {(unit.unit_type, unit.unit_id, unit.days) for unit in counted_on(line)}
    if amount == line.amount and again == stored:
        return ""
    return (
        f'"{line.description}": {amount:f} for {len(again)} instead of'
        f" {line.amount.normalize():f} for {len(stored)}."
    )


def _recounted(line: InvoiceLine, known: Known) -> tuple[Decimal, tuple[UnitDays, ...]]:
    """What the line comes to by its terms, less what was billed ahead where it settles that."""
    terms = read_terms(line.kind, line.trace["terms"])
    reading = METERS[line.kind](known, Period(line.starts_on, line.ends_on))
    reading = replace(reading, base=Decimal(line.trace.get("base", 0)))
    lines = RATES[line.kind](terms, reading, period_of(line), line.invoice.currency)
    amount = sum((rated.amount for rated in lines), Decimal(0))
    units = tuple(unit for rated in lines for unit in rated.units)
    return amount - Decimal(line.trace.get("billed", 0)), units
