"""Telling people, and the ways out of the house."""

from tenants.notices.actions.alerts import alert, alert_over, send_alerts
from tenants.notices.actions.telling import discard_unsent, mail, mark_read, tell

__all__ = [
    "alert",
    "alert_over",
    "discard_unsent",
    "mail",
    "mark_read",
    "send_alerts",
    "tell",
]
