"""Reading what is promised, to whom and since when."""

from contracts.queries.agreements import (
    BillableLine,
    billable_lines,
    draft_of,
    in_force,
    list_agreements,
    other_counted_lines,
    said_of,
    search_agreements,
    terms_of,
    version_on,
)
from contracts.queries.covering import Cover, cover_devices, coverage
from contracts.queries.levels import Catalogue, Level, catalogue, level
from contracts.queries.pricing import (
    Bill,
    Standing,
    bill_of,
    coming_period,
    known_units,
    monthly_of,
    running,
    standings,
    uncovered,
    version_bill,
)

__all__ = [
    "Bill",
    "BillableLine",
    "Catalogue",
    "Cover",
    "Level",
    "Standing",
    "bill_of",
    "billable_lines",
    "catalogue",
    "coming_period",
    "cover_devices",
    "coverage",
    "draft_of",
    "in_force",
    "known_units",
    "level",
    "list_agreements",
    "monthly_of",
    "other_counted_lines",
    "running",
    "said_of",
    "search_agreements",
    "standings",
    "terms_of",
    "uncovered",
    "version_bill",
    "version_on",
]
