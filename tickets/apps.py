from django.apps import AppConfig

from msp.kit.slots import Nav, News


class TicketsConfig(AppConfig):
    name = "tickets"
    label = "tickets"
    fills = {
        "today-figures": ["tickets.pages.on_today_figures"],
        "today": ["tickets.pages.on_today"],
        "client": ["tickets.pages.on_client_page", "tickets.pages.on_client_kept"],
        "level": ["tickets.pages.on_level_page"],
        "agreement": ["tickets.pages.on_agreement_page"],
        "agreement-draft": ["tickets.pages.on_draft_rail"],
        "portal-agreement": ["tickets.portal.on_portal_agreement"],
        "client-signals": ["tickets.pages.on_client_signals"],
        "client-stats": ["tickets.pages.on_client_stats"],
        "client-tabs": ["tickets.pages.on_client_tabs"],
        "device-rail": ["tickets.pages.on_device_rail"],
        "palette": ["tickets.pages.on_palette"],
        "portal-state": ["tickets.portal.on_portal_state"],
        "portal-live": ["tickets.portal.on_portal_live"],
        "portal-ask": ["tickets.portal.on_portal_ask"],
        "portal-home": ["tickets.portal.on_portal_home"],
        "portal-device": ["tickets.portal.on_portal_device"],
    }
    feeds = [
        ("ticket.opened", "A ticket opened"),
        ("ticket.resolved", "A ticket was resolved"),
    ]
    news = [
        News("ticket", "ticket.view", portal=True),
        News("tickets", "ticket.view", portal=True),
    ]
    nav = [
        Nav(
            "Work", "ticket", "Tickets", "inbox", "ticket-queue", "ticket.view", order=20,
            count="tickets.pages.nav_count",
        ),
        Nav(
            "Commercial", "time", "Time to approve", "timer", "time-waiting", "billing.approve",
            order=59,
        ),
        Nav("", "request", "Requests", "inbox", "portal-request-list", order=10, side="portal"),
    ]  # fmt: skip
