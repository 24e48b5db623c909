"""What meters used in a period, put together and then priced (T1, X5, Q8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from contracts.rules.metering import LEVEL, PLACES, Metered, Used, levels, used
from contracts.rules.pricing import true_up
from contracts.rules.pricing.schemes import write_tiers
from contracts.rules.rating.eligibility import sort_out
from contracts.rules.rating.proration import trace_of
from contracts.rules.rating.reading import RatedLine, Reading
from contracts.rules.register import Interval, countable
from contracts.rules.terms import Usage
from msp.kit.money import round_money, round_price
from msp.kit.periods import Period, bounds

_NOBODY = Metered("", "")


@dataclass(frozen=True, slots=True)
class MeterUse:
    """One meter's part of a line; `days` is what a level was averaged over."""

    meter_id: int
    meter: Metered
    period: Period
    amount: Decimal
    used: Used
    days: int = 0


def rate_usage(terms: Usage, reading: Reading, period: Period, currency: str) -> list[RatedLine]:
    """One line for everything used; none where the line was not in force in the period.

    What is included belongs to a whole period: a line in force for a part of it has its part.
    """
    service = reading.service.clip(period)
    if service is None:
        return []
    wanted = [one for one in reading.intervals if terms.reads(_meter(reading, one).measure)]
    found = sort_out(terms, wanted, service, reading.client_id, until=period.end)
    uses = [*_uses(terms, reading, found.kept, service, period)]
    total = sum((one.amount for one in uses), Decimal(0))
    free = min(total, terms.included * service.days / period.days)
    charged = (total - free).quantize(PLACES)
    rated = round_money(terms.scheme.price_of(charged), currency)
    added = true_up(terms.commit, rated, service.days, period.days, currency)
    amount = rated + added
    trace = trace_of(terms.unit_price, service.days, period, amount) | {
        "kind": terms.kind,
        "service": [service.start.isoformat(), service.end.isoformat()],
        "measure": terms.measure,
        "zone": reading.zone,
        "used": f"{total.normalize():f}",
        "free": f"{free.quantize(PLACES).normalize():f}",
        "charged": f"{charged.normalize():f}",
        "meters": [_told(one, terms) for one in uses],
        "rated": f"{rated:f}",
        **_scheme_said(terms),
    }
    if terms.commit:
        trace |= {"commit": f"{terms.commit:f}", "commit_added": f"{added:f}"}
    price = terms.unit_price
    if "model" in trace and charged:
        price = round_price(rated / charged, 6)
    units = tuple(countable(found.kept, service))
    return [RatedLine("usage.metered", charged, price, amount, trace, units)]


def _uses(
    terms: Usage, reading: Reading, kept: Iterable[Interval], service: Period, period: Period
) -> Iterable[MeterUse]:
    """Each meter for each run of days it counted, by name."""
    for unit in countable(kept, service):
        meter = reading.meters.get(unit.unit_id, _NOBODY)
        for stretch in unit.stretches:
            yield _use(terms, unit.unit_id, meter, stretch, period, reading.zone)


def _use(
    terms: Usage, meter_id: int, meter: Metered, stretch: Period, period: Period, zone: str
) -> MeterUse:
    start, end = bounds(stretch, zone)
    if meter.dial.shows != LEVEL:
        found = used(meter, start, end, estimates=terms.estimates)
        return MeterUse(meter_id, meter, stretch, found.amount, found)
    days = levels(meter, [bounds(one, zone) for one in _each_day(stretch)])
    charged = max(days) if terms.level == "peak" else sum(days, Decimal(0)) / period.days
    inside = [one for one in meter.readings if one.taken_at < end]
    taken = sum(start <= one.taken_at for one in inside)
    return MeterUse(meter_id, meter, stretch, charged, Used(charged, readings=taken), period.days)


def _each_day(stretch: Period) -> list[Period]:
    days = [stretch.start + timedelta(days=number) for number in range(stretch.days)]
    return [Period(day, day + timedelta(days=1)) for day in days]


def _meter(reading: Reading, one: Interval) -> Metered:
    return reading.meters.get(one.unit_id, _NOBODY)


def _told(one: MeterUse, terms: Usage) -> dict[str, Any]:
    """A meter's part of a line, with the readings it was reckoned from."""
    said: dict[str, Any] = {
        "id": one.meter_id,
        "name": one.meter.name,
        "shows": one.meter.dial.shows,
        "days": [one.period.start.isoformat(), one.period.end.isoformat()],
        "used": f"{one.amount.quantize(PLACES).normalize():f}",
        "readings": one.used.readings,
    }
    if one.meter.dial.shows == LEVEL:
        return said | {"level": terms.level}
    for word, point in (("from", one.used.opened), ("to", one.used.closed)):
        if point is not None:
            said[word] = [point.at.isoformat(), f"{point.value.normalize():f}"]
            if point.estimated:
                said[f"{word}_estimated"] = True
    if one.used.begun:
        said["begun"] = [
            {
                "at": each.after.taken_at.isoformat(),
                "how": each.how,
                "before": f"{each.before.value.normalize():f}",
                "after": f"{each.after.value.normalize():f}",
            }
            for each in one.used.begun
        ]
    held = one.used.held
    if held is not None:
        said["held"] = [held.taken_at.isoformat(), f"{held.value.normalize():f}"]
    return said


def _scheme_said(terms: Usage) -> Mapping[str, Any]:
    if terms.scheme.model == "unit" and terms.scheme.block == 1:
        return {}
    return {"model": terms.model, "block": terms.block, "tiers": write_tiers(terms.scheme.tiers)}
