"""What projects put on pages of the rooms below."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from contracts.clients.models import Client
from contracts.models import Quote
from tenants.people.rules.roles import Permission
from tickets.models import Ticket
from tickets.projects import queries

Panel = dict[str, Any] | None
MOST_FOUND = 5


def on_client_page(request: HttpRequest, client: Client) -> Panel:
    """A client's projects that are not over, with how far they are."""
    if not request.viewer.may(Permission.AGREEMENT_VIEW):
        return None
    now = datetime.now(UTC)
    rows = [(one, queries.standing(one, now)) for one in queries.open_of_client(client.pk)]
    return {"template": "projects/_of_client.html", "rows": rows} if rows else None


def on_ticket_coverage(request: HttpRequest, ticket: Ticket) -> Panel:
    """The project a ticket's work belongs to."""
    found = queries.project_of(ticket)
    if found is None:
        return None
    sees = request.viewer.may(Permission.AGREEMENT_VIEW)
    return {"template": "projects/_of_ticket.html", "project": found, "sees": sees}


def on_quote_page(request: HttpRequest, quote: Quote) -> Panel:
    """The project a quote became, or would change."""
    found = queries.of_quote(quote)
    return {"template": "projects/_of_quote.html", "order": found} if found else None


def on_palette(request: HttpRequest, q: str) -> Panel:
    """Projects by name, number or client; `/` and `>` ask for something else."""
    if not request.viewer.may(Permission.AGREEMENT_VIEW) or len(q) < 2 or q[:1] in "@#>/":
        return None
    items = [
        {
            "label": f"{one.number} {one.name}", "url": reverse("project", args=[one.pk]),
            "icon": "milestone", "hint": one.client.name,
        }
        for one in queries.list_projects(request.viewer, q=q)[:MOST_FOUND]
    ]  # fmt: skip
    if not items:
        return None
    return {
        "template": "_palette_results.html", "groups": [{"title": "Projects", "items": items}]
    }  # fmt: skip
