"""Search over everything: the palette and the page without script, filled by every room."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from contracts.clients import queries
from msp.kit.slots import panels
from msp.kit.web import asked, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

TEMPLATE = "_palette_results.html"
COMMANDS = (
    ("New client", "building-2", "client-new", Permission.CLIENT_EDIT),
    ("New device", "server", "device-new", Permission.DEVICE_EDIT),
)


@staff()
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """What the rooms find; the browser shows the answer as it is."""
    return page(request, "clients/_palette.html", q=asked(request, "q"))


@staff()
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """The same as a page, for whoever has no script."""
    q = asked(request, "q")
    groups = [group for panel in panels("palette", request, q=q) for group in panel["groups"]]
    return page(request, "clients/search.html", q=q, groups=groups)


def found_here(request: HttpRequest, q: str) -> dict[str, Any] | None:
    """Clients, devices, people and commands for the palette.

    `@` asks for people only, `>` for commands only, `#` for tickets, which are not ours.
    """
    sign, text = (q[:1], q[1:].strip()) if q[:1] in ("@", ">", "#", "/") else ("", q)
    groups: list[dict[str, Any]] = []
    if sign in ("", ">"):
        groups.append({"title": "Commands", "items": _commands(request, text)})
    if len(text) >= 2 and sign == "":
        groups += [_clients(request, text), _devices(request, text)]
    if len(text) >= 2 and sign in ("", "@"):
        groups.append(_people(request, text))
    groups = [group for group in groups if group["items"]]
    return {"template": TEMPLATE, "groups": groups} if groups else None


def _commands(request: HttpRequest, text: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "icon": icon, "url": reverse(name)}
        for label, icon, name, permission in COMMANDS
        if request.viewer.may(permission) and text.lower() in label.lower()
    ]


def _clients(request: HttpRequest, text: str) -> dict[str, Any]:
    found = queries.search_clients(request.viewer, text)
    return {
        "title": "Clients",
        "items": [
            {
                "label": client.name,
                "icon": "building-2",
                "url": reverse("client", args=[client.slug]),
                "hint": client.industry,
            }
            for client in found
        ],
    }


def _devices(request: HttpRequest, text: str) -> dict[str, Any]:
    found = queries.search_devices(request.viewer, text)
    return {
        "title": "Devices",
        "items": [
            {
                "label": device.name,
                "icon": "server",
                "url": reverse("device", args=[device.pk]),
                "hint": device.client.name,
            }
            for device in found
        ],
    }


def _people(request: HttpRequest, text: str) -> dict[str, Any]:
    found = queries.search_contacts(request.viewer, text)
    return {
        "title": "People",
        "items": [
            {
                "label": contact.name,
                "icon": "user",
                "url": reverse("contact", args=[contact.pk]),
                "hint": contact.client.name,
            }
            for contact in found
        ],
    }


urlpatterns = [
    path("palette", palette, name="palette"),
    path("search", search, name="search"),
]
