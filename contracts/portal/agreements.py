"""What we promised, in the client's words."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from contracts import queries
from contracts.clients.gates import client_user
from contracts.clients.models import Client, Device
from contracts.models import Agreement
from contracts.rules import renewing, words
from msp.kit.periods import local_date
from msp.kit.web import page
from tenants.people.rules.viewer import Viewer

SEES_PRICES = ("admin", "billing")


@client_user()
@require_GET
def agreement(request: HttpRequest) -> HttpResponse:
    """Every agreement in effect: what is included, what is promised, and since when."""
    now = datetime.now(UTC)
    told = [_told(one, request.viewer, now) for one in _running(request.viewer, now)]
    return page(
        request, "contracts/portal/agreement.html", agreements=[one for one in told if one],
        prices=request.viewer.role in SEES_PRICES,
    )  # fmt: skip


@client_user()
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """What we offer in plain words, by domain, and the tiers side by side; prices to who pays."""
    client = Client.objects.get(pk=request.viewer.client_id)
    day = local_date(datetime.now(UTC), client.zone)
    tiers = queries.list_offers(kind="tier")
    return page(
        request, "contracts/portal/catalogue.html", tiers=tiers, table=queries.tier_table(tiers),
        groups=queries.offered_to(client, day), prices=request.viewer.role in SEES_PRICES,
    )  # fmt: skip


def on_home(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    found = _running(request.viewer, datetime.now(UTC))
    if not found:
        return None
    return {"template": "contracts/portal/_home.html", "agreements": found}


def on_device(request: HttpRequest, device: Device) -> dict[str, Any]:
    """Whether the device is included, and how soon somebody answers."""
    cover = queries.coverage(client_id=device.client_id, device_id=device.pk, at=datetime.now(UTC))
    level = queries.level(cover.level_version_id) if cover.level_version_id else None
    return {
        "template": "contracts/portal/_device.html",
        "cover": cover,
        "promises": words.promised(level.targets, _hours(level)) if level else [],
    }


def _running(viewer: Viewer, now: datetime) -> list[Agreement]:
    rows = Agreement.objects.visible_to(viewer).select_related("client")
    return [one for one in rows if queries.running(one, now)]


def _told(found: Agreement, viewer: Viewer, now: datetime) -> dict[str, Any] | None:
    today = local_date(now, found.client.zone)
    version = queries.version_on(found, today)
    if version is None:
        return None
    level = queries.level(version.level_version_id) if version.level_version_id else None
    standing = queries.standings([found], now).get(found.pk)
    lines = queries.terms_of(version.lines.all())
    return {
        "agreement": found,
        "version": version,
        "lines": [
            (line.description, words.counts(terms), words.sentence(terms, found.currency))
            for line, terms in lines
        ],
        "term": renewing.said(queries.term_of(found, version)),
        "coverage": queries.said_of(version).coverage if viewer.role in SEES_PRICES else [],
        "promises": words.promised(level.targets, _hours(level)) if level else [],
        "credits": queries.credits_said(version),
        "bill": standing.bill if standing and viewer.role in SEES_PRICES else None,
    }


def _hours(level: queries.Level) -> str:
    return "around the clock" if level.calendar.always_open else f"in {level.calendar_name}"


urlpatterns = [
    path("agreement", agreement, name="portal-agreement"),
    path("catalogue", catalogue, name="portal-catalogue"),
]
