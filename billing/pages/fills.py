"""What billing puts on pages of the rooms below."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from billing.queries import invoices, of_projects, units
from billing.queries.balances import Balance, balances
from billing.queries.exposure import Exposure, exposure_of
from contracts.clients.models import Client, Device
from contracts.models import Agreement
from monitoring.models import Incident
from tenants.people.rules.roles import Permission
from tickets.models import Ticket
from tickets.projects.models import Project


def _sees(request: HttpRequest) -> bool:
    return bool(request.viewer.may(Permission.BILLING_VIEW))


def on_client_page(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """The last bills of a client and what the running month comes to so far."""
    if not _sees(request):
        return None
    return {
        "template": "billing/_of_client.html",
        "client": client,
        "rows": invoices.newest_of(client.pk),
        "next_bills": invoices.next_bills(client, datetime.now(UTC)),
        "balances": balances(client, datetime.now(UTC)),
    }


def on_ticket_rail(request: HttpRequest, ticket: Ticket) -> dict[str, Any] | None:
    """What is left of what was paid ahead, and what missing a promise of the ticket costs."""
    at = datetime.now(UTC)
    left = _left(ticket, at) if ticket.verdict == "billable" else []
    risks = _risks(request, ticket, at)
    if not left and not risks:
        return None
    return {"template": "billing/_of_ticket.html", "balances": left, "risks": risks}


def on_incident_promise(request: HttpRequest, incident: Incident) -> dict[str, Any] | None:
    """The same for the ticket of an incident, beside what its agreement promises."""
    ticket = Ticket.objects.select_related("client").filter(pk=incident.ticket_id or 0).first()
    if ticket is None:
        return None
    at = datetime.now(UTC)
    left, risks = _left(ticket, at), _risks(request, ticket, at)
    if not left and not risks:
        return None
    return {"template": "billing/_of_incident.html", "balances": left, "risks": risks}


def _left(ticket: Ticket, at: datetime) -> list[Balance]:
    if ticket.agreement_id is None:
        return []
    return [one for one in balances(ticket.client, at) if one.agreement_id == ticket.agreement_id]


def _risks(request: HttpRequest, ticket: Ticket, at: datetime) -> list[Exposure]:
    """For those who may read what was agreed."""
    seen = request.viewer.may(Permission.AGREEMENT_VIEW)
    return exposure_of(ticket, at) if seen else []


def on_today(request: HttpRequest) -> dict[str, Any] | None:
    """Months that wait for whoever may approve them."""
    if not request.viewer.may(Permission.BILLING_APPROVE):
        return None
    waiting = invoices.waiting_for_review()
    return {"template": "billing/_of_today.html", "waiting": waiting} if waiting else None


def on_agreement_page(request: HttpRequest, agreement: Agreement) -> dict[str, Any] | None:
    """What an agreement was charged for last."""
    if not _sees(request):
        return None
    lines = invoices.last_lines_of(agreement.pk)
    return {"template": "billing/_of_agreement.html", "lines": lines} if lines else None


def on_project_page(request: HttpRequest, project: Project) -> dict[str, Any] | None:
    """What of a project was billed: its milestones, or its hours and what its cap took off."""
    if not _sees(request):
        return None
    found = of_projects.billed(project)
    return {"template": "billing/_of_project.html", "told": found, "project": project}


def on_device_page(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """The line a device was charged on last."""
    line = invoices.last_line_of("device", device.pk) if _sees(request) else None
    return {"template": "billing/_of_device.html", "line": line} if line else None


def on_unit_page(request: HttpRequest, kind: str, unit: Any) -> dict[str, Any] | None:
    """The months a unit was charged in, and what was learned since that the next run will say."""
    if not _sees(request):
        return None
    return {
        "template": "billing/_of_unit.html",
        "lines": units.lines_of_unit(kind, unit.pk),
        "coming": units.coming_corrections(unit.client, datetime.now(UTC)),
    }


def found_here(request: HttpRequest, q: str) -> dict[str, Any] | None:
    """Bills for the palette, by number or client; `/` and `>` ask for something else."""
    if not _sees(request) or len(q) < 2 or q[:1] in "@#>/":
        return None
    items = [
        {
            "label": f"{bill.number or 'Draft'} · {bill.client}",
            "url": reverse("invoice", args=[bill.pk]),
            "icon": "receipt-text",
            "hint": f"{bill.starts_on:%B %Y}",
        }
        for bill in invoices.found(request.viewer, q)
    ]
    if not items:
        return None
    return {
        "template": "_palette_results.html",
        "groups": [{"title": "Invoices", "items": items}],
    }
