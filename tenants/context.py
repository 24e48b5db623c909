"""Entering an MSP. Nothing else in the house may switch schemas (ruff bans the library's ways).

A queryset built in here must be read in here: it would run against whoever is current when it is
read. Return lists or dataclasses from the block.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from tenants.models import Domain, Msp


class NoSuchMsp(LookupError):
    """There is no MSP with this schema, or it is not ready."""


@dataclass(frozen=True)
class Tenant:
    """What the rest of the house may know of an MSP."""

    id: int
    schema_name: str
    slug: str
    name: str
    zone: str
    currency: str
    state: str


def tenant_of(msp: Msp) -> Tenant:
    return Tenant(
        msp.pk, msp.schema_name, msp.slug, msp.name, msp.zone, msp.currency, str(msp.state)
    )


@contextmanager
def inside(tenant: Tenant | Msp) -> Iterator[Tenant]:
    """Run the block in this MSP's schema and under its database role."""
    if isinstance(tenant, Msp):
        tenant = tenant_of(tenant)
    before = connection.tenant
    connection.set_tenant(tenant)
    try:
        yield tenant
    finally:
        connection.set_tenant(before)


@contextmanager
def outside() -> Iterator[None]:
    """Run the block in the public schema: the list of MSPs, nothing of theirs."""
    before = connection.tenant
    connection.set_schema_to_public()
    try:
        yield
    finally:
        connection.set_tenant(before)


def current() -> Tenant:
    """The MSP this code runs for; raises outside of one."""
    tenant = connection.tenant
    if not isinstance(tenant, Tenant):
        raise NoSuchMsp("This code runs outside of any MSP.")
    return tenant


def current_schema() -> str:
    return str(connection.schema_name)


def address(path: str = "/") -> str:
    """A path on this MSP's own host, in full, for what leaves the house: mail, papers."""
    tenant = current()
    with outside():
        domain = Domain.objects.filter(tenant_id=tenant.id).order_by("-is_primary").first()
    host = domain.domain if domain else f"{tenant.slug}.{settings.TENANT_SUFFIX}"
    port = "" if settings.PUBLIC_SCHEME == "https" else f":{settings.PORT}"
    return f"{settings.PUBLIC_SCHEME}://{host}{port}{path}"


def by_schema(schema_name: str) -> Tenant:
    """Look one MSP up; suspended ones are still found, so their work can finish."""
    with outside():
        msp = Msp.objects.filter(
            schema_name=schema_name, state__in=[Msp.State.READY, Msp.State.SUSPENDED]
        ).first()
    if msp is None:
        raise NoSuchMsp(f"No MSP has the schema {schema_name!r}.")
    return tenant_of(msp)


def ready() -> list[Tenant]:
    """Every MSP that is open for business, oldest first."""
    with outside():
        return [tenant_of(m) for m in Msp.objects.filter(state=Msp.State.READY).order_by("pk")]


def built() -> list[Tenant]:
    """Every MSP that has a schema, the suspended ones too, oldest first."""
    states = [Msp.State.READY, Msp.State.SUSPENDED]
    with outside():
        return [tenant_of(m) for m in Msp.objects.filter(state__in=states).order_by("pk")]


def each() -> Iterator[Tenant]:
    """Walk all MSPs, inside each in turn.

    >>> for tenant in each(): ...

    The caller decides what one MSP's failure means; `tenants.work.for_each` isolates it.
    """
    for tenant in ready():
        with inside(tenant):
            yield tenant
