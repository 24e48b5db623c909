"""Secrets that let somebody in: one-time links and API keys. Only digests are stored."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from knox.auth import TokenAuthentication
from rest_framework import exceptions
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tenants.people.models import ApiKey, Person, SignInLink
from tenants.people.rules.roles import permissions_of
from tenants.people.rules.viewer import Viewer


def digest_of(token: str) -> str:
    """SHA-256 bound to the MSP, so a token of one is worthless at another."""
    return hashlib.sha256(f"{connection.schema_name}:{token}".encode()).hexdigest()


def new_link(*, person: Person, purpose: str, at: datetime, hours: int) -> str:
    """Make a one-time link's token; the caller puts it into an address."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        person=person,
        digest=digest_of(token),
        purpose=purpose,
        created_at=at,
        expires_at=at + timedelta(hours=hours),
    )
    return token


def open_link(token: str, *, at: datetime) -> SignInLink | None:
    """The link of a token if it is unused, in time and its person active. Locks the row."""
    return (
        SignInLink.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(
            digest=digest_of(token),
            used_at__isnull=True,
            expires_at__gt=at,
            person__is_active=True,
        )
        .first()
    )


class ApiKeyAuthentication(TokenAuthentication):
    """`Authorization: Bearer stw_…`; sets `request.viewer` to whom the key acts for."""

    def authenticate(self, request: Request) -> tuple[Person, ApiKey] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        person, key = found
        self._check(request, person, key)
        viewer = Viewer(
            kind="service",
            person_id=person.pk,
            name=key.name,
            role=person.role,
            permissions=permissions_of(person.role),
        )
        request.viewer = viewer
        request._request.viewer = viewer
        now = datetime.now(UTC)
        if key.last_used_at is None or now - key.last_used_at > timedelta(minutes=1):
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        return person, key

    @staticmethod
    def _check(request: Request, person: Person, key: ApiKey) -> None:
        if key.revoked_at is not None or not person.is_active:
            raise exceptions.AuthenticationFailed("This key was revoked.")
        address = request.META.get("REMOTE_ADDR", "")
        if key.addresses and address not in key.addresses:
            raise exceptions.AuthenticationFailed("This key may not be used from this address.")


class HasScope(BasePermission):
    """The key's scopes must hold `resource:read` or `resource:write` for the view's `scope`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        key = request.auth
        resource = getattr(view, "scope", None)
        if not isinstance(key, ApiKey) or resource is None:
            return False
        verb = "read" if request.method in ("GET", "HEAD", "OPTIONS") else "write"
        if f"{resource}:{verb}" in key.scopes:
            return True
        self.message = f"This key lacks the scope {resource}:{verb}."
        return False
