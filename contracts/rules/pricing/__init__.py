"""What a quantity costs: schemes of tiers, shares and minimums, bundles, and which price holds."""

from contracts.rules.pricing.adjusting import (
    Discount,
    Discounted,
    Share,
    discounted,
    share_of,
    spread,
    true_up,
    uplifted,
)
from contracts.rules.pricing.bundles import Part, Split, split_price
from contracts.rules.pricing.schemes import MODELS, Cliff, Scheme, Tier, cliffs
from contracts.rules.pricing.sources import NoPrice, Offered, Priced, pick_price

__all__ = [
    "MODELS",
    "Cliff",
    "Discount",
    "Discounted",
    "NoPrice",
    "Offered",
    "Part",
    "Priced",
    "Scheme",
    "Share",
    "Split",
    "Tier",
    "cliffs",
    "discounted",
    "pick_price",
    "share_of",
    "split_price",
    "spread",
    "true_up",
    "uplifted",
]
