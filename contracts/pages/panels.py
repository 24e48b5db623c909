"""What this room puts on pages below it: agreements on a client, the line on a device."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from contracts import queries
from contracts.clients.models import Client, Device
from contracts.models import Agreement, AgreementLine, AgreementVersion
from contracts.queries.agreements import MOST_FOUND
from contracts.queries.quotes import list_quotes
from contracts.rules import words
from contracts.rules.terms import read_terms
from msp.kit.slots import once
from tenants.people.rules.roles import Permission

Panel = dict[str, Any] | None


def on_client_tabs(request: HttpRequest, client: Client) -> Panel:
    if not request.viewer.may(Permission.AGREEMENT_VIEW):
        return None
    return {
        "template": "contracts/_client_tab.html",
        "client": client,
        "count": client.agreements.count(),
    }


def on_client_quotes(request: HttpRequest, client: Client) -> Panel:
    """A tab with what was offered to the client."""
    if not request.viewer.may(Permission.AGREEMENT_VIEW):
        return None
    count = client.quotes.count()
    return {"template": "contracts/_client_quotes_tab.html", "client": client, "count": count}


def on_client_ties(request: HttpRequest, client: Client) -> Panel:
    """A client whose agreement still bills cannot be parted with."""
    now = datetime.now(UTC)
    for one in client.agreements.select_related("client"):
        if queries.running(one, now):
            return {"reason": f"{one.name} is in effect. End the agreement first."}
    return None


def on_client_stats(request: HttpRequest, client: Client) -> Panel:
    """What a month bills; more than one currency is never added up."""
    if not request.viewer.may(Permission.AGREEMENT_VIEW):
        return None
    totals = queries.monthly(_standings(request, client).values())
    return {"template": "contracts/_client_stat.html", "client": client, "totals": totals}


def on_client_rail(request: HttpRequest, client: Client) -> Panel:
    """The agreements in effect, or the way to the first one."""
    if not request.viewer.may(Permission.AGREEMENT_VIEW):
        return None
    found = _standings(request, client)
    return {
        "template": "contracts/_client_rail.html",
        "client": client,
        "rows": [(one, found.get(one.pk)) for one in _running(request, client)],
        "may_edit": request.viewer.may(Permission.AGREEMENT_EDIT),
    }


def on_client_page(request: HttpRequest, client: Client) -> Panel:
    """Devices that no line covers are leakage, so they are said on the first page."""
    if not request.viewer.may(Permission.AGREEMENT_VIEW):
        return None
    if not _running(request, client):
        return None
    devices = list(client.devices.filter(retired_on__isnull=True))
    covers = queries.cover_devices(
        client_id=client.pk, devices=devices, at=datetime.now(UTC),
        versions=_published(request, client),
    )  # fmt: skip
    bare = [device for device in devices if not covers[device.pk].covered]
    return {"template": "contracts/_uncovered.html", "bare": bare} if bare else None


def _running(request: HttpRequest, client: Client) -> list[Agreement]:
    """The agreements in effect."""
    return once(
        request, ("running", client.pk), lambda: queries.running_of(client, datetime.now(UTC))
    )


def _standings(request: HttpRequest, client: Client) -> dict[int, queries.Standing]:
    """The version and the month of each."""
    agreements = _running(request, client)
    return once(
        request,
        ("standings", client.pk),
        lambda: queries.standings(agreements, datetime.now(UTC), _published(request, client)),
    )


def _published(request: HttpRequest, client: Client) -> list[AgreementVersion]:
    return once(request, ("published", client.pk), lambda: queries.published(client.pk))


def on_client_list(request: HttpRequest, clients: list[Client]) -> dict[str, Any]:
    """A column with each client's agreement."""
    now = datetime.now(UTC)
    rows = Agreement.objects.filter(client__in=clients, state=Agreement.State.ACTIVE)
    values: dict[int, tuple[str, str]] = {}
    for one in rows.select_related("client"):
        if queries.running(one, now):
            more = one.client_id in values
            text = f"{values[one.client_id][0]} and more" if more else one.name
            values[one.client_id] = (text, reverse("agreement", args=[one.pk]))
    return {"title": "Agreement", "values": values}


def on_device_rail(request: HttpRequest, device: Device) -> Panel:
    """The line that covers the device, its rate, the promise, and why."""
    if not request.viewer.may(Permission.AGREEMENT_VIEW):
        return None
    cover = queries.coverage(client_id=device.client_id, device_id=device.pk, at=datetime.now(UTC))
    return {
        "template": "contracts/_device_rail.html",
        "cover": cover,
        **_rate(cover),
        "level": queries.level(cover.level_version_id) if cover.level_version_id else None,
    }


def _rate(cover: queries.Cover) -> dict[str, Any]:
    if cover.line_id is None:
        return {"line": None}
    line = AgreementLine.objects.select_related("version__agreement").get(pk=cover.line_id)
    terms = read_terms(line.kind, line.facts)
    return {"line": line, "rate": words.sentence(terms, line.version.agreement.currency)}


def on_palette(request: HttpRequest, q: str) -> Panel:
    """Agreements and quotes by name, number or client."""
    sign, text = (q[:1], q[1:].strip()) if q[:1] in ("@", ">", "#", "/") else ("", q)
    if sign or len(text) < 2 or not request.viewer.may(Permission.AGREEMENT_VIEW):
        return None
    items = [
        {
            "label": one.name,
            "icon": "file-text",
            "url": reverse("agreement", args=[one.pk]),
            "hint": one.client.name,
        }
        for one in queries.search_agreements(request.viewer, text)
    ]
    quotes = [
        {
            "label": f"{one.number} {one.name}",
            "icon": "file-pen-line",
            "url": reverse("quote", args=[one.pk]),
            "hint": one.client.name,
        }
        for one in list_quotes(request.viewer, q=text)[:MOST_FOUND]
    ]
    known = (("Agreements", items), ("Quotes", quotes))
    groups = [{"title": title, "items": rows} for title, rows in known if rows]
    return {"template": "_palette_results.html", "groups": groups} if groups else None
