"""The promises somebody missed and an agreement gives something back for, as things stand now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.rules.credit_words import availability_key, breach_key, event_of
from contracts.clients.models import Client
from contracts.models import Agreement
from contracts.queries import CreditPromise
from contracts.rules.credits import Miss, Worth
from monitoring.queries import uptime
from msp.kit.periods import Period, day_start, local_date, month_of
from tickets import queries as tickets
from tickets.queries import Missed


@dataclass(frozen=True)
class Found:
    """A miss with the terms that held when it happened and what there is to show for it."""

    promise: CreditPromise
    month: Period
    miss: Miss
    evidence: dict[str, Any]


def breaches(
    client: Client, promises: Sequence[CreditPromise], before: datetime
) -> Iterator[Found]:
    """Promises of tickets, each under the terms of the day it was missed on."""
    agreements = {one.agreement_id for one in promises if one.terms.worths}
    for missed in tickets.missed_promises(
        client_id=client.pk, agreement_ids=agreements, before=before
    ):
        day = local_date(missed.missed_at, client.zone)
        for promise in promises:
            if promise.agreement_id == missed.agreement_id and promise.period.contains(day):
                found = _breach(missed, promise, month_of(day))
                if found:
                    yield found


def _breach(missed: Missed, promise: CreditPromise, month: Period) -> Found | None:
    worth = promise.terms.worths.get(missed.target)
    if worth is None or missed.priority > promise.terms.lowest_priority:
        return None
    key = breach_key(missed.ticket_id, missed.target)
    evidence = {
        "ticket_id": missed.ticket_id,
        "number": missed.number,
        "target": missed.target,
        "priority": missed.priority,
        "promised_seconds": missed.promised_seconds,
        "began_at": _iso(missed.began_at),
        "missed_at": _iso(missed.missed_at),
        "met_at": _iso(missed.met_at),
        "raised": missed.raised,
    }
    return Found(promise, month, Miss(key, event_of(key), missed.missed_at, worth), evidence)


def availability(
    client: Client, promises: Sequence[CreditPromise], month: Period, known_at: datetime
) -> Iterator[Found]:
    """Agreements whose devices were up for less of the month than was promised (S19)."""
    ended = day_start(month.end, client.zone)
    last = {one.agreement_id: one for one in promises if one.period.contains(month.last)}
    for promise in last.values():
        if not promise.terms.bands:
            continue
        agreement = Agreement.objects.select_related("client").get(pk=promise.agreement_id)
        row = uptime.of_month(agreement, month, known_at)
        share = row.figures.share if row.share is not None else None
        band = promise.terms.band_of(share) if share is not None else None
        if band is None:
            continue
        key = availability_key(promise.agreement_id, f"{month.start:%Y-%m}")
        evidence = {
            "share": f"{row.share:f}",
            "below": f"{band.below.normalize():f}",
            "devices": row.count,
            "down_seconds": int(row.figures.down.total_seconds()),
            "unknown_percent": f"{row.unknown:f}",
        }
        miss = Miss(key, event_of(key), ended, Worth(band.percent))
        yield Found(promise, month, miss, evidence)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
