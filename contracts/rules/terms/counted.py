"""Lines that count units: devices of some classes, people, or licences."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
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
class _Counted:
    """A price for each of a kind of unit.

    `included` units are free, and at least `minimum` are charged beyond them; `commit` is the
    least the line comes to in money. A unit counts at the named sites, once it was there for
    `grace_days`, after `trial_days`, and unless it is `excluded` or set aside; `counts_aside`
    counts spares and service accounts too. `sharing` says what becomes of shared devices and of
    the people who share one: each counts, they count as one for the device, or none of them does.
    `parts` are the services a bundle's price is revenue of.
    """

    sharings: ClassVar[tuple[str, ...]] = ("each", "none")

    unit_price: Decimal
    _: KW_ONLY
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
    sharing: str = field(default="each", metadata=_SPARSE)
    counts_aside: bool = field(default=False, metadata=_SPARSE)
    every: str = field(default="month", metadata=_SPARSE)
    timing: str = field(default="arrears", metadata=_SPARSE)
    anchor_on: date | None = field(default=None, metadata=_SPARSE)
    parts: tuple[Part, ...] = field(default=(), metadata=_SPARSE)

    def __post_init__(self) -> None:
        check_price("unit_price", self.unit_price)
        check_price("commit", self.commit)
        if self.counting not in COUNTINGS:
            said = f"{self.counting!r:.80} is not one of {', '.join(COUNTINGS)}"
            raise InvalidFact("counting", said)
        if self.sharing not in self.sharings:
            said = f"{self.sharing!r:.80} is not one of {', '.join(self.sharings)}"
            raise InvalidFact("sharing", said)
        if self.model == "unit" and self.tiers:
            raise InvalidFact("tiers", "belong to a graduated, volume or step price")
        for name in ("included", "minimum"):
            _check_range(name, getattr(self, name), _MOST_UNITS)
        for name in ("grace_days", "trial_days"):
            _check_range(name, getattr(self, name), _MOST_DAYS)
        _ = self.scheme
        Rhythm(self.every, self.timing, self.anchor_on)

    @property
    def scheme(self) -> Scheme:
        """The charge model with its tiers; one rate is a single tier."""
        tiers = (Tier(None, self.unit_price),) if self.model == "unit" else self.tiers
        return Scheme(self.model, tiers, self.block, self.never_more)


@dataclass(frozen=True, slots=True)
class PerDevice(_Counted):
    """A price for each device of some classes; no classes named means all of them.

    One that was not heard of for `silent_days` is still counted, and the review is told (Q5).
    """

    kind: ClassVar[str] = "per_device"
    unit_type: ClassVar[str] = "device"
    device_classes: tuple[str, ...] = ()
    silent_days: int = field(default=0, metadata=_SPARSE)

    def __post_init__(self) -> None:
        _Counted.__post_init__(self)
        _check_range("silent_days", self.silent_days, _MOST_DAYS)
        if len(set(self.device_classes)) < len(self.device_classes):
            raise InvalidFact("device_classes", "names a class twice")
        if not all(self.device_classes):
            raise InvalidFact("device_classes", "has a class without a name")

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(
            device_classes=facts.texts("device_classes", most=100),
            silent_days=facts.whole("silent_days", 0),
            **_counted(facts),
        )


@dataclass(frozen=True, slots=True)
class PerUser(_Counted):
    """A price for each person who is supported, counted like devices."""

    kind: ClassVar[str] = "per_user"
    unit_type: ClassVar[str] = "user"
    sharings: ClassVar[tuple[str, ...]] = ("each", "device", "none")

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(**_counted(facts))


@dataclass(frozen=True, slots=True)
class PerLicence(_Counted):
    """A price for each seat of some products; none named means every licence."""

    kind: ClassVar[str] = "per_licence"
    unit_type: ClassVar[str] = "licence"
    products: tuple[str, ...] = ()

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """The terms as they were stored."""
        return cls(products=facts.texts("products", most=100), **_counted(facts))


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
        "sharing": facts.text("sharing", "each"),
        "counts_aside": facts.flag("counts_aside", False),
        "every": rhythm.every,
        "timing": rhythm.timing,
        "anchor_on": rhythm.anchor_on,
        "parts": read_parts(facts),
    }  # fmt: skip


def _check_range(name: str, value: int, most: int) -> None:
    if not 0 <= value <= most:
        raise InvalidFact(name, f"must be 0 to {most}, not {value}")
