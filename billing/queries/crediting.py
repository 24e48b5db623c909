"""What a bill gives back for promises that were missed (X6), asked anew with every count.

Nothing is kept of a miss but the line of a bill: while it is a draft the tickets are asked again,
so a miss that is none any more leaves no credit. What stands on another bill is not given again,
and what was learned late comes on the next one, under the month it was missed in.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from billing.models import Invoice, InvoiceLine, RunItem
from billing.queries.meters import Known
from billing.queries.misses import Found, availability, breaches
from billing.queries.staged import in_order
from billing.queries.written import DraftLine, Written, segment_of, written_for
from billing.rules.credit_words import described, event_of
from billing.rules.segments import Segment, changed_within, merged
from contracts import queries as contracts
from contracts.clients.models import Client
from contracts.queries import CreditPromise
from contracts.rules import rhythm as rhythms
from contracts.rules.credits import (
    Credit,
    CreditTerms,
    cap_of,
    credited,
    read_worth,
    worth_of,
    written_worth,
)
from contracts.rules.rating import RatedLine
from msp.kit.money import round_money
from msp.kit.periods import Period, day_start, month_of

KIND = "credit"
LOOKS_BACK = 3  # issued months whose availability is asked again: what was down is learned soon
# What a fee is of: no licences that are passed on, no work, nothing paid ahead (X6).
_FEES = ("per_device", "per_user", "flat", "hours", "percentage", "discount")


@dataclass(frozen=True)
class Standing:
    """A credit that stands on a bill already."""

    key: str
    agreement_id: int | None
    month: date
    amount: Decimal


def credits_on(
    client: Client, month: Period, known: Known, written: Sequence[Written], *,
    as_then: bool = False,
) -> list[DraftLine]:  # fmt: skip
    """The credits of a client's bill of a month, by agreement and the month they are about."""
    promises = contracts.credit_promises(client_id=client.pk)
    if not promises:
        return []
    before = min(day_start(month.end, client.zone), known.known_at)
    found = [*breaches(client, promises, before)]
    over = before == day_start(month.end, client.zone)
    for one in [*_issued_before(client, promises, month), *[month] * over]:
        found += availability(client, promises, one, known.known_at)
    standing = standing_elsewhere(client, month)
    if as_then:
        mine = _on_bills_of(client, month)
        found = [one for one in found if one.miss.key in mine]
        standing = [one for one in standing if one.month < month.start]
    return _lines(client, _open(client, found, standing), standing, known, written)


def _issued_before(
    client: Client, promises: Iterable[CreditPromise], month: Period
) -> list[Period]:
    """The latest issued months, whose availability may have been learned late."""
    if not any(one.terms.bands for one in promises):
        return []
    rows = Invoice.objects.filter(
        client=client, run__isnull=False, state=Invoice.State.ISSUED, starts_on__lt=month.start
    )
    days = rows.order_by("-starts_on").values_list("starts_on", flat=True).distinct()
    return [month_of(day) for day in days[:LOOKS_BACK]][::-1]


def clients_to_credit(month: Period, known: Collection[int]) -> set[int]:
    """Clients beside those who are known whose agreement is over, and who were not given yet what
    a promise gives back that was missed before it was."""
    rows = Client.objects.filter(pk__in=contracts.clients_with_credits()).exclude(pk__in=known)
    return {
        one.pk
        for one in rows
        if (found := misses_of(one, day_start(month.end, one.zone)))
        and _open(one, found, standing_elsewhere(one, month))
    }


def misses_of(client: Client, before: datetime) -> list[Found]:
    """Every miss of a client's tickets that some agreement gives something back for."""
    promises = contracts.credit_promises(client_id=client.pk)
    return [*breaches(client, promises, before)] if promises else []


def standing_elsewhere(client: Client, month: Period | None) -> list[Standing]:
    """The credits on bills of other months than this one; on all bills without one."""
    rows = InvoiceLine.objects.filter(kind=KIND, invoice__client=client)
    rows = rows.exclude(invoice__state=Invoice.State.VOID)
    if month is not None:
        rows = rows.exclude(invoice__starts_on=month.start)
    return [Standing(one.source_key, one.agreement_id, one.starts_on, -one.amount) for one in rows]


def waived_of(client: Client) -> set[str]:
    """The credits of a client that somebody decided not to give."""
    items = RunItem.objects.filter(client=client).exclude(waived=[])
    return {one["key"] for waived in items.values_list("waived", flat=True) for one in waived}


def fee_of(written: Iterable[Written], agreement_id: int, month: Period, known: Known) -> Decimal:
    """The recurring fee of an agreement for the days of a month, however it is billed."""
    segments = merged(
        segment_of(one.line, part, whole)
        for one in written
        if one.line.agreement_id == agreement_id and one.line.kind in _FEES
        for whole in rhythms.meeting(one.rhythm, month)
        if (part := _shared(one.line.period, whole, month))
    )
    by_days = changed_within(segments)
    by_days |= {(one.key, one.whole) for one in segments if one.whole != month}
    lines = in_order(segments, [], by_days, known)
    return max(sum((line.amount for line in lines), Decimal(0)), Decimal(0))


def _shared(held: Period, whole: Period, month: Period) -> Period | None:
    part = held.clip(whole)
    return part.clip(month) if part else None


def _open(client: Client, found: Iterable[Found], standing: Iterable[Standing]) -> list[Found]:
    """What is neither given on another bill nor waived, by itself or with what happened.

    Of what happened and was given for already, only what is worth more is left.
    """
    waived = waived_of(client)
    done = {one.key for one in standing} | waived
    events = {event_of(key) for key in waived}
    return [
        one
        for one in found
        if one.miss.key not in done
        and (one.promise.terms.each_target or one.miss.event not in events)
    ]


def _given_for(standing: Iterable[Standing]) -> dict[str, Decimal]:
    """What was given back already for each thing that happened."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for one in standing:
        found[event_of(one.key)] += one.amount
    return found


def _on_bills_of(client: Client, month: Period) -> set[str]:
    rows = InvoiceLine.objects.filter(
        kind=KIND, invoice__client=client, invoice__starts_on=month.start
    )
    return set(rows.values_list("source_key", flat=True))


# -- what it is worth ----------------------------------------------------------------------------


def _lines(
    client: Client, found: Iterable[Found], standing: Sequence[Standing], known: Known,
    written: Sequence[Written],
) -> list[DraftLine]:  # fmt: skip
    groups: dict[tuple[int, date], list[Found]] = defaultdict(list)
    for one in found:
        groups[one.promise.agreement_id, one.month.start].append(one)
    lines: list[DraftLine] = []
    given = _given_for(standing)
    for (agreement_id, first), misses in sorted(groups.items()):
        fee = fee_of(written, agreement_id, misses[0].month, known)
        used = used_of(standing, agreement_id, first)
        misses = [_less(one, given) for one in misses]
        for line in _of_month(misses, fee, used):
            given[event_of(line.source_key)] -= line.amount
            lines.append(line)
    return lines


def _less(found: Found, given: Mapping[str, Decimal]) -> Found:
    """A miss with what was given for its event, where one event counts once."""
    before = Decimal(0) if found.promise.terms.each_target else given.get(found.miss.event, 0)
    return replace(found, miss=replace(found.miss, given=Decimal(before)))


def used_of(standing: Iterable[Standing], agreement_id: int, first: date) -> Decimal:
    """What was given back for a month of an agreement already."""
    mine = [one for one in standing if (one.agreement_id, one.month) == (agreement_id, first)]
    return sum((one.amount for one in mine), Decimal(0))


def _of_month(found: Sequence[Found], fee: Decimal, used: Decimal) -> Iterator[DraftLine]:
    """The credits of one agreement and month; the newest terms say what the cap is."""
    promise = max((one.promise for one in found), key=lambda one: one.period.start)
    behind = {one.miss.key: one for one in found}
    misses = [one.miss for one in found]
    for credit in credited(promise.terms, fee, misses, promise.currency, used=used):
        if credit.asked:
            yield _line(behind[credit.miss.key], promise.terms, credit, fee)


def _line(found: Found, terms: CreditTerms, credit: Credit, fee: Decimal) -> DraftLine:
    promise, month = found.promise, found.month
    currency = promise.currency
    segment = Segment(
        promise.agreement_id, promise.agreement_name, 0,
        str(uuid5(NAMESPACE_OID, credit.miss.key)), described(found.evidence)[:200], KIND, {},
        month, currency, None, month,
    )  # fmt: skip
    amount = -credit.given if credit.given else Decimal(0)
    days = [month.start.isoformat(), month.end.isoformat()]
    trace = {
        "kind": KIND,
        "source": credit.miss.key,
        "period": days,
        "service": days,
        "period_days": month.days,
        "unit_days": month.days,
        "unit_price": f"{amount:f}",
        "base": f"{fee:f}",
        "amount": f"{amount:f}",
        "credit": {
            "worth": written_worth(credit.miss.worth),
            "asked": f"{credit.asked:f}",
            "before": f"{credit.before:f}",
            "cap": f"{cap_of(terms, fee, currency):f}",
            "cap_percent": f"{terms.cap_percent:f}",
            "given": f"{credit.miss.given:f}",
        },
        "missed": found.evidence,
    }
    line = RatedLine(f"{KIND}.missed", Decimal(1), amount, amount, trace)
    return DraftLine(segment, terms, line)


@dataclass(frozen=True)
class Decisions:
    """The credits of a draft that may be waived, and those that are."""

    lines: tuple[InvoiceLine, ...]
    waived: tuple[dict[str, Any], ...]

    @property
    def any(self) -> bool:
        return bool(self.lines or self.waived)


def decisions_on(bill: Invoice) -> Decisions:
    """What a person can decide, or has decided, about the credits of a bill."""
    item = RunItem.objects.filter(run=bill.run, client_id=bill.client_id).first()
    waived = [one | {"at": datetime.fromisoformat(one["at"]), "amount": Decimal(one["amount"])}
              for one in (item.waived if item and bill.run_id else [])]  # fmt: skip
    return Decisions(tuple(bill.lines.filter(kind=KIND)), tuple(waived))


# -- counted again -------------------------------------------------------------------------------


def recounted(line: InvoiceLine, known: Known) -> Decimal:
    """What a credit comes to with the fee as it is known at some moment."""
    client, told = line.invoice.client, line.trace["credit"]
    month = Period(line.starts_on, line.ends_on)
    fee = fee_of(written_for(client), line.agreement_id or 0, month, known)
    currency = line.invoice.currency
    cap = CreditTerms({}, cap_percent=Decimal(told["cap_percent"]))
    left = max(cap_of(cap, fee, currency) - Decimal(told["before"]), Decimal(0))
    worth = worth_of(read_worth(told["worth"]), fee, currency) - Decimal(told.get("given", 0))
    return round_money(-min(max(worth, Decimal(0)), left), currency)


def void_now(invoice: Invoice, at: datetime) -> list[str]:
    """Credits of an issued bill whose promise counts as missed no more, by what was learned."""
    rows = [one for one in invoice.lines.filter(kind=KIND) if "target" in one.trace["missed"]]
    if not rows:
        return []
    still = {one.miss.key for one in misses_of(invoice.client, at)}
    return [
        f'"{one.description}": the promise counts as missed no more.'
        for one in rows
        if one.source_key not in still
    ]
