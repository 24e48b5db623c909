"""What monitoring keeps: what reports, what is measured, what is wrong."""

from monitoring.models.agreed import CheckTemplate, Dependency, HostAlias, MaintenanceWindow
from monitoring.models.incidents import Incident, IncidentNumber, Signal
from monitoring.models.signals import (
    BlindInterval,
    Check,
    Cursor,
    DeadLetter,
    EnrolmentKey,
    Flip,
    Pack,
    Reading,
    RefusedName,
    Rollup,
    Series,
    Spooled,
)

__all__ = [
    "BlindInterval",
    "Check",
    "CheckTemplate",
    "Cursor",
    "DeadLetter",
    "Dependency",
    "EnrolmentKey",
    "Flip",
    "HostAlias",
    "Incident",
    "IncidentNumber",
    "MaintenanceWindow",
    "Pack",
    "Reading",
    "RefusedName",
    "Rollup",
    "Series",
    "Signal",
    "Spooled",
]
