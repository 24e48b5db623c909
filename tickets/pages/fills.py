"""What this room puts on the pages of the rooms below."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from contracts import queries as contracts
from contracts.clients.models import Client, Device
from contracts.models import Agreement
from msp.kit.periods import day_start, local_date
from tenants.people.rules.roles import Permission
from tenants.people.rules.viewer import Viewer
from tickets import queries
from tickets.models import Clock
from tickets.rules.ranking import Why

SHOWN = 6
MONTHS = 6
BADGES = {  # words, icon, tone
    Why.MISSED: ("Promise missed", "alarm-clock", "danger"),
    Why.URGENT: ("Due soon", "hourglass", "warn"),
}


def _sees(request: HttpRequest) -> bool:
    return bool(request.viewer.may(Permission.TICKET_VIEW))


def nav_count(viewer: Viewer) -> int | None:
    return queries.open_of_viewer(viewer)


def on_today_figures(request: HttpRequest) -> dict[str, Any] | None:
    if not _sees(request):
        return None
    at = datetime.now(UTC)
    zone = request.viewer.zone or request.tenant.zone
    return {
        "template": "tickets/_today_figures.html",
        "figures": queries.figures(request.viewer, at),
        "logged": queries.seconds_logged(
            person_id=request.viewer.person_id, since=day_start(local_date(at, zone), zone)
        ),
    }


def on_today(request: HttpRequest) -> dict[str, Any] | None:
    """Do next: ranked by time left and by who is waiting."""
    if not _sees(request):
        return None
    rows = [
        (one, BADGES.get(one.why)) for one in queries.do_next(request.viewer, datetime.now(UTC))
    ]
    return {"template": "tickets/_do_next.html", "rows": rows}


def on_client_page(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    if not _sees(request):
        return None
    at = datetime.now(UTC)
    found = queries.open_tickets(request.viewer, limit=SHOWN, client_id=client.pk)
    return {
        "template": "tickets/_of_client.html",
        "client": client,
        "rows": [queries.row_of(ticket, at) for ticket in found],
        "all_url": _list_url(client=client.slug),
    }


def on_client_kept(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """The promises kept to a client, month by month; nothing where none was ever judged."""
    if not _sees(request):
        return None
    months = queries.kept_by_month(
        client_id=client.pk, zone=client.zone, at=datetime.now(UTC), months=MONTHS
    )
    return _kept(months, "client-kept", None)


def on_agreement_page(request: HttpRequest, agreement: Agreement) -> dict[str, Any] | None:
    """The same under one agreement, held against the share that was agreed."""
    if not _sees(request):
        return None
    at = datetime.now(UTC)
    version = contracts.version_on(agreement, local_date(at, agreement.client.zone))
    goal = queries.goal_of(version.level_version_id) if version else None
    return _kept(queries.kept_under(agreement, at, MONTHS), "agreement-kept", goal)


def on_draft_rail(request: HttpRequest, agreement: Agreement) -> dict[str, Any] | None:
    """The promises of the last ninety days, beside a draft that may promise something else."""
    if not _sees(request):
        return None
    at = datetime.now(UTC)
    version = contracts.version_on(agreement, local_date(at, agreement.client.zone))
    goal = queries.goal_of(version.level_version_id) if version else None
    kept = queries.kept_since(agreement, at - timedelta(days=90), at)
    rows = [
        (Clock.Target(target).label, score, goal is None or score.reaches(goal))
        for target, score in kept.items()
    ]
    return {"template": "tickets/_kept_lately.html", "rows": rows, "goal": goal}


def _kept(months: list[queries.MonthKept], key: str, goal: int | None) -> dict[str, Any] | None:
    judged = [
        target for target in queries.TARGETS if any(target in month.scores for month in months)
    ]
    if not judged:
        return None
    rows = [
        (month, [(one, goal is None or one.reaches(goal)) for one in month.columns(judged)])
        for month in months
    ]
    labels = [Clock.Target(target).label for target in judged]
    return {
        "template": "tickets/_kept.html", "rows": rows, "labels": labels, "goal": goal, "key": key,
    }  # fmt: skip


def on_client_stats(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    if not _sees(request):
        return None
    return {
        "template": "tickets/_client_stat.html",
        "open_count": queries.open_count(client.pk),
        "all_url": _list_url(client=client.slug),
    }


def on_client_tabs(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    if not _sees(request):
        return None
    return {"template": "tickets/_client_tab.html", "all_url": _list_url(client=client.slug)}


def on_device_rail(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    if not _sees(request):
        return None
    at = datetime.now(UTC)
    found = queries.open_tickets(request.viewer, limit=SHOWN, device_id=device.pk)
    return {
        "template": "tickets/_of_device.html",
        "device": device,
        "rows": [queries.row_of(ticket, at) for ticket in found],
        "all_url": _list_url(view="all", device=str(device.pk)),
    }


def on_palette(request: HttpRequest, q: str) -> dict[str, Any] | None:
    """`#1042` or words of a subject; and the command to open one."""
    if not _sees(request):
        return None
    text = q.removeprefix("#").strip()
    groups = [_commands(request, q)]
    if (q[:1] not in ("@", ">", "/")) and (len(text) >= 2 or text.isdecimal()):
        groups.insert(0, {"title": "Tickets", "items": _found(request, text)})
    groups = [group for group in groups if group["items"]]
    return {"template": "_palette_results.html", "groups": groups} if groups else None


def _found(request: HttpRequest, text: str) -> list[dict[str, str]]:
    return [
        {
            "label": f"#{ticket.number} {ticket.subject}",
            "icon": "inbox",
            "url": reverse("ticket", args=[ticket.number]),
            "hint": ticket.client.name,
        }
        for ticket in queries.found(request.viewer, text, datetime.now(UTC))
    ]


def _commands(request: HttpRequest, q: str) -> dict[str, Any]:
    words = q.removeprefix(">").strip().lower()
    fits = q[:1] in ("", ">") or (q[:1].isalpha() and words in "new ticket")
    may = request.viewer.may(Permission.TICKET_EDIT)
    item = {"label": "New ticket", "icon": "square-plus", "url": reverse("ticket-new"), "hint": "C"}
    wanted = fits and may and words in "new ticket"
    return {"title": "Commands", "items": [item] if wanted else []}


def _list_url(**wanted: str) -> str:
    return f"{reverse('ticket-queue')}?{urlencode(wanted)}"
