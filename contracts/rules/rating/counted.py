"""A price for each unit: by one rate, or by tiers that each day's count is put to (T1, T5)."""

from decimal import Decimal
from typing import Any

from contracts.rules.pricing import Scheme, split_price, true_up
from contracts.rules.pricing.bundles import Part
from contracts.rules.pricing.schemes import write_tiers
from contracts.rules.rating.counting import Counted, count
from contracts.rules.rating.evidence import rules_said
from contracts.rules.rating.proration import quantity_of, trace_of
from contracts.rules.rating.reading import RatedLine, Reading
from contracts.rules.terms import Counting
from msp.kit.money import round_money, round_price
from msp.kit.periods import Period


def rate_counted(
    terms: Counting, reading: Reading, period: Period, currency: str
) -> list[RatedLine]:
    """One line for everything counted; none where the line was not in force in the period."""
    service = reading.service.clip(period)
    if service is None:
        return []
    counted = count(
        terms, reading.intervals, service,
        client_id=reading.client_id, overrides=reading.overrides, until=period.end,
    )  # fmt: skip
    rated = round_money(exact_price(terms.scheme, counted, period), currency)
    added = true_up(terms.commit, rated, service.days, period.days, currency)
    amount = rated + added
    trace = trace_of(terms.unit_price, counted.charged_days, period, amount) | {
        "kind": terms.kind,
        "counting": terms.counting,
        "service": [service.start.isoformat(), service.end.isoformat()],
        "units": sum(unit.most for unit in counted.units),
        "counted_days": counted.counted_days,
        "included": terms.included,
        "included_days": counted.free_days,
        "minimum": terms.minimum,
        "minimum_days": counted.added_days,
        "counted_on": counted.day.isoformat() if counted.day else None,
        **rules_said(counted),
        **_tiers_said(terms.scheme, counted),
        **_commit_said(terms.commit, rated, added),
        **split_said(amount, terms.parts, currency),
    }
    quantity = quantity_of(counted.charged_days, period)
    unit_price = terms.unit_price
    if terms.model != "unit" and quantity:
        unit_price = round_price(rated / quantity, 6)
    key = f"{terms.kind}.{terms.counting}"
    return [RatedLine(key, quantity, unit_price, amount, trace, counted.units)]


def exact_price(scheme: Scheme, counted: Counted, period: Period) -> Decimal:
    """The unrounded price: each day's count by its tier, summed, divided by the whole period.

    Putting the count of the day to the tiers gives a unit its full place in them and its share of
    the days in the amount, and a unit that replaces another costs nothing more.
    """
    by_day = sum((scheme.price_of(many) * days for many, days in counted.steps), Decimal(0))
    return by_day / period.days


def split_said(amount: Decimal, parts: tuple[Part, ...], currency: str) -> dict[str, Any]:
    """Whose revenue a bundle's amount is, for the trace."""
    shares = split_price(amount, parts, currency)
    said = [
        {"name": one.part.name, "service_id": one.part.service_id, "amount": f"{one.amount:f}"}
        for one in shares
    ]
    return {"split": said} if said else {}


def _tiers_said(scheme: Scheme, counted: Counted) -> dict[str, Any]:
    if scheme.model == "unit" and scheme.block == 1:
        return {}
    return {
        "model": scheme.model,
        "block": scheme.block,
        "tiers": write_tiers(scheme.tiers),
        "steps": [[many, days, f"{scheme.price_of(many):f}"] for many, days in counted.steps],
    }


def _commit_said(commit: Decimal, rated: Decimal, added: Decimal) -> dict[str, Any]:
    if not commit:
        return {}
    return {"commit": f"{commit:f}", "rated": f"{rated:f}", "commit_added": f"{added:f}"}
