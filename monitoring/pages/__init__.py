"""The technician's pages of this room, and what it shows on the pages of others."""

from monitoring.pages import (
    agreed,
    canary,
    checks,
    devices,
    fills,
    incidents,
    keys,
    replay,
    templates,
    uptime,
)
from monitoring.pages.devices import on_device_badges, on_device_page, on_device_rail
from monitoring.pages.fills import (
    nav_count,
    on_agreement_page,
    on_client_page,
    on_client_stats,
    on_client_uptime,
    on_device_states,
    on_palette,
    on_ticket_coverage,
    on_ticket_device,
    on_today,
    on_today_figures,
)
from monitoring.pages.signals import on_client_signals

__all__ = [
    "nav_count",
    "on_agreement_page",
    "on_client_page",
    "on_client_signals",
    "on_client_stats",
    "on_client_uptime",
    "on_device_badges",
    "on_device_page",
    "on_device_rail",
    "on_device_states",
    "on_palette",
    "on_ticket_coverage",
    "on_ticket_device",
    "on_today",
    "on_today_figures",
]

urlpatterns = [
    *incidents.urlpatterns,
    *devices.urlpatterns,
    *agreed.urlpatterns,
    *checks.urlpatterns,
    *templates.urlpatterns,
    *keys.urlpatterns,
    *uptime.urlpatterns,
    *fills.urlpatterns,
    *canary.urlpatterns,
    *replay.urlpatterns,
]
