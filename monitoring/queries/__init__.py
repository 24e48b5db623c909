"""Reading what reports, what is silent and what came of it."""

from monitoring.queries.checks import Target, pinged

__all__ = ["Target", "pinged"]
