"""Raising the prices of terms, whatever their charge model (T9)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contracts.rules.pricing import uplifted

_PRICES = ("unit_price", "amount", "rate", "overage_rate", "commit")
_KEPT = ("discount", "block")


def uplift_facts(facts: Mapping[str, Any], percent: Decimal, places: int) -> dict[str, Any]:
    """The stored facts of a line with every price in them raised; counts stay as they are."""
    raised = dict(facts)
    for name in _PRICES:
        if name in raised:
            raised[name] = _raised(raised[name], percent, places)
    if raised.get("tiers"):
        raised["tiers"] = [
            tier | {name: _raised(tier[name], percent, places) for name in ("unit_price", "flat")}
            for tier in raised["tiers"]
        ]
    return raised


def uplift_line(
    kind: str, facts: Mapping[str, Any], percent: Decimal, places: int
) -> dict[str, Any]:
    """The facts of an agreement line raised; what is no price, or is paid already, stays."""
    return dict(facts) if kind in _KEPT else uplift_facts(facts, percent, places)


def _raised(text: Any, percent: Decimal, places: int) -> str:
    """A price finer than the currency is paid in keeps as many places as it has."""
    price = Decimal(str(text))
    kept = max(places, -int(price.normalize().as_tuple().exponent))
    return f"{uplifted(price, percent, places=kept):f}" if price else str(text)
