"""Lines that count units: devices of some classes, or people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

from contracts.rules.pricing.bundles import Part
from contracts.rules.pricing.schemes import Scheme, Tier, check_price, read_tiers
from contracts.rules.rhythm import Rhythm, read_rhythm
from contracts.rules.terms.stored import read_ids, read_parts
from msp.kit.facts import Facts, InvalidFact

COUNTINGS = ("daily", "snapshot_start", "snapshot_end", "peak", "adds_only", "touched")

_MOST_UNITS = 10_000_000
_MOST_DAYS = 366
_SPARSE = {"sparse": True}


@dataclass(frozen=True, slots=True)
class PerDevice:
    """A price for each device of some classes; no classes named means all of them.

    `included` devices are free, and at least `minimum` are charged beyond them; `commit` is the
    least the line comes to in money. A device counts at the named sites, once it was there for
    `grace_days`, after `trial_days`, and unless it is `excluded`. `parts` are the services a
    bundle's price is revenue of.
    """

    kind: ClassVar[str] = "per_device"
    unit_type: ClassVar[str] = "device"
    unit_price: Decimal
    device_classes: tuple[str, ...] = ()
    counting: str = "daily"
    included: int = 0
    minimum: int = 0
    model: str = field(default="unit", metadata=_SPARSE)
    tiers: tuple[Tier, ...] = field(default=(), metadata=_SPARSE)
    block: int = field(default=1, metadata=_SPARSE)
    never_more: bool = field(default=False, metadata=_SPARSE)
    commit: Decimal = field(default=Decimal(0), metadata=_SPARSE)
    site_ids: tuple[int, ...] = field(default=(), metadata=_SPARSE)
    excluded: tuple[int, ...] = field(default=(), metadata=_SPARSE)
    grace_days: int = field(default=0, metadata=_SPARSE)
    trial_days: int = field(default=0, metadata=_SPARSE)
    every: str = field(default="month", metadata=_SPARSE)
    timing: str = field(default="arrears", metadata=_SPARSE)
    anchor_on: date | None = field(default=None, metadata=_SPARSE)
    parts: tuple[Part, ...] = field(default=(), metadata=_SPARSE)

    def __post_init__(self) -> None:
        _check(self)
        if len(set(self.device_classes)) < len(self.device_classes):
            raise InvalidFact("device_classes", "names a class twice")
        if not all(self.device_classes):
            raise InvalidFact("device_classes", "has a class without a name")

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(device_classes=facts.texts("device_classes", most=100), **_counted(facts))

    @property
    def scheme(self) -> Scheme:
        """The charge model with its tiers; one rate is a single tier."""
        return _scheme(self)


@dataclass(frozen=True, slots=True)
class PerUser:
    """A price for each person who is supported, counted like devices."""

    kind: ClassVar[str] = "per_user"
    unit_type: ClassVar[str] = "user"
    unit_price: Decimal
    counting: str = "daily"
    included: int = 0
    minimum: int = 0
    model: str = field(default="unit", metadata=_SPARSE)
    tiers: tuple[Tier, ...] = field(default=(), metadata=_SPARSE)
    block: int = field(default=1, metadata=_SPARSE)
    never_more: bool = field(default=False, metadata=_SPARSE)
    commit: Decimal = field(default=Decimal(0), metadata=_SPARSE)
    site_ids: tuple[int, ...] = field(default=(), metadata=_SPARSE)
    excluded: tuple[int, ...] = field(default=(), metadata=_SPARSE)
    grace_days: int = field(default=0, metadata=_SPARSE)
    trial_days: int = field(default=0, metadata=_SPARSE)
    every: str = field(default="month", metadata=_SPARSE)
    timing: str = field(default="arrears", metadata=_SPARSE)
    anchor_on: date | None = field(default=None, metadata=_SPARSE)
    parts: tuple[Part, ...] = field(default=(), metadata=_SPARSE)

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(**_counted(facts))

    @property
    def scheme(self) -> Scheme:
        """The charge model with its tiers; one rate is a single tier."""
        return _scheme(self)


def _counted(facts: Facts) -> Mapping[str, Any]:
    tiers = read_tiers(facts)
    first = tiers[0].unit_price or tiers[0].flat if tiers else None
    rhythm = read_rhythm(facts)
    return {
        "unit_price": facts.decimal("unit_price") if first is None
        else facts.decimal("unit_price", first),
        "counting": facts.text("counting", "daily"),
        "included": facts.whole("included", 0),
        "minimum": facts.whole("minimum", 0),
        "model": facts.text("model", "unit"),
        "tiers": tiers,
        "block": facts.whole("block", 1),
        "never_more": facts.flag("never_more", False),
        "commit": facts.decimal("commit", Decimal(0)),
        "site_ids": read_ids(facts, "site_ids"),
        "excluded": read_ids(facts, "excluded"),
        "grace_days": facts.whole("grace_days", 0),
        "trial_days": facts.whole("trial_days", 0),
        "every": rhythm.every,
        "timing": rhythm.timing,
        "anchor_on": rhythm.anchor_on,
        "parts": read_parts(facts),
    }  # fmt: skip


def _scheme(terms: PerDevice | PerUser) -> Scheme:
    tiers = (Tier(None, terms.unit_price),) if terms.model == "unit" else terms.tiers
    return Scheme(terms.model, tiers, terms.block, terms.never_more)


def _check(terms: PerDevice | PerUser) -> None:
    check_price("unit_price", terms.unit_price)
    check_price("commit", terms.commit)
    if terms.counting not in COUNTINGS:
        said = f"{terms.counting!r:.80} is not one of {', '.join(COUNTINGS)}"
        raise InvalidFact("counting", said)
    if terms.model == "unit" and terms.tiers:
        raise InvalidFact("tiers", "belong to a graduated, volume or step price")
    for name in ("included", "minimum"):
        _check_range(name, getattr(terms, name), _MOST_UNITS)
    for name in ("grace_days", "trial_days"):
        _check_range(name, getattr(terms, name), _MOST_DAYS)
    _scheme(terms)
    Rhythm(terms.every, terms.timing, terms.anchor_on)


def _check_range(name: str, value: int, most: int) -> None:
    if not 0 <= value <= most:
        raise InvalidFact(name, f"must be 0 to {most}, not {value}")
