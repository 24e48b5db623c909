"""What work costs: nothing, hours that were paid ahead, or so much an hour, each with its reason.

The order is written down (H1): actual time, put together as agreed, minimum, steps, multiplier,
then what was paid ahead, and only what is left is charged by the hour.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from contracts.rules.labour.ledger import Grant, Ledger, Taken
from contracts.rules.rounding import EXACT, Rounding, charged_minutes, premium
from contracts.rules.terms.amounts import Hours
from contracts.rules.terms.worked import Labour
from msp.kit.money import round_money, round_price
from msp.kit.periods import Period

FREE = ("included", "no_charge")
_SHARE = Decimal("0.000001")
_TICK = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Worked:
    """A stretch of a time entry with the answer that coverage gave when it was written down.

    `agreed` says that somebody decided that it is charged, whatever is used up.
    """

    entry_id: int
    part: int
    ticket_id: int
    on: date
    started_at: datetime
    seconds: int
    work_type: str
    hour_class: str
    verdict: str
    agreement_id: int | None
    rate: Decimal | None = None
    multiplier: Decimal = Decimal(1)
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """A line that says what work costs, for the days it holds; its key outlives amendments."""

    key: str
    agreement_id: int
    terms: Labour | Hours
    period: Period


@dataclass(frozen=True, slots=True)
class Book:
    """All that the agreements of a client say about paying for work."""

    promises: tuple[Promise, ...] = ()
    grants: tuple[Grant, ...] = ()
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Charge:
    """A part of the work and what becomes of it.

    `outcome` is included, no_charge, drawn, overage, billed, unpriced, excluded, or what a block
    says of work beyond it: asked, while nobody has asked the client, or stopped. `minutes` are
    those that count after rounding and multiplying, `quantity` what a grant gave, in its own unit.
    """

    worked: Worked
    outcome: str
    minutes: Decimal
    rate: Decimal = Decimal(0)
    multiplier: Decimal = Decimal(1)
    promise_key: str = ""
    grant_key: str = ""
    quantity: Decimal = Decimal(0)

    @property
    def priced(self) -> tuple[Decimal, Decimal]:
        """The minutes and what an hour of them costs: nothing where nothing is charged."""
        charged = self.outcome in ("overage", "billed")
        return self.minutes, self.rate if charged else Decimal(0)


def amount_of(rows: Iterable[tuple[Decimal, Decimal]], currency: str) -> Decimal:
    """What minutes cost together: added up exactly, made hours of once, rounded once.

    Minutes are taken as a bill keeps them, so that it comes to the same when it is proven; a
    third of a minute that was kept as 0.333333 is twenty seconds again.
    """
    worth = sum((_seconds(minutes) * rate for minutes, rate in rows), Decimal(0))
    return round_money(worth / 3600, currency)


def _seconds(minutes: Decimal) -> Decimal:
    return (minutes.quantize(_SHARE) * 60).quantize(_TICK)


class _Together(NamedTuple):
    """What is rounded as one: the same price, kind and hours of one entry or one ticket's day."""

    agreement_id: int | None
    unit: tuple[int, ...]
    work_type: str
    hour_class: str
    rate: Decimal | None
    multiplier: Decimal
    agreed: bool


def charges(worked: Sequence[Worked], book: Book, taken: Sequence[Taken] = ()) -> list[Charge]:
    """Everything that was worked, charged in the order it was worked (H6)."""
    ledger = Ledger(book.grants, list(taken))
    found: list[Charge] = []
    groups: dict[_Together, list[Worked]] = {}
    for one in sorted(worked, key=_when):
        if one.verdict in FREE or one.verdict == "excluded":
            found.append(Charge(one, one.verdict, Decimal(one.seconds) / 60))
        else:
            groups.setdefault(_together(one, book), []).append(one)
    for key, parts in groups.items():
        found += _charged(key, parts, book, ledger)
    return sorted(found, key=lambda one: _when(one.worked))


def labour_for(worked: Worked, book: Book) -> Promise | None:
    """The line that prices an hour of this work: one that names its kind before one for all."""
    return _narrowest(worked, [one for one in book.promises if isinstance(one.terms, Labour)])


def allowance_for(worked: Worked, book: Book) -> Promise | None:
    """The allowance whose hours this work would draw, and whose overage it costs beyond them."""
    return _narrowest(worked, [one for one in book.promises if isinstance(one.terms, Hours)])


def _narrowest(worked: Worked, promises: Sequence[Promise]) -> Promise | None:
    fitting = [
        one
        for one in promises
        if one.agreement_id == worked.agreement_id
        and one.period.contains(worked.on)
        and (not one.terms.work_types or worked.work_type in one.terms.work_types)
    ]
    return min(fitting, key=lambda one: not one.terms.work_types, default=None)


def _together(one: Worked, book: Book) -> _Together:
    rounding, multiplier = _rules(one, book)
    per_day = rounding.per == "ticket_day"
    unit = (one.ticket_id, one.on.toordinal()) if per_day else (one.entry_id,)
    return _Together(
        one.agreement_id, unit, one.work_type, one.hour_class, one.rate, multiplier, one.agreed
    )


def _rules(one: Worked, book: Book) -> tuple[Rounding, Decimal]:
    """How this work is rounded, and the highest premium that speaks of it."""
    promise = labour_for(one, book)
    if promise is None or not isinstance(promise.terms, Labour):
        return EXACT, one.multiplier
    terms = promise.terms
    return terms.rounding, premium(one.multiplier, terms.premium_of(one.hour_class))


def _charged(
    key: _Together, parts: Sequence[Worked], book: Book, ledger: Ledger
) -> Iterator[Charge]:
    first = parts[0]
    rounding, multiplier = _rules(first, book)
    whole = charged_minutes(sum(one.seconds for one in parts), rounding, multiplier)
    rest = _beyond(first, book, multiplier)
    pieces: list[Charge] = []
    left = whole
    if first.agreement_id is not None:
        drawn, left = ledger.draw(
            agreement_id=first.agreement_id, on=first.on, work_type=first.work_type,
            minutes=whole, rate=rest.rate, currency=book.currency,
        )  # fmt: skip
        pieces = [
            Charge(
                first, "drawn", one.minutes, multiplier=multiplier, grant_key=one.grant_key,
                quantity=one.quantity,
            )
            for one in drawn
        ]  # fmt: skip
        rest = _used_up(rest, ledger.beyond(first.agreement_id, first.on, first.work_type))
    if left or not pieces:
        pieces.append(replace(rest, minutes=left))
    return _shared(parts, whole, pieces)


def _beyond(first: Worked, book: Book, multiplier: Decimal) -> Charge:
    """What is charged when nothing paid ahead is left, without its minutes."""
    allowance, labour = allowance_for(first, book), labour_for(first, book)
    none = Charge(first, "unpriced", Decimal(0), multiplier=multiplier)
    if allowance is not None and isinstance(allowance.terms, Hours):
        rate = allowance.terms.overage_rate
        if allowance.terms.plain_overage:
            rate = round_price(rate / multiplier, 6)
        return replace(none, outcome="overage", rate=rate, promise_key=allowance.key)
    if first.rate is not None:
        key = labour.key if labour else ""
        return replace(none, outcome="billed", rate=first.rate, promise_key=key)
    if labour is not None and isinstance(labour.terms, Labour):
        return replace(none, outcome="billed", rate=labour.terms.rate, promise_key=labour.key)
    return none


def _used_up(rest: Charge, said: str) -> Charge:
    """Work beyond a block, as the block says; what somebody agreed to is charged as usual."""
    if said == "overage" or rest.worked.agreed:
        return rest
    outcome = "asked" if said == "ask" else "stopped"
    return replace(rest, outcome=outcome, rate=Decimal(0), promise_key="")


def _shared(parts: Sequence[Worked], whole: Decimal, pieces: Sequence[Charge]) -> Iterator[Charge]:
    """The pieces of a group spread over the work behind it, by the time each took."""
    seconds = sum(one.seconds for one in parts)
    shares = [
        (whole * one.seconds / seconds).quantize(_SHARE) if seconds else Decimal(0)
        for one in parts[:-1]
    ]
    shares.append(whole - sum(shares, Decimal(0)))
    waiting = list(pieces)
    for one, share in zip(parts, shares, strict=True):
        yield from _taken_from(waiting, one, share)


def _taken_from(waiting: list[Charge], one: Worked, share: Decimal) -> Iterator[Charge]:
    while waiting:
        piece = waiting[0]
        minutes = min(share, piece.minutes)
        quantity = piece.quantity
        if minutes < piece.minutes:
            quantity = (piece.quantity * minutes / piece.minutes).quantize(_SHARE)
            waiting[0] = replace(
                piece, minutes=piece.minutes - minutes, quantity=piece.quantity - quantity
            )
        elif len(waiting) > 1:
            waiting.pop(0)
        else:  # what took no time at all and comes after is charged no minutes, but named
            waiting[0] = replace(piece, minutes=Decimal(0), quantity=Decimal(0))
        yield replace(piece, worked=one, minutes=minutes, quantity=quantity)
        share -= minutes
        if not share or not waiting[0].minutes:
            return


def _when(one: Worked) -> tuple[date, datetime, int, int]:
    return one.on, one.started_at, one.entry_id, one.part
