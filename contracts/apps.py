from django.apps import AppConfig

from msp.kit.slots import Nav, News, Step
from tenants.people.rules.roles import PortalRight, portal_roles

_PAGES = "contracts.pages"
_PORTAL = "contracts.portal"


class ContractsConfig(AppConfig):
    name = "contracts"
    label = "contracts"
    fills = {
        "client": [f"{_PAGES}.on_client_page"],
        "client-stats": [f"{_PAGES}.on_client_stats"],
        "client-ties": [f"{_PAGES}.on_client_ties"],
        "agreement-rail": [f"{_PAGES}.on_agreement_rail"],
        "client-tabs": [f"{_PAGES}.on_client_tabs", f"{_PAGES}.on_client_quotes"],
        "client-rail": [f"{_PAGES}.on_client_rail"],
        "client-columns": [f"{_PAGES}.on_client_list"],
        "device-rail": [f"{_PAGES}.on_device_rail"],
        "ticket-coverage": [f"{_PAGES}.on_ticket_coverage"],
        "palette": [f"{_PAGES}.on_palette"],
        "portal-home": [f"{_PORTAL}.on_home"],
        "portal-home-last": [f"{_PORTAL}.on_home_last"],
        "portal-device": [f"{_PORTAL}.on_device"],
    }
    feeds = [
        ("quote.accepted", "A client accepted a quote"),
        ("quote.declined", "A client declined a quote"),
    ]
    setup = [
        Step(
            "Publish the first agreement",
            "What is promised, to whom, and at what price; tickets and bills follow it.",
            "agreement-list",
            "contracts.queries.has_agreements",
            order=30,
        )
    ]
    news = [
        News("agreement", "agreement.view"),
        News("quote", "agreement.view"),
        News("contracts", "agreement.view"),
    ]
    nav = [
        Nav(
            "Commercial", "quote", "Quotes", "file-pen-line", "quote-list", "agreement.view",
            order=40,
        ),
        Nav(
            "Commercial", "agreement", "Agreements", "file-text", "agreement-list",
            "agreement.view", order=41,
        ),
        Nav(
            "Settings", "level", "Service levels", "gauge", "level-list", "agreement.view",
            order=90,
        ),
        Nav(
            "Settings", "calendar", "Support hours", "calendar-clock", "calendar-list",
            "agreement.view", order=91,
        ),
        Nav(
            "Settings", "workkind", "Kinds of work", "wrench", "workkind-list", "agreement.edit",
            order=92,
        ),
        Nav(
            "Commercial", "service", "Catalogue", "package", "service-list", "agreement.view",
            order=42, also=("offer", "pricelist"),
        ),
        Nav(
            "", "agreement", "Agreement", "file-text", "portal-agreement", side="portal", order=40
        ),
        Nav(
            "", "quote", "Quotes", "file-pen-line", "portal-quote-list", side="portal", order=45,
            roles=portal_roles(PortalRight.OFFERS_SEE),
        ),
        Nav(
            "", "catalogue", "What we offer", "package", "portal-catalogue", side="portal",
            order=60,
        ),
    ]  # fmt: skip
