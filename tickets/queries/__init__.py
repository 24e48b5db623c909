"""What can be asked about tickets."""

from tickets.queries.clocks import Shown, clocks_of, is_breach_due, next_of

__all__ = ["Shown", "clocks_of", "is_breach_due", "next_of"]
