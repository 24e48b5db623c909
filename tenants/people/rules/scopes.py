"""What an API key may be allowed to do, and the right its person must hold for it."""

from tenants.people.rules.roles import Permission as P

# resource -> (right to read, right to write)
RIGHTS: dict[str, tuple[P, P]] = {
    "clients": (P.CLIENT_VIEW, P.CLIENT_EDIT),
    "sites": (P.CLIENT_VIEW, P.CLIENT_EDIT),
    "contacts": (P.CLIENT_VIEW, P.CLIENT_EDIT),
    "devices": (P.DEVICE_VIEW, P.DEVICE_EDIT),
    "agreements": (P.AGREEMENT_VIEW, P.AGREEMENT_EDIT),
    "tickets": (P.TICKET_VIEW, P.TICKET_EDIT),
    "incidents": (P.INCIDENT_VIEW, P.INCIDENT_EDIT),
    "invoices": (P.BILLING_VIEW, P.BILLING_EDIT),
}
SCOPES: tuple[str, ...] = tuple(f"{name}:{verb}" for name in RIGHTS for verb in ("read", "write"))


def right_for(scope: str) -> P | None:
    """The right behind `tickets:write`; None for a scope that does not exist."""
    resource, _, verb = scope.partition(":")
    rights = RIGHTS.get(resource)
    if rights is None or verb not in ("read", "write"):
        return None
    return rights[verb == "write"]


def beyond(scopes: list[str], permissions: frozenset[P]) -> list[str]:
    """The scopes somebody with these rights may not give away."""
    return [scope for scope in scopes if right_for(scope) not in permissions]
