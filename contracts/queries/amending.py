"""Quotes that change an agreement: what is different, in words and in money, and whether the
agreement is still the one they were written against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from contracts.models import AgreementLine, AgreementVersion, Quote, QuoteVersion
from contracts.queries.agreements import said_of, terms_of
from contracts.queries.composing import count, used_lately
from contracts.queries.pricing import known_units
from contracts.queries.quotes import Choice
from contracts.rules import quoting, words
from contracts.rules.quoting import QuotedLine, Sums
from contracts.rules.register import Interval
from contracts.rules.terms import Block, Terms, Usage, read_terms

CHANGED = (
    "The agreement was changed since this was written, so it does not fit any more. Ask us for a"
    " new quote."
)


@dataclass(frozen=True)
class Change:
    """What an option would make of the agreement: each thing told otherwise, and the money.

    `before` and `after` are reckoned with the same units; `once` is what it costs besides.
    """

    differences: list[words.Difference]
    before: Sums
    after: Sums

    @property
    def month(self) -> Decimal:
        """How much more a month costs, less where it is below nought."""
        return self.after.month - self.before.month


def change_of(version: QuoteVersion, choice: Choice, day: date) -> Change | None:
    """How a choice differs from the agreement it changes; None where a quote changes none."""
    base = version.quote.amends
    if base is None:
        return None
    wanted = [one.line for one in choice.chosen if not one.line.is_once]
    before = _sums_of(base, wanted, version, day)
    return Change(differences_of(version, choice, day), before, choice.sums)


def differences_of(version: QuoteVersion, choice: Choice, day: date) -> list[words.Difference]:
    """What is told otherwise once the choice holds from a day; from frozen rows alone."""
    base = version.quote.amends
    if base is None:
        return []
    level, old = version.level_version, said_of(base)
    kept = {str(line.line_key) for line in paid_ahead(base)}
    before = replace(old, lines=[row for row in old.lines if row[0] not in kept])
    wanted = [one.line for one in choice.chosen if not one.line.is_once]
    after = replace(
        before,
        lines=[(line.key, line.description, line.agreed(day)) for line in wanted],
        level=f"{level.level.name}, version {level.number}" if level else "",
        hours=level.calendar_name if level else "",
        targets=level.targets if level else None,
    )
    return words.differences(before, after)


def paid_ahead(version: AgreementVersion) -> list[AgreementLine]:
    """The blocks of a version: they are bought, and no quote offers them again."""
    return [line for line, terms in terms_of(version.lines.all()) if isinstance(terms, Block)]


def quotable(version: AgreementVersion, day: date) -> list[tuple[AgreementLine, Decimal]]:
    """The other lines of a version, with as many units as are there on a day, or as much as their
    meters used lately."""
    units = known_units([version.agreement.client_id])[version.agreement.client_id]
    return [
        (line, _many(terms, units, day))
        for line, terms in terms_of(version.lines.select_related("service", "level_version"))
        if not isinstance(terms, Block)
    ]


def _many(terms: Terms, units: Sequence[Interval], day: date) -> Decimal:
    if isinstance(terms, Usage):
        return used_lately(terms, units, day)
    return Decimal(count(terms, units, day))


def was_changed(quote: Quote) -> bool:
    """Whether the agreement has another version by now, published or being written."""
    base = quote.amends
    if base is None or quote.amended_id is not None:
        return False
    last = base.agreement.versions.order_by("-number").first()
    return last is None or last.pk != base.pk or base.agreement.state != "active"


def _sums_of(
    base: AgreementVersion, wanted: Iterable[QuotedLine], version: QuoteVersion, day: date
) -> Sums:
    """What the agreement comes to today with the units the quote reckons with."""
    many = {line.key: line.quantity for line in wanted}
    lines = [
        QuotedLine(key, line.description, terms, terms, many.get(key, quantity))
        for line, quantity in quotable(base, day)
        for key, terms in [(str(line.line_key), read_terms(line.kind, line.facts))]
    ]
    return quoting.sums(quoting.figures(lines, version.quote.currency))
