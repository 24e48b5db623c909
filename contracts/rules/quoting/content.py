"""The options and lines of a quote, as they are stored in one of its versions.

A recurring line has the terms of an agreement line, so that it can become one as it is; a line
that is delivered once has a price and a quantity. What is taken off is in the terms already: the
list price stands beside them to be read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from contracts.rules.pricing.schemes import check_price
from contracts.rules.repricing import uplift_facts
from contracts.rules.terms import Block, Counting, Terms, Usage, read_terms, write_terms
from contracts.rules.terms.worked import MOST_KINDS, check_hours
from msp.kit.facts import Facts, InvalidFact, inside
from msp.kit.periods import anchored

MOST_OPTIONS = 4
MOST_LINES = 60
MOST_UNITS = 5000
MOST_USED = 10_000_000
MOST_INCLUDED = 60
LONGEST_PHASE = 80
VERDICTS = ("in", "extra", "out")
ONCE = "once"
LONGEST_BLOCK = 120
_SPARSE = {"sparse": True}
_FOLLOWING = ("percentage", "discount", "commitment")


@dataclass(frozen=True, slots=True)
class Once:
    """A price for each piece that is delivered once; no agreement carries it."""

    kind: ClassVar[str] = ONCE
    unit_price: Decimal

    def __post_init__(self) -> None:
        check_price("unit_price", self.unit_price)


@dataclass(frozen=True, slots=True)
class BlockAhead:
    """Hours that are bought when the agreement starts, whenever that will be.

    A block of an agreement names the day it was bought on and its last day; a quote cannot know
    them yet, so it says for how many months the hours last.
    """

    kind: ClassVar[str] = Block.kind
    amount: Decimal
    hours: Decimal
    lasts_months: int | None = None
    work_types: tuple[str, ...] = field(default=(), metadata=_SPARSE)
    opens: str = field(default="bought", metadata=_SPARSE)
    used_up: str = field(default="overage", metadata=_SPARSE)

    def __post_init__(self) -> None:
        check_price("amount", self.amount)
        check_hours("hours", self.hours)
        if self.lasts_months is not None and not 1 <= self.lasts_months <= LONGEST_BLOCK:
            raise InvalidFact("lasts_months", f"must be 1 to {LONGEST_BLOCK}")
        _ = self.bought(date.min)

    def bought(self, on: date) -> Block:
        """The block as the agreement has it, at the same price."""
        months = self.lasts_months
        last_on = anchored(on, months) - timedelta(days=1) if months else None
        return Block(
            self.amount, self.hours, on, last_on, self.work_types, self.opens, self.used_up
        )


Priced = Terms | Once | BlockAhead


@dataclass(frozen=True, slots=True)
class Included:
    """A service of the catalogue and what the option says of it: in, extra or out."""

    name: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Option:
    """One of several ways to buy, such as a tier; `includes` is its tier as it was then."""

    key: str
    name: str
    text: str = ""
    recommended: bool = False
    offer_id: int | None = None
    includes: tuple[Included, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One thing that is offered, in the options named (none named: in all of them).

    `quantity` are the pieces of a line that is delivered once, or the units a counted line is
    reckoned with, or what is supposed to be used; the bill counts what is there. An `optional` line
    is the client's to tick. `phase` is the stretch of a plan it belongs to, where the quote becomes
    a project.
    """

    key: str
    description: str
    terms: Priced
    listed: Priced
    quantity: Decimal = Decimal(1)
    options: tuple[str, ...] = ()
    optional: bool = False
    ticked: bool = False
    service_id: int | None = None
    discount: Decimal = Decimal(0)
    phase: str = ""

    @property
    def is_once(self) -> bool:
        return isinstance(self.terms, Once)

    @property
    def is_counted(self) -> bool:
        return isinstance(self.terms, Counting)

    def agreed(self, starts_on: date) -> Terms:
        """Its terms in an agreement that starts on a day."""
        if isinstance(self.terms, BlockAhead):
            return self.terms.bought(starts_on)
        assert not isinstance(self.terms, Once)
        return self.terms

    def stands_in(self, option: str) -> bool:
        """Whether it belongs to an option."""
        return not self.options or option in self.options


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a version of a quote offers."""

    options: tuple[Option, ...] = ()
    lines: tuple[QuotedLine, ...] = ()

    def option(self, key: str) -> Option | None:
        """The option of a key."""
        return next((one for one in self.options if one.key == key), None)

    def lines_of(self, option: str) -> list[QuotedLine]:
        """The lines of an option in their order, ticked or not."""
        return [line for line in self.lines if line.stands_in(option)]


def net_facts(
    kind: str, facts: Mapping[str, Any], discount: Decimal, places: int
) -> dict[str, Any]:
    """The facts of a line after its discount: every price in them less so many percent.

    The net price is a price like any other, kept to what the currency is paid in, so that the
    quote, the agreement and the bill reckon with the same one.
    """
    if not 0 <= discount <= 100:
        raise InvalidFact("discount", f"must be 0 to 100, not {discount}")
    if not discount:
        return dict(facts)
    if kind in _FOLLOWING:
        raise InvalidFact("discount", "is for lines with a price of their own")
    return uplift_facts(facts, -discount, places)


def read_content(stored: object) -> Content:
    """The content as it was stored, or the field and reason it cannot be offered for."""
    facts = Facts(stored)
    options = _each(facts, "options", MOST_OPTIONS, _read_option)
    lines = _each(facts, "lines", MOST_LINES, _read_line)
    facts.done()
    for name, found in (("options", options), ("lines", lines)):
        keys = [one.key for one in found]
        for at, key in enumerate(keys):
            if key in keys[:at]:
                raise InvalidFact(f"{name}[{at}].key", "is another one's too")
    return Content(tuple(options), tuple(lines))


def write_content(content: Content) -> dict[str, Any]:
    """The content in values that JSON has."""
    return {
        "options": [_written_option(one) for one in content.options],
        "lines": [_written_line(one) for one in content.lines],
    }


def read_priced(kind: str, facts: object) -> Priced:
    """The terms of a line, recurring or not."""
    if kind == Block.kind:
        return _read_block(Facts(facts))
    if kind != ONCE:
        return read_terms(kind, facts)
    reading = Facts(facts)
    terms = Once(reading.decimal("unit_price"))
    reading.done()
    return terms


def _read_block(facts: Facts) -> BlockAhead:
    block = BlockAhead(
        amount=facts.decimal("amount"),
        hours=facts.decimal("hours"),
        lasts_months=facts.whole("lasts_months") if facts.has("lasts_months") else None,
        work_types=facts.texts("work_types", most=MOST_KINDS),
        opens=facts.text("opens", "bought"),
        used_up=facts.text("used_up", "overage"),
    )
    facts.done()
    return block


def write_priced(terms: Priced) -> dict[str, Any]:
    """The facts of a line, recurring or not."""
    return write_terms(terms)


def _each(facts: Facts, name: str, most: int, read: Any) -> list[Any]:
    found = []
    for at, value in enumerate(facts.items(name, most=most)):
        with inside(f"{name}[{at}]"):
            found.append(read(value))
    return found


def _read_option(value: object) -> Option:
    facts = Facts(value)
    option = Option(
        key=facts.text("key"),
        name=facts.text("name").strip(),
        text=facts.text("text", ""),
        recommended=facts.flag("recommended", False),
        offer_id=facts.whole("offer_id") if facts.has("offer_id") else None,
        includes=tuple(_each(facts, "includes", MOST_INCLUDED, _read_included)),
    )
    facts.done()
    if not option.name or len(option.name) > 80:
        raise InvalidFact("name", "must have 1 to 80 characters")
    if not option.key.isalnum() or len(option.key) > 8:
        raise InvalidFact("key", f"{option.key!r:.40} is not a short word")
    return option


def _read_included(value: object) -> Included:
    facts = Facts(value)
    included = Included(facts.text("name"), facts.text("verdict"))
    facts.done()
    if included.verdict not in VERDICTS:
        raise InvalidFact("verdict", f"is not one of {', '.join(VERDICTS)}")
    return included


def _read_line(value: object) -> QuotedLine:
    facts = Facts(value)
    kind = facts.text("kind")
    with inside("facts"):
        terms = read_priced(kind, facts.value("facts"))
    with inside("list_facts"):
        listed = read_priced(kind, facts.value("list_facts"))
    line = QuotedLine(
        key=facts.text("key"),
        description=facts.text("description").strip(),
        terms=terms,
        listed=listed,
        quantity=facts.decimal("quantity", Decimal(1)),
        options=facts.texts("options", most=MOST_OPTIONS),
        optional=facts.flag("optional", False),
        ticked=facts.flag("ticked", False),
        service_id=facts.whole("service_id") if facts.has("service_id") else None,
        discount=facts.decimal("discount", Decimal(0)),
        phase=facts.text("phase", "").strip(),
    )
    facts.done()
    _check_line(line)
    return line


def _check_line(line: QuotedLine) -> None:
    if not line.description or len(line.description) > 120:
        raise InvalidFact("description", "must have 1 to 120 characters")
    if len(line.phase) > LONGEST_PHASE:
        raise InvalidFact("phase", f"must have at most {LONGEST_PHASE} characters")
    most = MOST_USED if isinstance(line.terms, Usage) else MOST_UNITS
    if not 0 <= line.quantity <= most:
        raise InvalidFact("quantity", f"must be 0 to {most}, not {line.quantity!s:.20}")
    if line.is_once and not line.quantity:
        raise InvalidFact("quantity", "must be above 0")
    if line.is_counted and line.quantity != line.quantity.to_integral_value():
        raise InvalidFact("quantity", "must be a whole number of units")
    if -int(line.quantity.as_tuple().exponent) > 4:
        raise InvalidFact("quantity", "has more than 4 decimal places")


def _written_option(option: Option) -> dict[str, Any]:
    return {
        "key": option.key,
        "name": option.name,
        "text": option.text,
        "recommended": option.recommended,
        "offer_id": option.offer_id,
        "includes": [{"name": one.name, "verdict": one.verdict} for one in option.includes],
    }


def _written_line(line: QuotedLine) -> dict[str, Any]:
    phase = {"phase": line.phase} if line.phase else {}
    return phase | {
        "key": line.key,
        "description": line.description,
        "kind": line.terms.kind,
        "facts": write_priced(line.terms),
        "list_facts": write_priced(line.listed),
        "quantity": f"{line.quantity:f}",
        "options": list(line.options),
        "optional": line.optional,
        "ticked": line.ticked,
        "service_id": line.service_id,
        "discount": f"{line.discount:f}",
    }
