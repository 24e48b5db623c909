"""What a month's bill charges for: the periods that fall due in it, and what changed in periods
that were paid ahead.

A line in arrears is billed for the periods that ended in the month, a line in advance for those
that begin in the month after. What was billed ahead is counted again with every bill while its
period runs, and the difference is settled: who came is charged for the rest, who left or ended
is given it back. So every day of a line is billed once, and the sum is right at its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from billing.models import Run
from billing.queries.ahead import Ahead, billed_ahead, settlements
from billing.queries.corrections import corrections
from billing.queries.crediting import credits_on
from billing.queries.labour import Left, work_on
from billing.queries.meters import Known
from billing.queries.refunds import refunds
from billing.queries.staged import in_order
from billing.queries.voids import voids
from billing.queries.written import DraftLine, Written, segment_of, written_for
from billing.rules.segments import Segment, changed_within, merged
from contracts.clients.models import Client
from contracts.rules import rhythm as rhythms
from msp.kit.periods import Period, month_of, previous_month


@dataclass(frozen=True)
class Charged:
    """The lines of a month's bill, and the work on none: without a price, asked about first,
    or not approved yet."""

    lines: list[DraftLine]
    unpriced: Left = field(default_factory=Left)
    asked: Left = field(default_factory=Left)
    unapproved: int = 0


def charges_of(*, client: Client, month: Period, known: Known, as_then: bool = False) -> Charged:
    """Every line of the client's bill of a month, settlements before what is charged anew.

    `as_then` leaves out what later bills billed ahead and drew, so that a month that was billed
    comes out as it did.
    """
    written = written_for(client)
    wrong = voids(client, month, known, as_then=as_then)
    work = work_on(client, month, known, written, given_back=wrong, as_then=as_then)
    ahead = billed_ahead(client, month, as_then=as_then)
    due = merged(_due(written, month, ahead, known))
    changed = changed_within(due)
    lines = corrections(client, written, month, known)
    lines += settlements(written, month, ahead, known)
    lines += wrong
    lines += refunds(client, written, month, work.lines, as_then=as_then)
    for agreement_id in dict.fromkeys(
        [
            *(one.agreement_id for one in due),
            *(line.segment.agreement_id for line in (*lines, *work.lines)),
        ]
    ):
        worked = [line for line in work.lines if line.segment.agreement_id == agreement_id]
        before = [line for line in lines if line.segment.agreement_id == agreement_id]
        segments = [one for one in due if one.agreement_id == agreement_id]
        lines += [*in_order(segments, [*before, *worked], changed, known), *worked]
    lines += credits_on(client, month, known, written, as_then=as_then)
    return Charged(lines, work.unpriced, work.asked, work.unapproved)


def _due(
    written: Sequence[Written], month: Period, ahead: Sequence[Ahead], known: Known
) -> list[Segment]:
    found = []
    for one in written:
        for whole in _periods_due(one, month):
            part = one.line.period.clip(whole)
            if part is None or (
                one.rhythm.in_advance and not _falls_due(one, whole, part, month, ahead, known)
            ):
                continue
            found.append(segment_of(one.line, part, whole))
    return found


def _periods_due(one: Written, month: Period) -> list[Period]:
    """In arrears what ended; in advance whatever meets this month or begins in the next."""
    if not one.rhythm.in_advance:
        return rhythms.due(one.rhythm, month)
    return rhythms.meeting(one.rhythm, Period(month.start, month_of(month.end).end))


def _falls_due(
    one: Written, whole: Period, part: Period, month: Period, ahead: Sequence[Ahead],
    known: Known,
) -> bool:  # fmt: skip
    """Whether a period ahead is this bill's: not billed, and begun since the last bill's horizon.

    One that begins in the month after is this bill's. One that began in this month is only if the
    bill before could not know of it.
    """
    if any(row.key == str(one.line.line_key) and row.whole == whole for row in ahead):
        return False  # the settlement brings it to what it should be
    if part.start >= month.end:
        return month_of(month.end).contains(part.start)
    if part.start < month.start:
        return False
    before = Run.objects.filter(starts_on=previous_month(month).start).first()
    return before is None or before.asked_at is None or before.asked_at < one.line.published_at
