"""What this room puts on the pages of others: today, a client, a ticket, the palette."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from contracts.clients.models import Client, Device
from contracts.models import Agreement
from monitoring.models import Incident
from monitoring.queries import history, standing, uptime, views
from monitoring.queries.lists import checks_of
from msp.kit.slots import once
from msp.kit.web import page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission
from tenants.people.rules.viewer import Viewer

SHOWN = 6
PALETTE = "_palette_results.html"
COMMANDS = (
    ("New enrolment key", "key-round", "key-new", Permission.MONITOR_EDIT),
    ("Open the incident wall", "siren", "incident-list", Permission.INCIDENT_VIEW),
)


def _sees(request: HttpRequest) -> bool:
    return bool(request.viewer.may(Permission.INCIDENT_VIEW))


def nav_count(viewer: Viewer) -> int | None:
    """Incidents that are not over; nothing where all is well."""
    return sum(views.state_counts(viewer).values()) or None


def on_today_figures(request: HttpRequest) -> dict[str, Any] | None:
    if not _sees(request):
        return None
    counts = views.state_counts(request.viewer)
    return {
        "template": "monitoring/_today_figure.html",
        "total": sum(counts.values()),
        "untaken": counts["open"],
    }


def on_today(request: HttpRequest) -> dict[str, Any] | None:
    """The incidents that are not over, with their last hour; all is well in one line."""
    if not _sees(request):
        return None
    now = _now(request)
    found = views.open_incidents(request.viewer, SHOWN)
    if not found and now.checked_at is None:
        return None
    return {
        "template": "monitoring/_today.html",
        "cards": views.cards(found, now, history.IN_A_ROW),
        "now": now,
        "calm_since": None if found else views.last_end(),
    }


def on_client_page(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    if not _sees(request):
        return None
    found = views.open_incidents(request.viewer, SHOWN, client_id=client.pk)
    if not found:
        return None
    now = _now(request)
    return {
        "template": "monitoring/_of_client.html",
        "client": client,
        "cards": views.cards(found, now, history.IN_A_ROW),
        "now": now,
    }


def on_client_uptime(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """The way to a client's availability, where the viewer may see incidents."""
    if not _sees(request):
        return None
    return {"template": "monitoring/_client_uptime.html", "client": client}


def on_agreement_page(request: HttpRequest, agreement: Agreement) -> dict[str, Any] | None:
    """How available the devices it covers were, month by month (S19)."""
    if not _sees(request) or agreement.state == Agreement.State.DRAFT:
        return None
    months = uptime.under(agreement, datetime.now(UTC))
    if not months:
        return None
    client = agreement.client
    return {"template": "monitoring/_of_agreement.html", "months": months, "client": client}


def on_client_stats(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """How many of the client's devices are up, of those that report."""
    if not _sees(request):
        return None
    now = _now(request)
    tile = standing.tile_of(client, now)
    if tile is None:
        return None
    return {"template": "monitoring/_client_stat.html", "tile": tile, "client": client}


def on_device_states(request: HttpRequest, devices: list[Device]) -> dict[str, Any] | None:
    """State and last sign of each device of a list, for whoever may see the device."""
    now = _now(request)
    found = standing.standings([device.pk for device in devices], now)
    return {
        "states": {pk: one.state for pk, one in found.items()},
        "seen": {pk: one.seen_at for pk, one in found.items()},
    }


def on_ticket_device(request: HttpRequest, ticket: Any, device: Device) -> dict[str, Any] | None:
    """How the device of a ticket is, with its last hour."""
    if not _sees(request):
        return None
    now = _now(request)
    checks = checks_of(device.pk, now)
    if not checks:
        return None
    return {
        "template": "monitoring/_of_ticket.html",
        "device": device,
        "standing": standing.standings([device.pk], now)[device.pk],
        "hour": history.device_hour(checks, now),
    }


def on_ticket_coverage(request: HttpRequest, ticket: Any) -> dict[str, Any] | None:
    """What the client answered to having uncovered work done by the hour."""
    if ticket.covered or ticket.source_key is None or not _sees(request):
        return None
    found = Incident.objects.filter(ticket_id=ticket.pk).exclude(consent="").first()
    if found is None:
        return None
    return {"template": "monitoring/_consent.html", "incident": found}


def on_palette(request: HttpRequest, q: str) -> dict[str, Any] | None:
    """Incidents by number, device or words; and what can be done here."""
    sign, text = (q[:1], q[1:].strip()) if q[:1] in ("@", ">", "#", "/") else ("", q)
    groups = []
    if sign == "" and len(text) >= 2 and _sees(request):
        groups.append({"title": "Incidents", "items": _found(request, text)})
    if sign == ">" or (sign == "" and text):
        groups.append({"title": "Signals", "items": _commands(request, text)})
    groups = [group for group in groups if group["items"]]
    return {"template": PALETTE, "groups": groups} if groups else None


def _found(request: HttpRequest, text: str) -> list[dict[str, str]]:
    return [
        {
            "label": f"{one.number} {one.title}",
            "icon": "siren",
            "url": reverse("incident", args=[one.number]),
            "hint": one.client.name,
        }
        for one in views.list_incidents(request.viewer, q=text)[:SHOWN]
    ]


def _commands(request: HttpRequest, text: str) -> list[dict[str, str]]:
    return [
        {"label": label, "icon": icon, "url": reverse(name)}
        for label, icon, name, permission in COMMANDS
        if request.viewer.may(permission) and text.lower() in label.lower()
    ]


def _now(request: HttpRequest) -> standing.Pulse:
    return once(request, "pulse", lambda: standing.pulse(datetime.now(UTC)))


@staff(Permission.INCIDENT_VIEW)
@require_GET
def incident_panel(request: HttpRequest) -> HttpResponse:
    """The panel of the first page by itself, for its refresh."""
    panel = on_today(request)
    if panel is None:
        return HttpResponse()
    template = panel.pop("template")
    return page(request, template, **panel)


urlpatterns = [path("incidents/panel", incident_panel, name="incident-panel")]
