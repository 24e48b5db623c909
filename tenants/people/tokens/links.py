"""Links that sign somebody in once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import connection

from tenants.people.models import Person, SignInLink


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
