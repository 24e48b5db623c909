"""Work by the hour: cut by hours of support, rounded, drawn from what was paid ahead, charged."""

from contracts.rules.labour.charging import (
    Book,
    Charge,
    Promise,
    Worked,
    allowance_for,
    amount_of,
    charges,
    labour_for,
)
from contracts.rules.labour.grants import grants_of
from contracts.rules.labour.ledger import Drawn, Grant, Ledger, Taken, lapsed
from contracts.rules.labour.splitting import Stretch, class_at, split
from contracts.rules.rounding import Rounding, charged_minutes, premium

__all__ = [
    "Book",
    "Charge",
    "Drawn",
    "Grant",
    "Ledger",
    "Promise",
    "Rounding",
    "Stretch",
    "Taken",
    "Worked",
    "allowance_for",
    "amount_of",
    "charged_minutes",
    "charges",
    "class_at",
    "grants_of",
    "labour_for",
    "lapsed",
    "premium",
    "split",
]
