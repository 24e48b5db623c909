from django.apps import AppConfig

from msp.kit.slots import Nav, News, Step


class MonitoringConfig(AppConfig):
    name = "monitoring"
    label = "monitoring"
    fills = {
        "today-figures": ["monitoring.pages.on_today_figures"],
        "today": ["monitoring.pages.on_today"],
        "client": ["monitoring.pages.on_client_page", "monitoring.pages.on_client_uptime"],
        "client-signals": ["monitoring.pages.on_client_signals"],
        "agreement": ["monitoring.pages.on_agreement_page"],
        "client-stats": ["monitoring.pages.on_client_stats"],
        "device": ["monitoring.pages.on_device_page"],
        "device-rail": ["monitoring.pages.on_device_rail"],
        "device-badges": ["monitoring.pages.on_device_badges"],
        "device-states": ["monitoring.pages.on_device_states"],
        "ticket-device": ["monitoring.pages.on_ticket_device"],
        "palette": ["monitoring.pages.on_palette"],
        "portal-state": ["monitoring.portal.on_portal_state"],
        "portal-live": ["monitoring.portal.on_portal_live"],
        "portal-device": ["monitoring.portal.on_portal_device"],
        "portal-request": ["monitoring.portal.on_portal_request"],
        "ticket-coverage": ["monitoring.pages.on_ticket_coverage"],
    }
    feeds = [
        ("incident.opened", "An incident opened"),
        ("incident.acknowledged", "An incident was taken on"),
        ("incident.over", "An incident is over"),
    ]
    news = [News("incident", "incident.view"), News("monitoring", "incident.view")]
    setup = [
        Step(
            "Hear the first heartbeat",
            "One line to paste on a device; from then on its silence is noticed.",
            "key-list",
            "monitoring.queries.checks.has_heard",
            order=40,
        )
    ]
    nav = [
        Nav(
            "Estate", "incident", "Incidents", "siren", "incident-list", "incident.view",
            order=30, count="monitoring.pages.nav_count", tone="danger",
        ),
        Nav(
            "Estate", "check", "Monitors", "activity", "check-list", "device.view", order=32,
            also=("template",),
        ),
        Nav("Estate", "window", "Maintenance", "wrench", "window-list", "incident.view", order=34),
        Nav(
            "Estate", "key", "Keys", "key-round", "key-list", "monitor.edit", order=33,
            also=("letter",),
        ),
        Nav(
            "Settings", "canary", "Proof of alerting", "bird", "canary", "settings.edit", order=84
        ),
        Nav("", "status", "Status", "activity", "portal-status", side="portal", order=15),
    ]  # fmt: skip
