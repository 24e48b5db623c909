"""The allowances, blocks and retainers that lines give, with the days they may be used."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from contracts.rules.labour.ledger import BLOCK, MONEY, Grant
from contracts.rules.rhythm import MONTHS, Rhythm, meeting
from contracts.rules.terms.amounts import Hours
from contracts.rules.terms.worked import Block, Retainer
from msp.kit.periods import Period, anchored

_NEVER = date.max
_LAST_YEAR = 9000


@dataclass(frozen=True, slots=True)
class Given:
    """A line that gives hours or money, for the days it holds, with its anchored rhythm.

    `issued_on` is when the bill with a block was issued, as far as it was.
    """

    key: str
    agreement_id: int
    terms: Hours | Block | Retainer
    period: Period
    rhythm: Rhythm
    issued_on: date | None = None


def grants_of(given: Iterable[Given], until: date) -> tuple[Grant, ...]:
    """Every grant that begins before a day; of two versions of a line the later says how much.

    A block once bought stays, whatever becomes of its line; an allowance begun in the middle of a
    period is whole (H8).
    """
    known = list(given)
    found: dict[str, Grant] = {}
    for one in known:
        for grant in _of(one, until, _holds_until(one, known)):
            before = found.get(grant.key)
            if before is not None:
                grant = replace(grant, starts_on=min(grant.starts_on, before.starts_on))
            found[grant.key] = grant
    return tuple(found.values())


def _holds_until(one: Given, given: Iterable[Given]) -> date:
    """The end of a line through every version that follows on without a day between."""
    end = one.period.end
    for other in sorted(given, key=lambda each: each.period.start):
        if other.key == one.key and one.period.start <= other.period.start <= end:
            end = max(end, other.period.end)
    return end


def _of(one: Given, until: date, holds_until: date) -> list[Grant]:
    terms = one.terms
    if isinstance(terms, Block):
        opens_on = _opens_on(one, terms)
        return [_block(one, terms, opens_on)] if opens_on and opens_on < until else []
    last = min(one.period.end, until)
    if last <= one.period.start:
        return []
    return [
        _of_period(one, terms, whole, part, holds_until)
        for whole in meeting(one.rhythm, Period(one.period.start, last))
        if (part := whole.clip(one.period))
    ]


def _opens_on(one: Given, terms: Block) -> date | None:
    """The first day it may be used; None while the bill with it is not issued."""
    if terms.opens == "bought":
        return terms.bought_on
    return None if one.issued_on is None else max(terms.bought_on, one.issued_on)


def _block(one: Given, terms: Block, opens_on: date) -> Grant:
    ends_on = terms.expires_on + timedelta(days=1) if terms.expires_on else _NEVER
    ends_on = max(min(ends_on, terms.refunded_on or _NEVER), opens_on)
    return Grant(
        key=one.key, agreement_id=one.agreement_id, amount=terms.hours * 60,
        starts_on=opens_on, own_until=ends_on, ends_on=ends_on, rank=BLOCK,
        work_types=terms.work_types, used_up=terms.used_up,
    )  # fmt: skip


def _of_period(
    one: Given, terms: Hours | Retainer, whole: Period, part: Period, holds_until: date
) -> Grant:
    """What is left may be used `rolls` periods longer, while the line holds in any version."""
    ends_on = min(_later(whole, one.rhythm, terms.rolls), max(holds_until, part.end))
    grant = Grant(
        key=f"{one.key}:{whole.start}", agreement_id=one.agreement_id, amount=Decimal(0),
        starts_on=part.start, own_until=min(whole.end, ends_on), ends_on=ends_on,
        work_types=terms.work_types,
    )  # fmt: skip
    if isinstance(terms, Retainer):
        return replace(grant, amount=terms.amount, unit=MONEY, rank=2)
    cap = None if terms.roll_cap is None else terms.roll_cap * 60
    return replace(grant, amount=terms.hours * 60, base_first=terms.base_first, roll_cap=cap)


def _later(whole: Period, rhythm: Rhythm, rolls: int) -> date:
    """The end of the period so many periods on, measured from the anchor."""
    if not rolls or rhythm.anchor_on is None or whole.end.year > _LAST_YEAR:
        return whole.end
    anchor = rhythm.anchor_on
    step = MONTHS[rhythm.every]
    gone = (whole.start.year - anchor.year) * 12 + whole.start.month - anchor.month
    number = round(gone / step)
    return anchored(anchor, (number + 1 + rolls) * step)
