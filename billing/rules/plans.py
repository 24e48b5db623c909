"""What a client's real months would have cost under other plans: rates of bills, other promises.

Nothing here knows a price list or a register. A plan is lines with terms and says whose work it
includes; months, units and work come in as they were.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal

from contracts.rules.labour import Book, Charge, Promise, Worked, amount_of, charges
from contracts.rules.metering import Metered
from contracts.rules.rating import RATES, RatedLine, Reading, in_stages, total_of
from contracts.rules.register import Interval
from contracts.rules.rhythm import MONTHS
from contracts.rules.terms import Labour, Terms
from contracts.rules.terms.stored import rhythm_of
from msp.kit.money import round_money
from msp.kit.periods import Period

# Work that no monthly fee pays for, whatever the plan.
APART = ("project", "training")
_PLAN = 1
_EVER = Period(date.min, date.max)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the comparison takes for granted; every figure of it can be put another way.

    `own_rate` is what an hour of the client's own IT costs the client, `nights` whether a monthly
    fee pays for work after hours too.
    """

    labour: Labour
    block_hours: Decimal = Decimal(20)
    block_price: Decimal = Decimal(2600)
    own_rate: Decimal = Decimal(0)
    nights: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose work a plan includes: classes of devices, and people without a device.

    Work on `own` classes is the client's own IT's in support hours.
    """

    everything: bool = False
    classes: frozenset[str] = frozenset()
    people: bool = False
    own: frozenset[str] = frozenset()
    own_people: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A way of paying: its lines, whose work they include, and what it says of itself."""

    key: str
    name: str
    lines: tuple[tuple[str, Terms], ...] = ()
    reach: Reach = field(default_factory=Reach)
    block: bool = False
    is_in: tuple[str, ...] = ()
    is_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A piece of real work and the class of the device it was on, if any."""

    worked: Worked
    device_class: str = ""


@dataclass(frozen=True, slots=True)
class MonthCost:
    """What one month comes to: fees, work, the client's own IT, and the time behind it."""

    month: Period
    fees: Decimal
    work: Decimal
    own: Decimal
    included: int = 0
    charged: Decimal = Decimal(0)
    own_seconds: int = 0

    @property
    def total(self) -> Decimal:
        return self.fees + self.work + self.own


@dataclass(frozen=True, slots=True)
class Cost:
    """A plan with its months."""

    plan: Plan
    months: tuple[MonthCost, ...]
    left_minutes: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        return sum((one.total for one in self.months), Decimal(0))

    @property
    def included_seconds(self) -> int:
        return sum(one.included for one in self.months)

    @property
    def own_seconds(self) -> int:
        return sum(one.own_seconds for one in self.months)

    @property
    def charged_minutes(self) -> Decimal:
        return sum((one.charged for one in self.months), Decimal(0))

    @property
    def charged_seconds(self) -> int:
        return int(self.charged_minutes * 60)

    @property
    def left_seconds(self) -> int:
        return int(self.left_minutes * 60)


def cost_of(
    plan: Plan, months: Sequence[Period], intervals: Sequence[Interval], work: Sequence[Done],
    assumed: Assumptions, currency: str, *, client_id: int | None = None,
    meters: Mapping[int, Metered] | None = None, zone: str = "UTC",
) -> Cost:  # fmt: skip
    """Every month under the plan; blocks are bought in the month in which hours run out.

    `client_id` is who pays, so that what another client pays for is left out as on a bill; `meters`
    are what their meters showed, and `zone` is where their months begin.
    """
    found, left = [], Decimal(0)
    for month in months:
        done = [one for one in work if month.contains(one.worked.on)]
        fees = fees_of(
            plan.lines, month, intervals, currency, client_id=client_id, meters=meters, zone=zone
        )
        judged = [(one, verdict_of(plan.reach, one, assumed)) for one in done]
        priced = _priced(judged, assumed)
        minutes = sum((one.minutes for one in priced), Decimal(0))
        if plan.block:
            bought, left = blocks_for(minutes, left, assumed.block_hours)
            amount = round_money(assumed.block_price * bought, currency)
        else:
            amount = amount_of((one.priced for one in priced), currency)
        own = sum(one.worked.seconds for one, verdict in judged if verdict == "own")
        found.append(
            MonthCost(
                month, fees, amount, round_money(assumed.own_rate * own / 3600, currency),
                sum(one.worked.seconds for one, verdict in judged if verdict == "included"),
                minutes,
                own,
            )
        )  # fmt: skip
    return Cost(plan, tuple(found), left)


def fees_of(
    lines: Sequence[tuple[str, Terms]], month: Period, intervals: Sequence[Interval],
    currency: str, *, client_id: int | None = None,
    meters: Mapping[int, Metered] | None = None, zone: str = "UTC",
) -> Decimal:  # fmt: skip
    """What the lines charge for a month; a longer period counts with its share of it."""

    def rate(at: int, earlier: list[RatedLine]) -> list[RatedLine]:
        terms = lines[at][1]
        known = tuple(one for one in intervals if one.unit_type == _unit_of(terms))
        reading = Reading(
            month, known, total_of(earlier), client_id, meters=meters or {}, zone=zone
        )
        rated = RATES[terms.kind](terms, reading, month, currency)
        share = MONTHS[rhythm_of(terms).every]
        return [replace(one, amount=round_money(one.amount / share, currency)) for one in rated]

    staged = in_stages([terms.kind for _description, terms in lines], rate)
    return total_of([line for stage in staged for line in stage])


def verdict_of(reach: Reach, done: Done, assumed: Assumptions) -> str:
    """Included, the client's own IT's, or charged by the hour."""
    worked = done.worked
    if worked.work_type in APART:
        return "billable"
    late = worked.hour_class in ("after", "holiday")
    if not late and _named(done, reach.own, reach.own_people):
        return "own"
    if late and not assumed.nights:
        return "billable"
    here = reach.everything or _named(done, reach.classes, reach.people)
    return "included" if here else "billable"


def blocks_for(minutes: Decimal, left: Decimal, hours: Decimal) -> tuple[int, Decimal]:
    """How many blocks a month needs beyond what is left of the last, and what is left then."""
    short = minutes - left
    if short <= 0:
        return 0, left - minutes
    bought = int((short / (hours * 60)).to_integral_value(rounding=ROUND_CEILING))
    return bought, bought * hours * 60 - short


def cheapest(costs: Iterable[Cost]) -> Cost | None:
    """The plan that would have cost least."""
    return min(costs, key=lambda one: one.total, default=None)


def _priced(judged: Iterable[tuple[Done, str]], assumed: Assumptions) -> list[Charge]:
    """Work by the hour at the assumed price, rounded as assumed."""
    work = [
        replace(one.worked, verdict="billable", agreement_id=_PLAN, rate=None,
                multiplier=Decimal(1))
        for one, verdict in judged
        if verdict == "billable"
    ]  # fmt: skip
    return charges(work, Book((Promise("plan", _PLAN, assumed.labour, _EVER),)))


def _named(done: Done, classes: frozenset[str], people: bool) -> bool:
    return done.device_class in classes if done.device_class else people


def _unit_of(terms: Terms) -> str:
    return str(getattr(terms, "unit_type", ""))
