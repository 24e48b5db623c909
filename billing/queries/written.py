"""What is written in a client's agreements, as a bill reads it: lines, terms, rhythms, rates."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from billing.queries.meters import Known, read_for
from billing.rules.segments import Segment, merged
from contracts import queries as contracts
from contracts.clients.models import Client
from contracts.queries import BillableLine
from contracts.rules.credits import CreditTerms, write_credits
from contracts.rules.labour import Charge
from contracts.rules.rating import RATES, RatedLine
from contracts.rules.rhythm import Rhythm
from contracts.rules.terms import Flat, Hours, Retainer, Terms, read_terms
from contracts.rules.terms.stored import rhythm_of, write_terms
from msp.kit.facts import InvalidFact
from msp.kit.periods import Period
from msp.kit.refusals import Refused
from tickets.queries import Piece

EVER = Period(date.min, date.max)


@dataclass(frozen=True)
class TimeShare:
    """A part of some work on a line, with the entry behind it."""

    charge: Charge
    piece: Piece


@dataclass(frozen=True)
class DraftLine:
    """A rated line with the promise it charges; `settles` one that was billed ahead before.

    `times` is the work behind it, where it charges work.
    """

    segment: Segment
    terms: Terms | CreditTerms
    rated: RatedLine
    settles: bool = False
    times: tuple[TimeShare, ...] = ()

    @property
    def amount(self) -> Decimal:
        return self.rated.amount

    @property
    def key(self) -> str:
        """What no day may be billed twice for; settlements and work have their own each month."""
        trace = self.rated.trace
        return str(trace.get("settles") or trace.get("charge") or self.segment.key)

    @property
    def source_key(self) -> str:
        """What it charges or gives back, once on a bill; a credit once on any."""
        return str(self.rated.trace.get("source") or f"{self.key}:{self.segment.period.start}")

    @property
    def facts(self) -> dict[str, Any]:
        """The terms as its trace keeps them."""
        terms = self.terms
        return write_credits(terms) if isinstance(terms, CreditTerms) else write_terms(terms)


@dataclass(frozen=True)
class Written:
    """An agreement line as long as it holds, with its terms and its anchored rhythm."""

    line: BillableLine
    terms: Terms
    rhythm: Rhythm


def segments_of(*, client: Client, period: Period) -> list[Segment]:
    """What the client's agreements promise in a period, stretches of the same terms as one."""
    lines = contracts.billable_lines(client_id=client.pk, period=period)
    return merged(segment_of(line, line.period, None) for line in lines)


def written_for(client: Client) -> list[Written]:
    """Every line of the client's published agreements, as long as it holds."""
    found = []
    for line in contracts.billable_lines(client_id=client.pk, period=EVER):
        terms = terms_of(line.kind, line.facts, line.description, line.agreement_name)
        found.append(Written(line, terms, rhythm_of(terms).anchored_by(line.agreement_starts_on)))
    return found


def segment_of(line: BillableLine, part: Period, whole: Period | None) -> Segment:
    """A part of a line, inside the billing period its price is for."""
    return Segment(
        line.agreement_id, line.agreement_name, line.line_id, str(line.line_key),
        line.description, line.kind, line.facts, part, line.currency, line.service_id, whole,
        (line.line_id,),
    )  # fmt: skip


def rated(
    segment: Segment, terms: Terms, known: Known, base: Decimal = Decimal(0)
) -> list[RatedLine]:
    """A segment metered and rated over its billing period."""
    if segment.whole is None:
        raise ValueError("whole: a segment is rated for a billing period")
    reading = replace(read_for(segment.kind, segment.key, known, segment.period), base=base)
    return RATES[segment.kind](terms, reading, segment.whole, segment.currency)


def by_days(segment: Segment, changed: set[tuple[str, Period | None]]) -> Terms:
    """The terms; the parts of a fee that changed within its period are each charged by their days,
    so that they tile it."""
    terms = terms_of(segment.kind, segment.facts, segment.description, segment.agreement_name)
    if isinstance(terms, Flat | Hours | Retainer) and (segment.key, segment.whole) in changed:
        return replace(terms, prorate=True)
    return terms


def terms_of(kind: str, facts: object, description: str, agreement_name: str) -> Terms:
    """The typed terms of a line, or a refusal that names it."""
    try:
        return read_terms(kind, facts)
    except InvalidFact as error:
        raise Refused(
            f'"{description}" of {agreement_name} cannot be charged: {error.field} {error.reason}.',
            code="bad_terms",
        ) from error
