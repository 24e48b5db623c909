"""API keys: who a program acts for and what it may do."""

from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework import exceptions
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tenants.people.models import ApiKey, Person
from tenants.people.rules.roles import permissions_of
from tenants.people.rules.scopes import right_for
from tenants.people.rules.viewer import Viewer

USED_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(TokenAuthentication):
    """`Authorization: Bearer stw_…`; sets `request.viewer` to whom the key acts for.

    The key is found by its digest: knox's own way reads every key with the same beginning and
    deletes expired ones while reading, which would take them off the owner's list.
    """

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
        _note_use(key, datetime.now(UTC))
        return person, key

    def authenticate_credentials(self, token: bytes) -> tuple[Person, ApiKey]:
        try:
            digest = hash_token(token.decode("ascii"))
        except UnicodeDecodeError as error:
            raise exceptions.AuthenticationFailed("This key is not known here.") from error
        key = ApiKey.objects.select_related("user").filter(digest=digest).first()
        if key is None:
            raise exceptions.AuthenticationFailed("This key is not known here.")
        return key.user, key

    @staticmethod
    def _check(request: Request, person: Person, key: ApiKey) -> None:
        if key.revoked_at is not None or not person.is_active:
            raise exceptions.AuthenticationFailed("This key was revoked.")
        if key.expiry is not None and key.expiry <= datetime.now(UTC):
            raise exceptions.AuthenticationFailed("This key has expired.")
        if key.addresses and get_adapter().get_client_ip(request) not in key.addresses:
            raise exceptions.AuthenticationFailed("This key may not be used from this address.")


def _note_use(key: ApiKey, now: datetime) -> None:
    """Keep when the key was last used, without making its requests wait for each other."""
    if key.last_used_at is not None and now - key.last_used_at <= USED_EVERY:
        return
    free = ApiKey.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=key.pk)
    if free.exists():
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


class HasScope(BasePermission):
    """The key's scopes must hold `resource:read` or `resource:write` for the view's `scope`.

    Its person must hold the right behind it too: whoever loses a right loses it in their keys.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        key = request.auth
        resource = getattr(view, "scope", None)
        if not isinstance(key, ApiKey) or resource is None:
            return False
        verb = "read" if request.method in ("GET", "HEAD", "OPTIONS") else "write"
        scope = f"{resource}:{verb}"
        if scope not in key.scopes:
            self.message = f"This key lacks the scope {scope}."
            return False
        if right_for(scope) not in request.viewer.permissions:
            self.message = f"{key.user} may no longer do {scope}."
            return False
        return True


class KeyScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names our way of authenticating."""

    target_class = "tenants.people.tokens.keys.ApiKeyAuthentication"
    name = "key"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key from Settings, API keys."}
