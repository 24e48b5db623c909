"""What agreements will bill for a whole month, from the units the register knows now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.models import Q

from contracts.clients.models import Client, UnitVersion
from contracts.clients.queries import metered, versions_of
from contracts.models import Agreement, AgreementVersion
from contracts.queries.agreements import in_force, published_of, terms_of
from contracts.queries.estimate import Estimate, estimate
from contracts.rules.rating import in_stages, total_of
from contracts.rules.register import Interval, as_known, snapshot
from contracts.rules.terms import PerDevice, Terms, Usage
from msp.kit.periods import Period, local_date, month_of

_FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class BillRow:
    """One line of a coming bill."""

    description: str
    terms: Terms
    estimate: Estimate


@dataclass(frozen=True)
class Bill:
    """What a month will bill before tax if nobody comes and nobody goes."""

    period: Period
    currency: str
    rows: list[BillRow]
    total: Decimal


def coming_period(starts_on: date, today: date) -> Period:
    """The first whole month from a date on that has not begun without it."""
    month = month_of(max(starts_on, today))
    whole = starts_on >= today and starts_on == month.start
    return month if whole else month_of(month.end)


def bill_of(
    lines: Iterable[tuple[str, Terms]], intervals: Sequence[Interval], period: Period, currency: str
) -> Bill:
    """The bill of lines that may not be saved yet; meters are read where a line charges them."""
    known = list(lines)
    charged = any(isinstance(terms, Usage) for _text, terms in known)
    meters = metered({one.unit_id for one in intervals if charged and one.unit_type == "meter"})
    rates: dict[int, Estimate] = {}

    def rate(at: int, earlier: list[Estimate]) -> list[Estimate]:
        rates[at] = estimate(known[at][1], intervals, period, currency, total_of(earlier), meters)
        return [rates[at]]

    in_stages([terms.kind for _description, terms in known], rate)
    rows = [BillRow(text, terms, rates[at]) for at, (text, terms) in enumerate(known)]
    total = sum((row.estimate.amount for row in rows), Decimal(0))
    return Bill(period, currency, rows, total)


def version_bill(version: AgreementVersion, intervals: Sequence[Interval], period: Period) -> Bill:
    """The bill of a version's saved lines."""
    lines = [(line.description, terms) for line, terms in terms_of(version.lines.all())]
    return bill_of(lines, intervals, period, version.agreement.currency)


def known_units(client_ids: Iterable[int]) -> dict[int, list[Interval]]:
    """The units that several clients pay for, as the register knows them now, in one question."""
    wanted = list(client_ids)
    paid = UnitVersion.objects.filter(payer_id__in=wanted).values("interval_id")
    rows = UnitVersion.objects.filter(Q(client_id__in=wanted) | Q(interval_id__in=paid))
    found: dict[int, list[Interval]] = defaultdict(list)
    for interval in as_known(versions_of(rows), _FAR):
        found[interval.marks.payer_id or interval.client_id].append(interval)
    return found


@dataclass(frozen=True)
class Standing:
    """An agreement as a list shows it: the version that holds or will, and its month."""

    version: AgreementVersion
    bill: Bill


def standings(
    agreements: Iterable[Agreement],
    at: datetime,
    versions: Iterable[AgreementVersion] | None = None,
) -> dict[int, Standing]:
    """Version and coming bill of each agreement that has one, in a fixed number of questions.

    `versions` are all that these agreements published, where the caller has read them.
    """
    wanted = {agreement.pk: agreement for agreement in agreements}
    units = known_units({agreement.client_id for agreement in wanted.values()})
    by_agreement: dict[int, list[AgreementVersion]] = defaultdict(list)
    for version in published_of(list(wanted)) if versions is None else versions:
        if version.agreement_id in wanted:
            by_agreement[version.agreement_id].append(version)
    found = {}
    for pk, versions in by_agreement.items():
        agreement = wanted[pk]
        today = local_date(at, agreement.client.zone)
        version = _held(versions, today)
        period = coming_period(version.effective_on, today)
        bill = version_bill(version, units[agreement.client_id], period)
        found[pk] = Standing(version, bill)
    return found


def monthly(standings: Iterable[Standing]) -> dict[str, Decimal]:
    """What agreements bill in a month, by currency: amounts of two are never added up."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for standing in standings:
        totals[standing.bill.currency] += standing.bill.total
    return dict(totals)


def running_of(client: Client, at: datetime) -> list[Agreement]:
    """A client's agreements in effect."""
    return [one for one in client.agreements.select_related("client") if running(one, at)]


def running(agreement: Agreement, at: datetime) -> bool:
    """Whether an agreement is in effect on the client's date."""
    day = local_date(at, agreement.client.zone)
    active = agreement.state != Agreement.State.DRAFT
    return active and agreement.starts_on <= day < (agreement.ends_on or date.max)


def uncovered(
    lines: Iterable[Terms], others: Iterable[Terms], intervals: Sequence[Interval], day: date
) -> list[Interval]:
    """Devices there on a day that no line counts; none where no line counts devices."""
    counting = [terms for terms in lines if isinstance(terms, PerDevice)]
    if not counting:
        return []
    everybody = counting + [terms for terms in others if isinstance(terms, PerDevice)]
    devices = [one for one in intervals if one.unit_type == "device"]
    return [
        one
        for one in snapshot(devices, day)
        if not any(_speaks_of(terms, one) for terms in everybody)
    ]


def _speaks_of(terms: PerDevice, interval: Interval) -> bool:
    """Whether a line counts a device, or leaves it out by name: then somebody decided about it."""
    named = not terms.device_classes or interval.unit_class in terms.device_classes
    return named and (not terms.site_ids or interval.site_id in terms.site_ids)


def _held(versions: list[AgreementVersion], day: date) -> AgreementVersion:
    """The version of the day, else the next to come, else the last."""
    spans = [(version, in_force(version)) for version in versions]
    held = [version for version, span in spans if span and span.contains(day)]
    coming = [version for version in versions if version.effective_on > day]
    return [*held, *coming, *reversed(versions)][0]
