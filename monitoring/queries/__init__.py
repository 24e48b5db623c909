"""Reading what reports, what is silent and what came of it."""

from monitoring.queries.arrivals import Arrival, Offered, arrivals, offers
from monitoring.queries.checks import HEARTBEAT, Target, pinged
from monitoring.queries.drain import Position, is_due, is_to_wake, position, silence
from monitoring.queries.incidents import told_to_technicians

__all__ = [
    "HEARTBEAT",
    "Arrival",
    "Offered",
    "Position",
    "Target",
    "arrivals",
    "is_due",
    "is_to_wake",
    "offers",
    "pinged",
    "position",
    "silence",
    "told_to_technicians",
]
