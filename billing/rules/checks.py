"""What a person should look at before a bill is approved (I14), and what stops it outright.

Every check says what it found in words that name the line or the device, because the one who reads
it must be able to act on it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from contracts.rules.register import UnitDays

_NAMED = 3
# They are nothing where others are nothing; work that is free is shown all the same.
_FOLLOWING = ("percentage", "discount", "commitment", "time", "credit")


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; while one that `blocks` stands, the bill cannot be approved.

    A finding that is `known` stood on last month's bill already, about the same `names`: it is
    still told, and asks for no second look.
    """

    code: str
    text: str
    blocks: bool = False
    known: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """What the checks need to know of a rated line. `classes` empty means every class.

    `known_zero` is a line that counted nothing last month either: somebody has seen that.
    """

    description: str
    kind: str
    amount: Decimal
    price: Decimal
    service_id: int | None = None
    classes: tuple[str, ...] = ()
    units: tuple[UnitDays, ...] = ()
    known_zero: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A draft as the checks see it.

    `uncovered` are monitored devices that no line speaks of, `seen` those last month's bill named.
    `told` is what else somebody should know: corrections of issued months, silent devices.
    """

    lines: tuple[CheckedLine, ...]
    billing_email: str
    uncovered: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()
    told: tuple[Check, ...] = ()


def findings(subject: Subject) -> tuple[Check, ...]:
    """Everything to look at, what blocks first."""
    found = [
        *_double_cover(subject.lines),
        *_missing_prices(subject.lines),
        *_uncovered(subject),
        *_zero_lines(subject.lines),
        *_no_address(subject.billing_email),
        *subject.told,
        *(Check("change", text) for text in subject.looks),
    ]
    return tuple(sorted(found, key=lambda check: (not check.blocks, check.known)))


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    shown = list(names[:_NAMED])
    if len(names) > _NAMED:
        shown.append(f"{len(names) - _NAMED} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def silence(names: tuple[str, ...], seen: Sequence[str]) -> Iterator[Check]:
    """Devices that are charged and were not heard of for longer than their line allows (Q5)."""
    if names:
        many = f"{len(names)} device{'s are' if len(names) > 1 else ' is'}"
        text = f"{many} charged and silent for too long: {listed(names)}."
        yield Check("silent", text, known=set(names) <= set(seen), names=names)


def _uncovered(subject: Subject) -> Iterator[Check]:
    """Devices we watch and nobody pays for."""
    names = subject.uncovered
    if names:
        many = f"{len(names)} monitored device{'s are' if len(names) > 1 else ' is'}"
        text = f"{many} on no agreement line: {listed(names)}."
        yield Check("leakage", text, known=set(names) <= set(subject.seen), names=names)


def unpriced(seconds: int, torn: int = 0) -> Iterator[Check]:
    """Work is never charged at nothing because nobody wrote down its price (T10).

    What is `torn` from time that is on the bill blocks: the bill would bind it and lose it.
    """
    if torn:
        text = (
            f"{_hours(torn)} hours of work have no price, and the rest of the same entries is on"
            " this bill. Agree on a price or say that they are without charge, and count again."
        )
        yield Check("unpriced_rest", text, blocks=True)
    if seconds > torn:
        text = f"{_hours(seconds - torn)} hours of work have no price: no line says one."
        yield Check("unpriced_time", text)


def metering(meters: Iterable[Mapping[str, Any]]) -> Iterator[Check]:
    """Meters that show less than before without a reason, or that nobody read."""
    for one in meters:
        if "held" in one:
            at, value = one["held"]
            text = (
                f"{one['name']} shows {value} on {at[:10]}, less than before, and nobody said why."
                " Nothing after it is charged. Say on the meter's page whether it was reset."
            )
            yield Check("meter", text)
        elif not one["readings"]:
            yield Check("unread", f"{one['name']} was not read in this period.")


def unapproved(seconds: int) -> Iterator[Check]:
    """Work of a client whose time is approved first: it comes on a bill once somebody did (C3)."""
    if seconds:
        text = f"{_hours(seconds)} hours of work wait for approval and are not on this bill."
        yield Check("unapproved_time", text)


def after_projects(seconds: int) -> Iterator[Check]:
    """Work on a project's tickets after its end: a fee that was paid does not pay for it (X1)."""
    if seconds:
        text = (
            f"{_hours(seconds)} hours were worked on tickets of projects that are over, and nothing"
            " pays for them. Write such work down on tickets of its own, or say on the entries that"
            " it is without charge."
        )
        yield Check("after_project", text)


def asked(seconds: int, torn: int = 0) -> Iterator[Check]:
    """Work beyond hours that were used up, of an agreement that says to ask first (H11)."""
    if seconds:
        text = (
            f"{_hours(seconds)} hours of work go beyond what was paid ahead, and the agreement says"
            " to ask first. Say on the entries whether they are billable, and count again."
        )
        yield Check("ask_first", text, blocks=bool(torn))


def _hours(seconds: int) -> str:
    return f"{Decimal(seconds) / 3600:.2f}"


def _double_cover(lines: Iterable[CheckedLine]) -> Iterator[Check]:
    for one, other in combinations(lines, 2):
        if not _same_offer(one, other):
            continue
        shared = [unit.name for unit in one.units if _meets(unit, other.units)]
        if shared:
            text = f'"{one.description}" and "{other.description}" both charge {listed(shared)}.'
            yield Check("double_cover", text, blocks=True)


def _same_offer(one: CheckedLine, other: CheckedLine) -> bool:
    """Lines of one service, or of none and equally wide, sell the same thing."""
    if one.kind != other.kind or one.service_id != other.service_id:
        return False
    return one.service_id is not None or set(one.classes) == set(other.classes)


def _meets(unit: UnitDays, others: Iterable[UnitDays]) -> bool:
    key = (unit.unit_type, unit.unit_id)
    return any(
        mine.clip(theirs) is not None
        for other in others
        if (other.unit_type, other.unit_id) == key
        for mine in unit.stretches
        for theirs in other.stretches
    )


def _missing_prices(lines: Iterable[CheckedLine]) -> Iterator[Check]:
    for line in lines:
        if not line.price and line.kind not in _FOLLOWING:
            yield Check("missing_price", f'"{line.description}" has no price.')


def _zero_lines(lines: Iterable[CheckedLine]) -> Iterator[Check]:
    for line in lines:
        if line.price and not line.amount and not line.known_zero:
            yield Check("zero_line", f'"{line.description}" counts nothing this month.')


def _no_address(email: str) -> Iterator[Check]:
    if not email:
        yield Check("no_billing_email", "The client has no billing e-mail.")
