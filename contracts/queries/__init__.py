"""Reading what is promised, to whom and since when."""

from contracts.queries.agreements import (
    BillableLine,
    billable_lines,
    other_counted_lines,
    search_agreements,
    version_on,
)
from contracts.queries.covering import Cover, cover_devices, coverage
from contracts.queries.levels import Level, level

__all__ = [
    "BillableLine",
    "Cover",
    "Level",
    "billable_lines",
    "cover_devices",
    "coverage",
    "level",
    "other_counted_lines",
    "search_agreements",
    "version_on",
]
