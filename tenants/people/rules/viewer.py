"""Who is looking, as every read and every gate sees them."""

from dataclasses import dataclass, replace

from msp.kit.refs import Actor
from tenants.people.rules.roles import PORTAL_RIGHTS, Permission, PortalRight


@dataclass(frozen=True)
class Viewer:
    """A signed-in person, or an API key acting for one.

    `kind` is staff, portal or service. Portal people carry the client and contact they are and a
    portal role (user, billing, admin); staff carry permissions. `zone` is empty when the person
    has not chosen one.
    """

    kind: str
    person_id: int
    name: str
    role: str
    permissions: frozenset[Permission] = frozenset()
    client_id: int | None = None
    contact_id: int | None = None
    zone: str = ""
    theme: str = ""
    email: str = ""

    @property
    def is_staff(self) -> bool:
        return self.kind in ("staff", "service")

    @property
    def actor(self) -> Actor:
        if self.kind == "portal":
            return Actor("contact", self.contact_id, self.name)
        if self.kind == "service":
            return Actor("key", self.person_id, self.name)
        return Actor("person", self.person_id, self.name)

    @property
    def initials(self) -> str:
        words = self.name.split()
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def may_as_client(self, right: PortalRight) -> bool:
        """Whether a client's person may do this for the company."""
        return self.kind == "portal" and right in PORTAL_RIGHTS.get(self.role, frozenset())

    def as_contact(self, *, client_id: int, contact_id: int, role: str) -> "Viewer":
        """The same person as the contact of a client."""
        return replace(self, client_id=client_id, contact_id=contact_id, role=role)
