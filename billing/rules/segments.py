"""The stretches of a month in which one promise was in force, laid end to end.

An agreement that is amended in the middle of a month has two versions in it. A line the amendment
left alone is one stretch all the same, so that it is counted and rounded once.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from msp.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Segment:
    """One agreement line for the days it was in force; its `key` outlives amendments.

    `whole` is the billing period the days lie in, which its price is for. `line_ids` are the lines
    of every version that said the same.
    """

    agreement_id: int
    agreement_name: str
    line_id: int
    key: str
    description: str
    kind: str
    facts: dict[str, Any] = field(hash=False)
    period: Period
    currency: str
    service_id: int | None = None
    whole: Period | None = None
    line_ids: tuple[int, ...] = ()

    def says_the_same(self, other: "Segment") -> bool:
        """Whether the other stretch charges the same promise in the same way."""
        same = replace(other, line_id=self.line_id, line_ids=self.line_ids, period=self.period)
        return same == self


def merged(segments: Iterable[Segment]) -> list[Segment]:
    """Touching stretches of a promise that say the same, as one; the order given is kept."""
    whole: list[Segment] = []
    at: dict[tuple[str, Period | None], int] = {}
    for one in segments:
        place = at.get((one.key, one.whole))
        if place is not None:
            before = whole[place]
            if before.period.end == one.period.start and before.says_the_same(one):
                period = Period(before.period.start, one.period.end)
                ids = tuple(dict.fromkeys((*before.line_ids, *one.line_ids)))
                whole[place] = replace(one, period=period, line_ids=ids)
                continue
        at[one.key, one.whole] = len(whole)
        whole.append(one)
    return whole


def changed_within(segments: Iterable[Segment]) -> set[tuple[str, Period | None]]:
    """The promises whose terms changed within a period, so that each part is charged by days."""
    times = Counter((one.key, one.whole) for one in segments)
    return {key for key, count in times.items() if count > 1}
