"""Who may do what. Roles are code, so a change of rights is a reviewed change."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    CLIENT_VIEW = "client.view"
    CLIENT_EDIT = "client.edit"
    DEVICE_VIEW = "device.view"
    DEVICE_EDIT = "device.edit"
    AGREEMENT_VIEW = "agreement.view"
    AGREEMENT_EDIT = "agreement.edit"
    TICKET_VIEW = "ticket.view"
    TICKET_EDIT = "ticket.edit"
    TICKET_MAJOR = "ticket.major"
    TICKET_BACKDATE = "ticket.backdate"
    INCIDENT_VIEW = "incident.view"
    INCIDENT_EDIT = "incident.edit"
    MONITOR_EDIT = "monitor.edit"
    BILLING_VIEW = "billing.view"
    BILLING_EDIT = "billing.edit"
    BILLING_APPROVE = "billing.approve"
    PEOPLE_EDIT = "people.edit"
    SETTINGS_EDIT = "settings.edit"
    JOURNAL_VIEW = "journal.view"
    ONCALL_EDIT = "oncall.edit"


@dataclass(frozen=True)
class Role:
    """A named set of permissions with a sentence for the people who give it."""

    code: str
    title: str
    description: str
    permissions: frozenset[Permission]


P = Permission
_SEE = frozenset({P.CLIENT_VIEW, P.DEVICE_VIEW, P.AGREEMENT_VIEW, P.TICKET_VIEW, P.INCIDENT_VIEW})
_WORK = _SEE | {P.TICKET_EDIT, P.INCIDENT_EDIT, P.DEVICE_EDIT, P.CLIENT_EDIT, P.MONITOR_EDIT}

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role("owner", "Owner", "May do everything, people and settings too.", frozenset(P)),
        Role("technician", "Technician", "Works tickets, incidents and devices.", _WORK),
        Role(
            "dispatcher",
            "Dispatcher",
            "Works and hands out tickets, declares major incidents, sees agreements and drafts of "
            "bills.",
            _WORK
            | {
                P.TICKET_MAJOR,
                P.TICKET_BACKDATE,
                P.BILLING_VIEW,
                P.JOURNAL_VIEW,
                P.ONCALL_EDIT,
            },
        ),
        Role(
            "finance",
            "Finance",
            "Counts, approves and issues bills; sees everything behind them.",
            _SEE
            | {P.AGREEMENT_EDIT, P.BILLING_VIEW, P.BILLING_EDIT, P.BILLING_APPROVE, P.JOURNAL_VIEW},
        ),
        Role("viewer", "Viewer", "Sees, changes nothing.", _SEE),
    )
}

PORTAL_ROLES: dict[str, str] = {
    "user": "Sees and sends own requests and devices.",
    "billing": "Also sees invoices.",
    "admin": "Sees all requests, devices and invoices of the company, and accepts offers for it.",
}


class PortalRight(StrEnum):
    """What only some of a client's people may do in the portal."""

    OFFERS_SEE = "offers.see"
    OFFERS_ANSWER = "offers.answer"


PORTAL_RIGHTS: dict[str, frozenset[PortalRight]] = {
    "billing": frozenset({PortalRight.OFFERS_SEE}),
    "admin": frozenset(PortalRight),
}


def portal_roles(right: PortalRight) -> tuple[str, ...]:
    """The portal roles that hold a right."""
    return tuple(role for role, rights in PORTAL_RIGHTS.items() if right in rights)


def permissions_of(role_code: str) -> frozenset[Permission]:
    """The permissions of a role; an unknown role has none."""
    role = ROLES.get(role_code)
    return role.permissions if role else frozenset()


def who_may(permission: Permission) -> list[str]:
    """Titles of the roles that hold a permission, for the page that refuses it."""
    return [role.title for role in ROLES.values() if permission in role.permissions]
