"""Who may enter a page. Every view of an MSP has exactly one gate (a test walks the URL map)."""

import functools
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone

from msp.kit.periods import zone_named
from tenants.people.models import Person
from tenants.people.rules.roles import Permission, permissions_of, who_may
from tenants.people.rules.viewer import Viewer

GATE = "gate"
View = Callable[..., HttpResponse]


def viewer_of(person: Person) -> Viewer:
    """What a person may see; a portal person's client is added by the clients' gate."""
    return Viewer(
        kind=str(person.kind),
        person_id=person.pk,
        name=person.name,
        role=person.role,
        permissions=permissions_of(person.role)
        if person.kind != Person.Kind.PORTAL
        else frozenset(),
        zone=person.zone,
        theme=person.theme,
        email=person.email,
    )


def marked(view: View, gate: str) -> View:
    """Note the gate on the view, for the test that demands one."""
    setattr(view, GATE, gate)
    return view


def sign_in_first(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", False):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
        return response
    return redirect_to_login(request.get_full_path())


def staff(permission: Permission | None = None) -> Callable[[View], View]:
    """Only the MSP's own people, and only with this permission where one is named."""

    def gate(view: View) -> View:
        @functools.wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            viewer = viewer_of(request.user)
            if not viewer.is_staff:
                return redirect("portal-home") if permission is None else refused(request)
            request.viewer = viewer
            if permission is not None and not viewer.may(permission):
                return refused(request, permission)
            with timezone.override(zone_of(request, viewer)):
                return private(view(request, *args, **kwargs))

        return marked(entered, f"staff:{permission or 'any'}")

    return gate


def signed_in(view: View) -> View:
    """Anybody who is signed in, staff or a client's, about themselves."""

    @functools.wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        request.viewer = viewer_of(request.user)
        return private(view(request, *args, **kwargs))

    return marked(entered, "signed_in")


def zone_of(request: HttpRequest, viewer: Viewer) -> ZoneInfo:
    """The zone a page's times are written in: the viewer's own, else the MSP's."""
    return zone_named(viewer.zone or request.tenant.zone)


def anyone(view: View) -> View:
    """Open to the world: sign-in, health, a link with its own token."""
    return marked(view, "anyone")


def private(response: HttpResponse) -> HttpResponse:
    """What a signed-in person saw is kept by no cache."""
    response.setdefault("Cache-Control", "no-store")
    return response


def refused(request: HttpRequest, permission: Permission | None = None) -> HttpResponse:
    """403, naming who can grant what is missing."""
    roles = who_may(permission) if permission else []
    return render(request, "errors/403.html", {"roles": roles}, status=403)
