"""What a client's month comes to, computed and not written.

The same function makes the draft of a run, the next bill on the client's page, and the recount that
proves an issued bill; nothing in here writes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.models import Invoice, InvoiceLine
from billing.queries.charges import charges_of
from billing.queries.labour import Left
from billing.queries.leakage import silent_devices, uncovered_devices
from billing.queries.meters import Known
from billing.queries.written import DraftLine, segments_of
from billing.rules import checks, differences
from billing.rules.credit_words import MISSED
from billing.rules.differences import Billed, Difference, Unit, Verdict
from billing.rules.totals import Taxable, Totals, totals
from contracts.clients.models import Client
from contracts.rules.terms import PerDevice
from msp.kit.periods import Period
from tickets.projects import queries as projects

_AS_IT_COMES = {"time": "hour worked", "credit": MISSED}


@dataclass(frozen=True)
class Draft:
    """One bill of one client in one currency, as the register knows it."""

    currency: str
    tax_rate: Decimal
    lines: tuple[DraftLine, ...]
    totals: Totals
    previous_total: Decimal | None
    difference: Difference
    checks: tuple[checks.Check, ...]

    @property
    def explanation(self) -> str:
        """Why it differs from last month; the amount stands beside it."""
        said = self.difference.because or self.difference.explanation
        return said[:1].upper() + said[1:400]

    @property
    def verdict(self) -> str:
        """What the reviewer sorts by: any finding that is new asks for a look."""
        looks = any(not check.known for check in self.checks)
        return "needs_look" if looks else str(self.difference.verdict)


def drafts_of(*, client: Client, period: Period, known_at: datetime) -> list[Draft]:
    """The client's bills for a month, one for each currency; none where nothing is due."""
    known = Known(client.pk, known_at)
    by_currency: dict[str, list[DraftLine]] = defaultdict(list)
    charged = charges_of(client=client, month=period, known=known)
    for line in charged.lines:
        by_currency[line.segment.currency].append(line)
    segments = segments_of(client=client, period=period)
    uncovered = uncovered_devices(client=client, period=period, known=known, segments=segments)
    return [
        _draft(
            client,
            currency,
            tuple(lines),
            period,
            Beside(
                uncovered,
                silent_devices(lines, known),
                charged.unpriced,
                charged.asked,
                charged.unapproved,
                projects.worked_after_end(client_id=client.pk, before=period.end),
            ),
        )
        for currency, lines in by_currency.items()
        if any(line.segment.kind != "time" or line.amount for line in lines)
    ]


@dataclass(frozen=True)
class Beside:
    """What a month leaves to look at: devices that no line speaks of, or that are charged and
    silent, work without a price, work the client is asked about first, work nobody approved, work
    on projects that are over."""

    uncovered: tuple[str, ...]
    silent: tuple[str, ...]
    unpriced: Left
    asked: Left
    unapproved: int
    after_end: int


def _draft(
    client: Client,
    currency: str,
    lines: tuple[DraftLine, ...],
    period: Period,
    beside: Beside,
) -> Draft:
    summed = totals([Taxable(line.rated.amount, client.tax_rate) for line in lines], currency)
    previous = previous_invoice(client_id=client.pk, currency=currency, period=period)
    before = billed_before(previous) if previous else None
    difference = differences.compare(billed_now(lines), before, currency)
    if previous is not None and previous.tax_rate != client.tax_rate:
        difference = _taxed_anew(difference, previous.tax_rate, client.tax_rate)
    zero = {line.key for line in before or () if not line.amount}
    checked = tuple(_checked(line, zero) for line in lines)
    seen = named_before(previous) if previous else ()
    subject = checks.Subject(
        checked,
        client.billing_email,
        beside.uncovered,
        seen,
        difference.looks,
        (
            *_told(lines),
            *checks.silence(beside.silent, seen),
            *checks.unpriced(beside.unpriced.seconds, beside.unpriced.torn),
            *checks.asked(beside.asked.seconds, beside.asked.torn),
            *checks.unapproved(beside.unapproved),
            *checks.after_projects(beside.after_end),
        ),
    )
    return Draft(
        currency,
        client.tax_rate,
        lines,
        summed,
        previous.total if previous else None,
        difference,
        checks.findings(subject),
    )


def _told(lines: Iterable[DraftLine]) -> Iterator[checks.Check]:
    """What the review should know of the lines: months that are corrected, numbers by hand."""
    for line in lines:
        trace = line.rated.trace
        if "corrects" in trace:
            said = " ".join([f"{line.segment.description}:", *trace["corrects"][:3]])
            yield checks.Check("correction", said)
        if "voided" in trace:
            said = f"{line.segment.description}: {trace['entries']} voided."
            yield checks.Check("correction", said)
        if "overrides" in trace:
            reasons = ", ".join(one["reason"] for one in trace["overrides"])
            said = f"{line.segment.description} charges a number said by hand: {reasons}."
            yield checks.Check("override", said, known=True)
        yield from checks.metering(trace.get("meters", ()))
        if line.segment.kind == "credit":
            raised = trace["missed"].get("raised")
            late = " Its priority was raised when the time was over already." if raised else ""
            yield checks.Check("credit", f"{line.segment.description}.{late}")


def _taxed_anew(difference: Difference, before: Decimal, now: Decimal) -> Difference:
    """A tax rate that changed moves the total though no line did."""
    told = f"Tax is {now.normalize():f} % instead of {before.normalize():f} %."
    verdict = difference.verdict
    if verdict == Verdict.UNCHANGED:
        return replace(difference, verdict=Verdict.CHANGED, explanation=told, because=told)
    return replace(difference, because=f"{difference.because} {told}".strip())


def _checked(line: DraftLine, zero: set[str]) -> checks.CheckedLine:
    classes = line.terms.device_classes if isinstance(line.terms, PerDevice) else ()
    return checks.CheckedLine(
        line.segment.description,
        line.segment.kind,
        line.rated.amount,
        line.rated.unit_price,
        line.segment.service_id,
        classes,
        line.rated.units,
        line.segment.key in zero,
    )


# -- last month ----------------------------------------------------------------------------------


def previous_invoice(*, client_id: int, currency: str, period: Period) -> Invoice | None:
    """The bill of the month that ended where this one begins."""
    return (
        Invoice.objects.filter(
            client_id=client_id, currency=currency, ends_on=period.start, run__isnull=False
        )
        .exclude(state=Invoice.State.VOID)
        .first()
    )


def named_before(invoice: Invoice) -> tuple[str, ...]:
    """The uncovered devices a stored bill told of."""
    return tuple(name for check in invoice.checks for name in check.get("names", ()))


def billed_before(invoice: Invoice) -> list[Billed]:
    """A stored bill as the comparison reads it."""
    lines = InvoiceLine.objects.filter(invoice=invoice).prefetch_related("units")
    return together(
        Billed(
            str(line.trace.get("promise") or line.line_key or line.source_key),
            line.description,
            _price_of(line.trace, line.unit_price),
            line.amount,
            int(line.trace.get("period_days") or (line.ends_on - line.starts_on).days),
            tuple(
                Unit(unit.unit_type, unit.unit_id, unit.name, unit.days * unit.quantity)
                for unit in line.units.all()
                if "settles" not in line.trace
            ),
            _every(line.trace.get("terms", {}), line.kind),
        )
        for line in lines
    )


def billed_now(lines: Iterable[DraftLine]) -> list[Billed]:
    """A draft as the comparison reads it."""
    return together(
        Billed(
            line.segment.key,
            line.segment.description,
            _price_of(line.rated.trace, line.rated.unit_price),
            line.rated.amount,
            int(line.rated.trace["period_days"]),
            tuple(
                Unit(unit.unit_type, unit.unit_id, unit.name, unit.days)
                for unit in line.rated.units
                if not line.settles
            ),
            _every(line.segment.facts, line.segment.kind),
        )
        for line in lines
    )


def _price_of(trace: Mapping[str, Any], unit_price: Decimal) -> Decimal:
    """The agreed price; in tiers the one shown is an average that moves with the count."""
    return Decimal(trace["unit_price"]) if "tiers" in trace else unit_price


def _every(facts: Mapping[str, Any], kind: str) -> str:
    """The billing period of a line's terms, where it is not the month; work comes as it comes."""
    if kind in _AS_IT_COMES:
        return _AS_IT_COMES[kind]
    every = str(facts.get("every", "month"))
    return "" if every == "month" else every


def together(lines: Iterable[Billed]) -> list[Billed]:
    """One entry for each promise, with each unit's days summed; its newest price stands."""
    whole: dict[str, Billed] = {}
    for line in lines:
        before = whole.get(line.key)
        units: dict[tuple[str, int], Unit] = {}
        for unit in (*(before.units if before else ()), *line.units):
            seen = units.get(unit.key)
            units[unit.key] = replace(unit, days=unit.days + seen.days) if seen else unit
        amount = line.amount + (before.amount if before else 0)
        whole[line.key] = replace(line, amount=amount, units=tuple(units.values()))
    return list(whole.values())
