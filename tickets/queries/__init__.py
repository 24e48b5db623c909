"""What can be asked about tickets."""

from tickets.queries.clocks import Shown, clocks_of, is_breach_due, next_of
from tickets.queries.home import do_next, figures, found, open_tickets
from tickets.queries.queue import (
    VIEWS,
    Row,
    Wanted,
    listed,
    neighbours,
    open_count,
    open_of_viewer,
    queue,
    row_of,
    view_counts,
)
from tickets.queries.timeline import Item, parts, timeline

__all__ = [
    "VIEWS",
    "Item",
    "Row",
    "Shown",
    "Wanted",
    "clocks_of",
    "do_next",
    "figures",
    "found",
    "is_breach_due",
    "listed",
    "neighbours",
    "next_of",
    "open_count",
    "open_of_viewer",
    "open_tickets",
    "parts",
    "queue",
    "row_of",
    "timeline",
    "view_counts",
]
