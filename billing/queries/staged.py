"""One agreement's lines rated in order: what follows from others after those it follows from."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from billing.queries.meters import Known
from billing.queries.written import DraftLine, by_days, rated
from billing.rules.segments import Segment
from contracts.rules.rating import in_stages
from msp.kit.money import round_money
from msp.kit.periods import Period


def in_order(
    segments: Sequence[Segment],
    settlements: Sequence[DraftLine],
    changed: set[tuple[str, Period | None]],
    known: Known,
) -> list[DraftLine]:
    """One agreement's lines, those that follow from others after those they follow from."""

    def rate(at: int, earlier: list[DraftLine]) -> list[DraftLine]:
        segment = segments[at]
        base = _base(segment, segments, [*settlements, *earlier])
        terms = by_days(segment, changed)
        return [DraftLine(segment, terms, line) for line in rated(segment, terms, known, base)]

    staged = in_stages([segment.kind for segment in segments], rate)
    return [line for lines in staged for line in lines]


def _base(segment: Segment, segments: Sequence[Segment], earlier: Iterable[DraftLine]) -> Decimal:
    """What a line follows from: the others by the days both were in force.

    What was billed for another stretch, such as the month ahead, goes with the newest terms, and
    so does work of an earlier month that was written down late. What was committed is a month's:
    such work does not make it up.
    """
    latest = max(one.period.end for one in segments if one.key == segment.key)
    total = Decimal(0)
    for line in earlier:
        if segment.kind == "commitment" and "corrects" in line.rated.trace:
            continue
        days = line.segment.period
        shared = days.clip(segment.period)
        late = _late(line.segment) and segment.kind != "commitment"
        if line.segment.whole == segment.whole and not late:
            total += line.amount * (shared.days if shared else 0) / days.days
        elif segment.period.end == latest:
            total += line.amount
    return round_money(total, segment.currency)


def _late(segment: Segment) -> bool:
    """Whether it charges work of a month before the one that is billed."""
    whole = segment.whole
    return segment.kind == "time" and whole is not None and segment.period.clip(whole) is None
