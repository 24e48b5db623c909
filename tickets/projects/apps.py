from typing import ClassVar

from django.apps import AppConfig

from msp.kit.slots import Nav, News
from tenants.people.rules.roles import PortalRight, portal_roles

_PAGES = "tickets.projects.pages"
_PORTAL = "tickets.projects.portal"


class ProjectsConfig(AppConfig):
    name = "tickets.projects"
    label = "projects"
    fills: ClassVar[dict[str, list[str]]] = {
        "client": [f"{_PAGES}.on_client_page"],
        "ticket-coverage": [f"{_PAGES}.on_ticket_coverage"],
        "quote": [f"{_PAGES}.on_quote_page"],
        "palette": [f"{_PAGES}.on_palette"],
        "portal-home": [f"{_PORTAL}.on_home"],
    }
    feeds: ClassVar[list[tuple[str, str]]] = [
        ("milestone.accepted", "A client accepted a milestone of a project"),
    ]
    news: ClassVar[list[News]] = [News("project", "agreement.view", portal=True)]
    nav: ClassVar[list[Nav]] = [
        Nav(
            "Work", "project", "Projects", "milestone", "project-list", "agreement.view", order=24
        ),
        Nav(
            "", "project", "Projects", "milestone", "portal-project-list", side="portal", order=42,
            roles=portal_roles(PortalRight.OFFERS_SEE),
        ),
    ]  # fmt: skip
