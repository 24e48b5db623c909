"""Charges for work put together to lines: what belongs on one, what it says, what it comes to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from contracts.rules.labour import Charge, amount_of
from contracts.rules.rating import RatedLine
from msp.kit.money import round_price
from msp.kit.periods import Period, month_of

_RANKS = ("billed", "overage", "drawn", "included", "no_charge", "stopped")
OUTCOMES = {
    "billed": "by the hour",
    "overage": "beyond the hours in it",
    "drawn": "from hours paid ahead",
    "included": "included",
    "no_charge": "without charge",
    "stopped": "not charged, the hours were used up",
}
_HOURS = {"after": ", after hours", "holiday": ", on holidays"}


@dataclass(frozen=True, slots=True)
class Told:
    """What charges must share to stand on one line: month of the work, outcome, price, hours, and
    the project it was charged for."""

    worked_in: date
    outcome: str
    promise: str
    rate: Decimal
    multiplier: Decimal
    hour_class: str
    project: str = ""

    @property
    def key(self) -> str:
        """The same from month to month, so that the months compare."""
        own = (self.project,) if self.project else ()
        return ":".join((self.outcome, self.promise, self.hour_class, f"{self.multiplier}", *own))

    def charge_key(self, agreement_id: int, month: Period) -> str:
        """What no day is billed twice for: a line of one price, on the bill of one month."""
        service = month_of(self.worked_in)
        rate = f"{self.rate.normalize():f}"
        told = f"time:{agreement_id}:{self.key}:{rate}:{service.start}:{month.start}"
        return str(uuid5(NAMESPACE_OID, told))

    @property
    def rank(self) -> tuple[date, int, str, str, str, Decimal]:
        """Where it stands on the bill: by month, what costs before what is free."""
        place = _RANKS.index(self.outcome)
        return self.worked_in, place, self.project, self.promise, self.hour_class, self.rate


def told_of(charge: Charge, project: str = "") -> Told:
    """The line a charge belongs on. What costs nothing needs no price to tell it apart, and no
    project that it would be charged for."""
    priced = charge.outcome in ("billed", "overage")
    promise = charge.promise_key or charge.grant_key.partition(":")[0]
    return Told(
        month_of(charge.worked.on).start,
        charge.outcome,
        promise,
        charge.rate if priced else Decimal(0),
        charge.multiplier if priced else Decimal(1),
        charge.worked.hour_class if priced and charge.multiplier != 1 else "",
        project if priced else "",
    )


def described(told: Told, names: Mapping[str, str], month: Period) -> str:
    """The words of the line; work of an earlier month says so."""
    name = names.get(told.promise, "")
    said = {
        "billed": (name or "Work by the hour") + _HOURS.get(told.hour_class, ""),
        "overage": f"{name}, hours beyond" + _HOURS.get(told.hour_class, ""),
        "drawn": f"{name}, hours used",
        "included": "Work included",
        "no_charge": "Work without charge",
        "stopped": "Work after the hours were used up",
    }[told.outcome]
    said = f"{told.project}, {said[:1].lower()}{said[1:]}" if told.project else said
    late = told.worked_in != month.start
    return f"{said}, worked in {month_of(told.worked_in)}" if late else said


def rated(
    told: Told, parts: Sequence[Charge], month: Period, currency: str, charge_key: str
) -> RatedLine:
    """The line's amount: its charges added up exactly and rounded once."""
    minutes = sum((one.minutes for one in parts), Decimal(0))
    amount = amount_of((one.priced for one in parts), currency)
    counted = minutes / told.multiplier
    quantity = round_price(counted / 60, 6)
    unit_price = round_price(told.rate * told.multiplier, 6)
    service = month_of(told.worked_in)
    trace = {
        "kind": "time",
        "outcome": told.outcome,
        "charge": charge_key,
        "period": [month.start.isoformat(), month.end.isoformat()],
        "service": [service.start.isoformat(), service.end.isoformat()],
        "period_days": month.days,
        "unit_days": month.days,
        "unit_price": f"{unit_price:f}",
        "entries": len({one.worked.entry_id for one in parts}),
        "seconds": sum(_seconds(parts)),
        "minutes": f"{minutes:f}",
        "rate": f"{told.rate:f}",
        "multiplier": f"{told.multiplier:f}",
        "hour_class": told.hour_class,
        "amount": f"{amount:f}",
    }
    return RatedLine(f"time.{told.outcome}", quantity, unit_price, amount, trace)


def seconds_of(found: Sequence[Charge], outcome: str) -> dict[int, int]:
    """The time of each entry that came to an outcome, without the share that came to another."""
    counted: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for one in found:
        counted[one.worked.entry_id, one.worked.part] += one.minutes
    seconds: dict[int, int] = defaultdict(int)
    for one in found:
        whole = counted[one.worked.entry_id, one.worked.part]
        if one.outcome == outcome and whole:
            seconds[one.worked.entry_id] += round(one.worked.seconds * one.minutes / whole)
    return dict(seconds)


def _seconds(parts: Sequence[Charge]) -> list[int]:
    """The time behind the parts; one that was split over two lines counts on both."""
    return list({(one.worked.entry_id, one.worked.part): one.worked.seconds for one in parts}
                .values())  # fmt: skip
