"""What can be asked about tickets."""

from tickets.queries.clocks import Shown, clocks_of, is_anything_due, next_of
from tickets.queries.home import do_next, figures, found, open_tickets
from tickets.queries.kept import TARGETS, MonthKept, goal_of, kept_by_month, kept_under
from tickets.queries.portal import (
    Request,
    as_request,
    ended_requests,
    in_words,
    open_requests,
    problem,
    problem_count,
)
from tickets.queries.promised import Promise, promised
from tickets.queries.queue import (
    VIEWS,
    Listed,
    Row,
    Wanted,
    for_rows,
    listed,
    neighbours,
    open_count,
    open_of_viewer,
    queue,
    row_of,
    view_counts,
)
from tickets.queries.restamping import Restamped, outdated, restamped
from tickets.queries.timeline import Item, parts, timeline

__all__ = [
    "TARGETS",
    "VIEWS",
    "Item",
    "Listed",
    "MonthKept",
    "Promise",
    "Request",
    "Restamped",
    "Row",
    "Shown",
    "Wanted",
    "as_request",
    "clocks_of",
    "do_next",
    "ended_requests",
    "figures",
    "for_rows",
    "found",
    "goal_of",
    "in_words",
    "is_anything_due",
    "kept_by_month",
    "kept_under",
    "listed",
    "neighbours",
    "next_of",
    "open_count",
    "open_of_viewer",
    "open_requests",
    "open_tickets",
    "outdated",
    "parts",
    "problem",
    "problem_count",
    "promised",
    "queue",
    "restamped",
    "row_of",
    "timeline",
    "view_counts",
]
