"""What an API key may be allowed to do, and the right its person must hold for it."""

from tenants.people.rules.roles import Permission

_P = Permission

# resource -> (right to read, right to write)
RIGHTS: dict[str, tuple[Permission, Permission]] = {
    "clients": (_P.CLIENT_VIEW, _P.CLIENT_EDIT),
    "sites": (_P.CLIENT_VIEW, _P.CLIENT_EDIT),
    "contacts": (_P.CLIENT_VIEW, _P.CLIENT_EDIT),
    "devices": (_P.DEVICE_VIEW, _P.DEVICE_EDIT),
    "agreements": (_P.AGREEMENT_VIEW, _P.AGREEMENT_EDIT),
    "quotes": (_P.AGREEMENT_VIEW, _P.AGREEMENT_EDIT),
    "tickets": (_P.TICKET_VIEW, _P.TICKET_EDIT),
    "incidents": (_P.INCIDENT_VIEW, _P.INCIDENT_EDIT),
    "windows": (_P.INCIDENT_VIEW, _P.MONITOR_EDIT),
    "keys": (_P.MONITOR_EDIT, _P.MONITOR_EDIT),
    "invoices": (_P.BILLING_VIEW, _P.BILLING_EDIT),
}
SCOPES: tuple[str, ...] = tuple(f"{name}:{verb}" for name in RIGHTS for verb in ("read", "write"))


def right_for(scope: str) -> Permission | None:
    """The right behind `tickets:write`; None for a scope that does not exist."""
    resource, _, verb = scope.partition(":")
    rights = RIGHTS.get(resource)
    if rights is None or verb not in ("read", "write"):
        return None
    return rights[verb == "write"]


def beyond(scopes: list[str], permissions: frozenset[Permission]) -> list[str]:
    """The scopes somebody with these rights may not give away."""
    return [scope for scope in scopes if right_for(scope) not in permissions]
