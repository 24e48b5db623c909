"""A line that charges what meters show: a price for each page, gigabyte or message."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from contracts.rules.pricing.schemes import Scheme, Tier, check_price, read_tiers
from contracts.rules.rhythm import Rhythm, read_rhythm
from contracts.rules.terms.stored import read_ids
from msp.kit.facts import Facts, InvalidFact

LEVELS = ("average", "peak")
_MOST = Decimal(10_000_000)
_SPARSE = {"sparse": True}


@dataclass(frozen=True, slots=True)
class Usage:
    """A price for what all meters of one measure used in a period, put together (T1).

    `included` is free in each whole period, and `commit` is the least it comes to. Of a meter that
    shows a level the average of the days is charged, or the highest. `estimates` charges what the
    readings around the ends of a period let expect; the next reading corrects it.
    """

    kind: ClassVar[str] = "usage"
    unit_type: ClassVar[str] = "meter"
    timing: ClassVar[str] = "arrears"  # what will be used is not known before
    # What decides which units count; a meter has neither trial nor grace and nobody shares it.
    counting: ClassVar[str] = "daily"
    sharing: ClassVar[str] = "each"
    grace_days: ClassVar[int] = 0
    trial_days: ClassVar[int] = 0
    counts_aside: ClassVar[bool] = False

    unit_price: Decimal
    measure: str
    included: Decimal = Decimal(0)
    level: str = field(default="average", metadata=_SPARSE)
    estimates: bool = field(default=False, metadata=_SPARSE)
    model: str = field(default="unit", metadata=_SPARSE)
    tiers: tuple[Tier, ...] = field(default=(), metadata=_SPARSE)
    block: int = field(default=1, metadata=_SPARSE)
    never_more: bool = field(default=False, metadata=_SPARSE)
    commit: Decimal = field(default=Decimal(0), metadata=_SPARSE)
    site_ids: tuple[int, ...] = field(default=(), metadata=_SPARSE)
    excluded: tuple[int, ...] = field(default=(), metadata=_SPARSE)
    every: str = field(default="month", metadata=_SPARSE)
    anchor_on: date | None = field(default=None, metadata=_SPARSE)

    def __post_init__(self) -> None:
        check_price("unit_price", self.unit_price)
        check_price("commit", self.commit)
        if not self.measure.strip() or len(self.measure) > 30:
            raise InvalidFact("measure", "must be what meters measure, in 1 to 30 characters")
        if not 0 <= self.included <= _MOST:
            raise InvalidFact("included", f"must be 0 to {_MOST}, not {self.included!s:.40}")
        if self.level not in LEVELS:
            raise InvalidFact("level", f"{self.level!r:.40} is not one of {', '.join(LEVELS)}")
        if self.model == "unit" and self.tiers:
            raise InvalidFact("tiers", "belong to a graduated, volume or step price")
        _ = self.scheme
        Rhythm(self.every, self.timing, self.anchor_on)

    @property
    def scheme(self) -> Scheme:
        """The charge model with its tiers; one rate is a single tier."""
        tiers = (Tier(None, self.unit_price),) if self.model == "unit" else self.tiers
        return Scheme(self.model, tiers, self.block, self.never_more)

    def reads(self, measure: str) -> bool:
        """Whether a meter of that measure is charged for."""
        return measure.casefold() == self.measure.strip().casefold()

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        tiers = read_tiers(facts)
        first = tiers[0].unit_price or tiers[0].flat if tiers else None
        rhythm = read_rhythm(facts)
        if rhythm.in_advance:
            raise InvalidFact("timing", "cannot be in advance: nobody knows yet what will be used")
        return cls(
            unit_price=facts.decimal("unit_price") if first is None
            else facts.decimal("unit_price", first),
            measure=facts.text("measure"),
            included=facts.decimal("included", Decimal(0)),
            level=facts.text("level", "average"),
            estimates=facts.flag("estimates", False),
            model=facts.text("model", "unit"),
            tiers=tiers,
            block=facts.whole("block", 1),
            never_more=facts.flag("never_more", False),
            commit=facts.decimal("commit", Decimal(0)),
            site_ids=read_ids(facts, "site_ids"),
            excluded=read_ids(facts, "excluded"),
            every=rhythm.every,
            anchor_on=rhythm.anchor_on,
        )  # fmt: skip
