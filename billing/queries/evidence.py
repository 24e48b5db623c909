"""What stands behind a line: each device or person with its days, and the proof by recounting."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from billing.models import Invoice, InvoiceLine, LineTime, LineUnit
from billing.queries import caps, crediting
from billing.queries.meters import Known, read_for
from billing.queries.voids import right_amount
from billing.rules import usage_words
from billing.rules.credit_words import PROMISES
from billing.rules.labour import OUTCOMES
from billing.rules.wording import arithmetic
from contracts import queries as contracts
from contracts.rules.decisions import HOUR_CLASSES
from contracts.rules.labour import amount_of
from contracts.rules.rating import RATES
from contracts.rules.register import UnitDays, runs_of
from contracts.rules.spans import write_span
from contracts.rules.terms import read_terms
from msp.kit.money import round_money
from msp.kit.periods import Period
from tenants.people.rules.viewer import Viewer
from tickets.projects.rules.fees import given_back


@dataclass(frozen=True)
class Counted:
    """One unit on a line: `stretches` are its runs of days, `days` their sum.

    `counts` says how many it was in each, where that is not one; `note` by which rule it counts.
    """

    unit_type: str
    unit_id: int
    unit_class: str
    name: str
    site_name: str
    stretches: tuple[Period, ...]
    days: int
    counts: tuple[int, ...] = ()
    note: str = ""

    @property
    def parts(self) -> list[tuple[Period, int]]:
        """Each run of days with how many there were."""
        return runs_of(self.stretches, self.counts)


def counted_on(line: InvoiceLine) -> list[Counted]:
    """The units of a line by name, each once."""
    by_unit: dict[tuple[str, int], list[LineUnit]] = defaultdict(list)
    notes = line.trace.get("notes", {})
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
            sum(part.days * part.quantity for part in parts),
            () if all(part.quantity == 1 for part in parts) else tuple(p.quantity for p in parts),
            notes.get(f"{unit_type}:{unit_id}", ""),
        )
        for (unit_type, unit_id), parts in by_unit.items()
    ]


@dataclass(frozen=True)
class MissedPromise:
    """The promise behind a credit: a ticket's clock, or a month's availability."""

    number: int | None = None
    promise: str = ""
    promised_seconds: int = 0
    began_at: datetime | None = None
    missed_at: datetime | None = None
    met_at: datetime | None = None
    raised: bool = False
    share: str = ""
    below: str = ""
    devices: int = 0
    down_seconds: int = 0
    unknown_percent: str = ""

    @property
    def promised(self) -> str:
        """How soon it was promised."""
        return write_span(self.promised_seconds)

    @property
    def late_seconds(self) -> int | None:
        """How late it was done; None while it is not."""
        if self.met_at is None or self.missed_at is None:
            return None
        return int((self.met_at - self.missed_at).total_seconds())


def missed_on(line: InvoiceLine) -> MissedPromise | None:
    """What was missed, where a line gives something back for it; as it was when counted."""
    if line.kind != crediting.KIND:
        return None
    told = dict(line.trace["missed"])
    if "target" not in told:
        return MissedPromise(**told)
    instants = {
        name: datetime.fromisoformat(told[name]) if told[name] else None
        for name in ("began_at", "missed_at", "met_at")
    }
    return MissedPromise(
        number=told["number"], promise=PROMISES[told["target"]], raised=told["raised"],
        promised_seconds=told["promised_seconds"], **instants,
    )  # fmt: skip


def corrected_since(line: InvoiceLine, viewer: Viewer) -> list[InvoiceLine]:
    """Lines of later bills that correct the days of this one, as far as the viewer sees them."""
    later = InvoiceLine.objects.filter(
        invoice__in=Invoice.objects.visible_to(viewer).filter(starts_on__gt=line.invoice.starts_on),
        trace__promise=line.trace.get("promise", ""),
        trace__period=line.trace["period"],
        trace__has_key="corrects",
    )
    return list(later.select_related("invoice").order_by("pk"))


@dataclass(frozen=True)
class WorkedShare:
    """A part of a time entry on a line, in words."""

    row: LineTime
    kind: str
    hours: str
    verdict: str
    counted: Decimal


def worked_on(line: InvoiceLine) -> list[WorkedShare]:
    """The time behind a line, in the order it was worked; `counted` in hours."""
    rows = list(line.times.all())
    names = contracts.work_names(row.work_type for row in rows)
    return [
        WorkedShare(
            row,
            names.get(row.work_type, row.work_type),
            HOUR_CLASSES.get(row.hour_class, ""),
            OUTCOMES[row.outcome],
            row.minutes / 60,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class MeterPart:
    """A meter on a line as a person reads it: from which figure to which, and what was odd."""

    id: int
    name: str
    days: Period
    opened: str
    closed: str
    used: str
    told: tuple[str, ...]


def read_on(line: InvoiceLine) -> list[MeterPart]:
    """The meters behind a line, each for the days it counted."""
    zone = line.trace.get("zone", "UTC")
    return [
        MeterPart(
            one["id"], one["name"], Period(*(date.fromisoformat(day) for day in one["days"])),
            usage_words.point(one, "from", zone), usage_words.point(one, "to", zone),
            usage_words.number(one["used"]), tuple(usage_words.begun_sentences(one, zone)),
        )
        for one in line.trace.get("meters", ())
    ]  # fmt: skip


def read_sum(line: InvoiceLine) -> str:
    """What all meters of a line used together."""
    return usage_words.number(line.trace.get("used", "0"))


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
    lines = list(invoice.lines.select_related("invoice").prefetch_related("units", "times"))
    then, now = Known(invoice.client_id, invoice.known_at), Known(invoice.client_id, at)
    learned = [text for line in lines if (text := _difference(line, now))]
    return Proof(
        len(lines),
        tuple(text for line in lines if (text := _difference(line, then))),
        (*learned, *crediting.void_now(invoice, at)),
    )


def _difference(line: InvoiceLine, known: Known) -> str:
    """How a recount of the line differs from what it says; empty where it does not."""
    if "withdrawn" in line.trace:
        return ""  # its terms hold no more, so there is nothing left to count
    if "refund" in line.trace:
        return _given_back(line)
    if "voids" in line.trace:
        return _voided(line)
    if line.kind == "once":
        exact = round_money(line.quantity * line.unit_price, line.invoice.currency)
        return "" if exact == line.amount else f'"{line.description}": {exact:f}.'
    amount, units = _again(line, known)
    again = {(unit.unit_type, unit.unit_id, unit.days) for unit in units}
    stored = {(unit.unit_type, unit.unit_id, unit.days) for unit in counted_on(line)}
    if amount == line.amount and again == stored:
        return ""
    return (
        f'"{line.description}": {amount:f} for {len(again)} instead of'
        f" {line.amount.normalize():f} for {len(stored)}."
    )


def _again(line: InvoiceLine, known: Known) -> tuple[Decimal, tuple[UnitDays, ...]]:
    """What a line comes to when it is counted anew, and the units behind it."""
    if line.kind == crediting.KIND:
        return crediting.recounted(line, known), ()
    if line.kind == caps.CAP:
        return caps.recounted(line), ()
    return _worked(line) if line.kind == "time" else _recounted(line, known)


def _voided(line: InvoiceLine) -> str:
    """What the corrected line comes to without the entries that were wrong, less what it was."""
    original = InvoiceLine.objects.select_related("invoice").get(pk=line.trace["voids"])
    exact = right_amount(original, line.trace["wrong"]) - Decimal(line.trace["was"])
    exact -= Decimal(line.trace.get("of_block", 0))
    if "cap" in line.trace:
        worked, cap, before = (Decimal(line.trace[name]) for name in ("worked", "cap", "before"))
        exact = given_back(exact, worked, cap, before)
    return "" if exact == line.amount else f'"{line.description}": {exact:f}.'


def _given_back(line: InvoiceLine) -> str:
    """What the hours that were left come to at the price they were bought for."""
    terms = read_terms(line.kind, line.trace["terms"])
    minutes = Decimal(line.trace["refund"]["minutes"])
    exact = -round_money(minutes * terms.amount / terms.hours / 60, line.invoice.currency)  # type: ignore[union-attr]
    return "" if exact == line.amount else f'"{line.description}": {exact:f}.'


def _worked(line: InvoiceLine) -> tuple[Decimal, tuple[UnitDays, ...]]:
    """What the time kept with the line comes to; nobody can change entries that are billed."""
    rows = [(row.minutes, row.rate) for row in line.times.all()]
    charged = line.trace["outcome"] in ("billed", "overage")
    return amount_of(rows if charged else [], line.invoice.currency), ()


def _recounted(line: InvoiceLine, known: Known) -> tuple[Decimal, tuple[UnitDays, ...]]:
    """What the line comes to by its terms, less what was billed ahead where it settles that."""
    terms = read_terms(line.kind, line.trace["terms"])
    promise = str(line.trace.get("promise", ""))
    reading = read_for(line.kind, promise, known, Period(line.starts_on, line.ends_on))
    base, zone = Decimal(line.trace.get("base", 0)), line.trace.get("zone", reading.zone)
    reading = replace(reading, base=base, zone=zone)
    lines = RATES[line.kind](terms, reading, period_of(line), line.invoice.currency)
    amount = sum((rated.amount for rated in lines), Decimal(0))
    units = tuple(unit for rated in lines for unit in rated.units)
    return amount - Decimal(line.trace.get("billed", 0)), units
