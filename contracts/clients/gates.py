"""Who may enter the portal: people tied to a contact of a client."""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from contracts.clients.models import Contact
from tenants.people.gates import View, marked, private, refused, sign_in_first, viewer_of, zone_of
from tenants.people.rules.viewer import Viewer


def contact_viewer(viewer: Viewer) -> Viewer | None:
    """The portal person as the contact they are; None when no client knows them any more."""
    contact = (
        Contact.objects.select_related("client")
        .filter(
            person_id=viewer.person_id, archived_at__isnull=True, client__archived_at__isnull=True
        )
        .first()
    )
    if contact is None or not contact.portal_role:
        return None
    known = viewer.as_contact(
        client_id=contact.client_id, contact_id=contact.pk, role=contact.portal_role
    )
    return replace(known, zone=viewer.zone or contact.client.zone)


def client_user(*roles: str) -> Callable[[View], View]:
    """Only a client's people; with roles named (billing, admin), only those."""

    def gate(view: View) -> View:
        @functools.wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            viewer = viewer_of(request.user)
            known = contact_viewer(viewer) if viewer.kind == "portal" else None
            if known is None or (roles and known.role not in roles):
                return refused(request)
            request.viewer = known
            with timezone.override(zone_of(request, known)):
                return private(view(request, *args, **kwargs))

        return marked(entered, f"client_user:{','.join(roles) or 'any'}")

    return gate
