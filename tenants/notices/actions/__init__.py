"""Telling people, and the ways out of the house."""

from tenants.notices.actions.alerts import alert, alert_over, send_alerts
from tenants.notices.actions.channels import (
    add_channel,
    add_webhook,
    begin_try,
    keep_quiet,
    keep_reply,
    publish,
    redeliver,
    remail,
    remove_channel,
    tell_team,
)
from tenants.notices.actions.telling import discard_unsent, mail, mark_read, tell

__all__ = [
    "add_channel",
    "add_webhook",
    "alert",
    "alert_over",
    "begin_try",
    "discard_unsent",
    "keep_quiet",
    "keep_reply",
    "mail",
    "mark_read",
    "publish",
    "redeliver",
    "remail",
    "remove_channel",
    "send_alerts",
    "tell",
    "tell_team",
]
