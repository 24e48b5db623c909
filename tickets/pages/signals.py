"""What this room shows of a client to an assessment."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from contracts.clients.models import Client
from tenants.people.rules.roles import Permission
from tickets.queries.repeated import DAYS, OFTEN, repeated


def on_client_signals(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """Devices that keep coming back."""
    if not request.viewer.may(Permission.TICKET_VIEW):
        return None
    found = repeated(client.pk, datetime.now(UTC))
    text = f"{found.often} of {found.devices} devices with trouble had it {OFTEN} times or more"
    said = f"{text} in {DAYS} days"
    return {"signals": [("repeated", "devices", said, found.often, found.devices)]}
