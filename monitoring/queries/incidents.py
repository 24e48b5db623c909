"""Incidents: what is open, and what is known of one."""

from datetime import datetime

from monitoring.models import Incident
from msp.kit.periods import zone_named


def told_to_technicians(incident: Incident) -> str:
    """The first message of the ticket: what was seen, when, and what the device said."""
    check, zone = incident.check_row, incident.client.zone
    lines = [f"{incident.title}."]
    if check is not None and check.last_seen_at is not None:
        lines.append(f"Last heard from it {_local(check.last_seen_at, zone)}.")
        if check.period_seconds:
            lines.append(
                f"Expected every {check.period_seconds} s, {check.grace_seconds} s to spare;"
                f" the deadline passed {_local(incident.opened_at, zone)}."
            )
        else:
            lines.append(f"It is so since {_local(incident.opened_at, zone)}.")
    if incident.words:
        lines.append(f"It said: {incident.words}")
    return "\n\n".join(lines)


def _local(at: datetime, zone: str) -> str:
    """On the client's clock, for technicians and the client read the same message."""
    here = at.astimezone(zone_named(zone))
    return f"{here:%A}, {here:%B} {here.day}, {here:%H:%M:%S %Z}"
