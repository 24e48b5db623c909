"""What a client's people see of the signals: plain words, and nothing we only measure."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_GET, require_POST

from contracts.clients.gates import client_user
from contracts.clients.models import Client, Device
from monitoring import actions
from monitoring.models import Incident
from monitoring.queries import history, standing, uptime, views, windows
from monitoring.queries.lists import checks_of
from monitoring.queries.uptime import month_asked
from msp.kit.refusals import Refused
from msp.kit.web import asked, go, page, refusal
from tenants.people.rules.viewer import Viewer
from tickets.models import Ticket

MONTH = 30
PROBLEM, STALE, CALM = 30, 20, 10  # how pressing each sentence is beside other rooms'


def _device_ids(viewer: Viewer) -> list[int]:
    rows = Device.objects.visible_to(viewer).filter(retired_on__isnull=True)
    return list(rows.values_list("pk", flat=True))


def on_portal_state(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """How their devices are, in one sentence. What we have not read we do not claim."""
    now = standing.pulse(datetime.now(UTC))
    ids = _device_ids(request.viewer)
    found = standing.standings(ids, now)
    if not found:
        return None
    down = sum(one.state == "down" for one in found.values())
    if down:
        words = "One device is not answering" if down == 1 else f"{down} devices are not answering"
        return {"sentence": words, "tone": "warn", "shape": "alert", "rank": PROBLEM}
    if now.stale:
        words = "We are checking your devices"
        return {"sentence": words, "tone": "idle", "shape": "silent", "rank": STALE}
    return _calm([one.state for one in found.values()], now)


def _calm(states: list[str], now: standing.Pulse) -> dict[str, Any] | None:
    working = states.count("up") + states.count("late")
    if not working:
        return None
    seconds = int(now.behind.total_seconds())
    ago = f"{seconds} s ago" if seconds else "just now"
    whole = "Everything is working. " if working == len(states) else ""
    words = f"{whole}{working} of {len(states)} devices checked {ago}."
    return {"sentence": words, "tone": "ok", "shape": "done", "rank": CALM}


def on_portal_live(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """A problem nobody tells them about otherwise: with a ticket they see, that is the card."""
    viewer = request.viewer
    found = views.problems_of(viewer, _device_ids(viewer))
    told = viewer.role == "admin"
    found = [one for one in found if not (told and one.ticket_id)]
    if not found:
        return None
    return {"template": "monitoring/portal/_live.html", "incident": found[0], "count": len(found)}


def on_portal_device(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """One device: working or since when not, the last month, and what was wrong."""
    now = standing.pulse(datetime.now(UTC))
    checks = checks_of(device.pk, now)
    found = standing.standings([device.pk], now).get(device.pk)
    if found is None or device.retired_on:
        return None
    past = history.availability(checks, now, MONTH)
    return {
        "template": "monitoring/portal/_device.html",
        "device": device,
        "standing": found,
        "now": now,
        "month": past,
        "problems": _ended(request.viewer, device, now.at),
    }


def on_portal_request(request: HttpRequest, ticket: Ticket) -> dict[str, Any] | None:
    """On a request of ours about a device no agreement includes: may we work on it?"""
    rows = Incident.objects.visible_to(request.viewer)
    found = rows.filter(ticket_id=ticket.pk, covered=False).order_by("-opened_at").first()
    if found is None or (found.resolved_at is not None and not found.consent):
        return None
    return {"template": "monitoring/portal/_cost.html", "incident": found, "back": ticket.number}


def _ended(viewer: Viewer, device: Device, at: datetime) -> list[tuple[Incident, timedelta]]:
    rows = views.recent_incidents(viewer, device.pk)
    return [(one, (one.resolved_at or at) - one.opened_at) for one in rows[:3]]


@client_user()
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """How everything is they may see, what is planned, and the month with what we cannot say."""
    at = datetime.now(UTC)
    now = standing.pulse(at)
    client = Client.objects.get(pk=request.viewer.client_id)
    shown = month_asked(asked(request, "month"), client, at)
    rows = Device.objects.visible_to(request.viewer).filter(client=client)
    devices = uptime.in_service(rows, shown["month"])
    ids = [one.pk for one in devices]
    return page(
        request, "monitoring/portal/status.html", client=client, stale=now.stale,
        report=uptime.report(client, devices, shown["month"], at),
        problems=[one for one in views.problems_of(request.viewer, ids) if one.told],
        planned=_planned(request.viewer, client, devices, at),
        past=views.lately(request.viewer, ids, at), **shown,
    )  # fmt: skip


def _planned(
    viewer: Viewer, client: Client, devices: list[Device], at: datetime
) -> list[windows.Shown]:
    """What is planned for them; who sees some devices only, sees what is planned for those."""
    places = [windows.place_of(device) for device in devices]
    rows = windows.touching(at, at + timedelta(days=MONTH)).filter(for_client=True)
    rows = rows.select_related("client", "site", "device")
    whole = windows.Place(client.pk, None, 0)
    mine = [
        row for row in rows
        if any(windows.covers(row, place) for place in [*places, whole])
        or (viewer.role == "admin" and row.client_id == client.pk)
    ]  # fmt: skip
    return [one for one in windows.shown(mine, at) if one.starts_at][:20]


@client_user("admin")
@require_POST
def incident_answer(request: HttpRequest, number: int) -> HttpResponse:
    """What they say to work that no agreement includes."""
    rows = Incident.objects.visible_to(request.viewer)
    found = get_object_or_404(rows, number=number)
    try:
        actions.answer_cost(
            incident=found, consent=request.POST.get("consent", "")[:8],
            by=request.viewer.actor, at=datetime.now(UTC),
        )  # fmt: skip
    except Refused as error:
        return refusal(request, error)
    back = Ticket.objects.visible_to(request.viewer).filter(pk=found.ticket_id or 0).first()
    where = (
        ("portal-request", back.number) if back and "back" in request.POST else ("portal-status",)
    )
    return go(request, *where, toast_text="Thank you, we have noted your answer")


urlpatterns: list[URLPattern | URLResolver] = [
    path("status", status, name="portal-status"),
    path("incidents/<int:number>/answer", incident_answer, name="portal-incident-answer"),
]
