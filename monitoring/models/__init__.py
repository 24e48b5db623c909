"""What monitoring keeps: what reports, what is measured, what is wrong."""

from monitoring.models.incidents import Incident, IncidentNumber
from monitoring.models.signals import (
    BlindInterval,
    Check,
    Cursor,
    DeadLetter,
    EnrolmentKey,
    Flip,
    Reading,
    RefusedName,
    Rollup,
    Series,
    Spooled,
)

__all__ = [
    "BlindInterval",
    "Check",
    "Cursor",
    "DeadLetter",
    "EnrolmentKey",
    "Flip",
    "Incident",
    "IncidentNumber",
    "Reading",
    "RefusedName",
    "Rollup",
    "Series",
    "Spooled",
]
