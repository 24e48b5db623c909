"""Incidents: what is open, and what is known of one."""

from monitoring.models import Incident


def told_to_technicians(incident: Incident) -> str:
    """The first message of the ticket: what was seen, when, and what the device said."""
    check = incident.check_row
    lines = [f"{incident.title}."]
    if check is not None and check.last_seen_at is not None:
        lines.append(f"Last heard from it at {check.last_seen_at:%Y-%m-%d %H:%M:%S} UTC.")
        lines.append(
            f"Expected every {check.period_seconds} s, {check.grace_seconds} s to spare;"
            f" the deadline passed at {incident.opened_at:%Y-%m-%d %H:%M:%S} UTC."
        )
    if incident.words:
        lines.append(f"It said: {incident.words}")
    return "\n\n".join(lines)
