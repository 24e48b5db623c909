"""Why this bill differs from the last one, in words, and whether a person should look.

A bill whose change is explained by what came, went or was repriced can be approved with the rest.
What is new, gone, or larger than the thresholds allow asks for a look.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from billing.rules.credit_words import MISSED
from msp.kit.money import format_money, round_money

LONGEST = 400
_NAMED = 3
_NOUNS = {
    "device": ("device", "devices"),
    "user": ("person", "people"),
    "licence": ("licence", "licences"),
    "meter": ("meter", "meters"),
}


class Verdict(StrEnum):
    """What the reviewer of a run sorts by."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    NEEDS_LOOK = "needs_look"


@dataclass(frozen=True, slots=True)
class Unit:
    """A device or person on a line, with the days it counted."""

    unit_type: str
    unit_id: int
    name: str
    days: int

    @property
    def key(self) -> tuple[str, int]:
        """Which device or person this is."""
        return self.unit_type, self.unit_id


@dataclass(frozen=True, slots=True)
class Billed:
    """A line as it was charged. `key` is the same for the same promise from month to month.

    `every` names a billing period longer than a month: it is no news that such a line is not
    there in the months between.
    """

    key: str
    description: str
    unit_price: Decimal
    amount: Decimal
    period_days: int
    units: tuple[Unit, ...] = ()
    every: str = ""

    def shares(self) -> dict[tuple[str, int], Fraction]:
        """Each unit's part of the period, so that months of 30 and 31 days compare."""
        return {unit.key: Fraction(unit.days, self.period_days) for unit in self.units}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much may change before a person should look.

    A total must move by both its share and its floor, a count by both its share and its number.
    """

    total_share: Fraction = Fraction(20, 100)
    total_floor: Decimal = Decimal(50)
    count_share: Fraction = Fraction(20, 100)
    count_floor: int = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """The verdict, one explanation to read, and why a look is asked for.

    `because` is the explanation without the amount, for where the amount stands beside it.
    """

    verdict: Verdict
    explanation: str
    change: Decimal
    looks: tuple[str, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class _Pair:
    """One promise in both months; either may be missing."""

    now: Billed | None
    before: Billed | None

    @property
    def rare(self) -> Billed | None:
        """The line, where it is there in one month only and was not due in the other."""
        one = self.now or self.before
        return one if one and one.every and not (self.now and self.before) else None


def compare(
    now: Sequence[Billed],
    before: Sequence[Billed] | None,
    currency: str,
    *,
    thresholds: Thresholds | None = None,
    locale: str = "en_US",
) -> Difference:
    """This draft against last month's bill; None where there was none."""
    limits = thresholds or Thresholds()
    write = _Writer(currency, locale)
    total, last = _total(now, currency), _total(before or (), currency)
    if not before:
        return _first(now, total, write)
    if not now:
        said = f"Nothing is charged this month; last month it was {write.amount(last)}."
        return Difference(Verdict.NEEDS_LOOK, said, -last, ("The client is no longer charged.",))
    pairs = _paired(now, before)
    parts = [part for pair in pairs for part in _explained(pair, write)]
    if not parts and total == last:
        return Difference(Verdict.UNCHANGED, "The same as last month.", total - last)
    now_due, last_due = total - _rare(pair.now for pair in pairs if pair.rare), last
    last_due -= _rare(pair.before for pair in pairs if pair.rare)
    looks = (*_total_looks(now_due, last_due, limits), *_line_looks(pairs, limits))
    verdict = Verdict.NEEDS_LOOK if looks else Verdict.CHANGED
    said = _sentence(total - last, parts, write)
    return Difference(verdict, said, total - last, looks, _shortened("", parts))


# -- words ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Writer:
    """Amounts as this client reads them."""

    currency: str
    locale: str

    def amount(self, amount: Decimal) -> str:
        return format_money(amount, self.currency, self.locale)

    def price(self, price: Decimal) -> str:
        """A unit price may be finer than the currency; then its digits are given as they are."""
        exact = round_money(price, self.currency) == price
        return self.amount(price) if exact else f"{price.normalize():f} {self.currency}"


def _first(now: Sequence[Billed], total: Decimal, write: _Writer) -> Difference:
    if not now:
        return Difference(Verdict.UNCHANGED, "Nothing is charged, as last month.", total)
    counted = _counted_words(unit for line in now for unit in line.units)
    said = f"First bill: {counted + ', ' if counted else ''}{write.amount(total)}."
    return Difference(Verdict.NEEDS_LOOK, said, total, ("It is the first bill.",))


def _counted_words(units: Iterable[Unit]) -> str:
    seen = {unit.key for unit in units}
    words = []
    for unit_type in sorted({unit_type for unit_type, _ in seen}):
        words.append(_many(sum(kind == unit_type for kind, _ in seen), unit_type))
    return " and ".join(words)


def _many(count: int, unit_type: str) -> str:
    one, more = _NOUNS.get(unit_type, ("unit", "units"))
    return f"{count} {one if count == 1 else more}"


def _sentence(change: Decimal, parts: Sequence[str], write: _Writer) -> str:
    if not change:
        lead = "The same total as last month"
    else:
        lead = f"{write.amount(abs(change))} {'more' if change > 0 else 'less'} than last month"
    return _shortened(lead, parts)


def _shortened(lead: str, parts: Sequence[str]) -> str:
    """The lead and as many parts as there is room for, and how many are left out."""
    kept = list(parts)
    while True:
        left = len(parts) - len(kept)
        more = [f"{left} more change{'s' if left > 1 else ''}"] if left else []
        told = "; ".join(kept + more)
        said = f"{': '.join(word for word in (lead, told) if word)}."
        if len(said) <= LONGEST or not kept:
            return said
        kept.pop()


def _explained(pair: _Pair, write: _Writer) -> list[str]:
    now, before = pair.now, pair.before
    if pair.rare:
        return [_said_rarely(pair.rare, write, now=now is not None)]
    if before is None:
        return [f'"{now.description}" is new ({write.amount(now.amount)})'] if now else []
    if now is None:
        return [f'"{before.description}" ended ({write.amount(before.amount)} last month)']
    parts = []
    if now.unit_price != before.unit_price and (now.units or before.units):
        parts.append(
            f'"{now.description}" costs {write.price(now.unit_price)} each '
            f"instead of {write.price(before.unit_price)}"
        )
    parts += _units_explained(now, before)
    if not parts and now.amount != before.amount:
        parts.append(
            f'"{now.description}" is {write.amount(now.amount)} '
            f"instead of {write.amount(before.amount)}"
        )
    return parts


def _said_rarely(line: Billed, write: _Writer, *, now: bool) -> str:
    if line.every == MISSED:
        return f'"{line.description}"{"" if now else " last month"} ({write.amount(line.amount)})'
    when = "is due this month" if now else "was due last month"
    return f'"{line.description}", billed every {line.every}, {when} ({write.amount(line.amount)})'


def _units_explained(now: Billed, before: Billed) -> list[str]:
    was, shares = before.shares(), now.shares()
    stayed = [(unit, shares[unit.key] - was[unit.key]) for unit in now.units if unit.key in was]
    came = [unit for unit in now.units if unit.key not in was]
    left = [unit for unit in before.units if unit.key not in shares]
    longer = [unit for unit, change in stayed if change > 0]
    shorter = [unit for unit, change in stayed if change < 0]
    told = (
        (came, "added"),
        (left, "removed"),
        (longer, "counted for more of the month"),
        (shorter, "counted for less of the month"),
    )
    return [f"{_named(units)} {deed}" for units, deed in told if units]


def _named(units: Sequence[Unit]) -> str:
    names = [unit.name for unit in units[:_NAMED]]
    if len(units) > _NAMED:
        names.append(f"{len(units) - _NAMED} more")
    return f"{_many(len(units), units[0].unit_type)} ({', '.join(names)})"


# -- judgement -----------------------------------------------------------------------------------


def _total_looks(total: Decimal, last: Decimal, limits: Thresholds) -> list[str]:
    if total < 0:
        return ["The total is below zero."]
    moved = abs(total - last)
    if moved <= limits.total_floor or Fraction(moved) <= limits.total_share * Fraction(last):
        return []
    return [f"The total moved by {_percent(moved, last)}, more than {_share(limits.total_share)}."]


def _line_looks(pairs: Sequence[_Pair], limits: Thresholds) -> list[str]:
    looks = []
    for pair in pairs:
        now, before = pair.now, pair.before
        if pair.rare:
            continue
        if now is None and before is not None and before.amount:
            looks.append(f'"{before.description}" is no longer charged.')
        elif now is not None and before is not None:
            looks += _count_looks(now, before, limits)
    return looks


def _count_looks(now: Billed, before: Billed, limits: Thresholds) -> list[str]:
    if before.amount and not now.amount:
        return [f'"{now.description}" counted nothing.']
    moved = abs(len(now.units) - len(before.units))
    if moved < limits.count_floor or moved <= limits.count_share * len(before.units):
        return []
    return [
        f'"{now.description}" counts {len(now.units)} instead of {len(before.units)}, '
        f"more than {_share(limits.count_share)} apart."
    ]


def _percent(moved: Decimal, last: Decimal) -> str:
    return f"{moved * 100 / last:.0f} %" if last else "all of it"


def _share(share: Fraction) -> str:
    return f"{float(share) * 100:g} %"


# -- pairing -------------------------------------------------------------------------------------


def _paired(now: Sequence[Billed], before: Sequence[Billed]) -> list[_Pair]:
    """The same promise of both months side by side, this month's order first."""
    earlier = {line.key: line for line in before}
    pairs = [_Pair(line, earlier.pop(line.key, None)) for line in now]
    return pairs + [_Pair(None, line) for line in earlier.values()]


def _rare(lines: Iterable[Billed | None]) -> Decimal:
    return sum((line.amount for line in lines if line), Decimal(0))


def _total(lines: Iterable[Billed], currency: str) -> Decimal:
    return round_money(sum((line.amount for line in lines), Decimal(0)), currency)
