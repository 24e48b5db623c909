"""What this room shows of a client to an assessment."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from contracts.clients.models import Client
from monitoring.queries.silences import DAYS, OFTEN, often_silent
from tenants.people.rules.roles import Permission


def on_client_signals(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """Devices that fall silent again and again."""
    if not request.viewer.may(Permission.INCIDENT_VIEW):
        return None
    often, known = often_silent(client.pk, datetime.now(UTC))
    text = f"{often} of {known} devices had {OFTEN} incidents or more in {DAYS} days"
    return {"signals": [("silent", "network", text, often, known)]}
