"""What it would cost to miss a ticket's promises, said while there is still time (M5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from billing.queries.crediting import fee_of, misses_of, waived_of
from billing.queries.meters import Known
from billing.queries.misses import Found
from billing.queries.written import written_for
from billing.rules.credit_words import PROMISES, breach_key, event_of
from contracts import queries as contracts
from contracts.queries import CreditPromise
from contracts.rules.credits import Worth, cap_of, credited, worth_of
from msp.kit.periods import Period, local_date, month_of
from tickets import queries as tickets
from tickets.models import Ticket
from tickets.queries import Shown


@dataclass(frozen=True)
class Exposure:
    """One promise of a ticket: what missing it gives back, of which month's fee, up to what cap.

    `percent` is of that fee, nought where it is an amount. `amount` is what it would still add,
    after the cap and after what the same ticket missed already; `used` is what the month's other
    misses took of the cap. `missed` says that it is too late.
    """

    promise: str
    amount: Decimal
    currency: str
    percent: Decimal
    month: date
    cap: Decimal
    cap_percent: Decimal
    used: Decimal
    due_at: datetime
    missed: bool


def exposure_of(ticket: Ticket, at: datetime) -> list[Exposure]:
    """What the open and the missed promises of a ticket give back; empty where nothing does."""
    if ticket.agreement_id is None or ticket.merged_into_id is not None:
        return []
    promises = [
        one
        for one in contracts.credit_promises(client_id=ticket.client_id)
        if one.agreement_id == ticket.agreement_id
    ]
    return [*_exposed(ticket, promises, at)] if promises else []


def _exposed(ticket: Ticket, promises: Sequence[CreditPromise], at: datetime) -> Iterator[Exposure]:
    waived = waived_of(ticket.client)
    for clock in tickets.clocks_of(ticket, at):
        due = clock.missed_at or clock.due_at
        if due is None or not (clock.open or clock.missed_at) or _key(ticket, clock) in waived:
            continue
        day = local_date(due, ticket.client.zone)
        promise = next((one for one in promises if one.period.contains(day)), None)
        worth = promise.terms.worths.get(clock.target) if promise else None
        if promise and worth and ticket.priority <= promise.terms.lowest_priority:
            yield _one(ticket, clock, due, promise, worth, at)


def _one(
    ticket: Ticket, clock: Shown, due: datetime, promise: CreditPromise, worth: Worth,
    at: datetime,
) -> Exposure:  # fmt: skip
    terms, currency = promise.terms, promise.currency
    month = month_of(local_date(due, ticket.client.zone))
    known = Known(ticket.client_id, at)
    fee = fee_of(written_for(ticket.client), promise.agreement_id, month, known)
    key = _key(ticket, clock)
    others, own = _taken(ticket, promise, month, fee, key, at)
    left = max(cap_of(terms, fee, currency) - others - own, Decimal(0))
    more = worth_of(worth, fee, currency)
    if not terms.each_target:
        more = max(more - own, Decimal(0))
    return Exposure(
        PROMISES[clock.target], min(more, left), currency, worth.percent,
        month.start, cap_of(terms, fee, currency), terms.cap_percent, others, due,
        clock.missed_at is not None,
    )  # fmt: skip


def _taken(
    ticket: Ticket, promise: CreditPromise, month: Period, fee: Decimal, key: str, at: datetime
) -> tuple[Decimal, Decimal]:
    """What other tickets took of the month's cap, and the ticket's other promise."""
    waived = waived_of(ticket.client)
    found: list[Found] = [
        one
        for one in misses_of(ticket.client, at)
        if one.promise.agreement_id == promise.agreement_id
        and one.month == month
        and one.miss.key not in {key, *waived}
    ]
    given = credited(promise.terms, fee, [one.miss for one in found], promise.currency)
    own = sum((one.given for one in given if one.miss.event == event_of(key)), Decimal(0))
    return sum((one.given for one in given), Decimal(0)) - own, own


def _key(ticket: Ticket, clock: Shown) -> str:
    return breach_key(ticket.pk, clock.target)
